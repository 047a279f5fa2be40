//! A pool's mail settings as a relay sees them: composed here, sent by SMTP, read from what the server took.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing)]

use contract::cognito_idp::types::{
    AdminCreateUserConfigType, EmailConfigurationType, EmailSendingAccountType, MessageTemplateType, UserPoolType,
};
use crypto::Keyring;
use kernel::{AccountId, Clock, Secret, Sub, SystemClock, SystemEntropy, Time, UserPoolId};
use messages::{DEADLINE, Delivery, Messages, Note, Occasion, Parts, Recipient};
use model::Pool;
use outbound::testing::{Received, SmtpServer};
use outbound::{Security, SmtpCourier, SmtpSettings};
use std::sync::Arc;
use std::time::Duration;
use store::testing::fresh_database;
use store::{StoreError, work};

const IDENTITY: &str = "arn:aws:ses:eu-west-1:123456789012:identity/shop@example.com";

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn pool(settings: UserPoolType) -> Pool {
    Pool {
        id: UserPoolId::parse("eu-west-1_a1B2c3D4e").unwrap(),
        account: AccountId::parse("123456789012").unwrap(),
        name: "people".into(),
        settings,
        mfa: Default::default(),
        created: Time::default(),
        modified: Time::default(),
    }
}

/// What the relay got when a pool with these settings wrote to somebody.
async fn captured(settings: UserPoolType, occasion: Occasion<'_>) -> Received {
    let (database, server) = (fresh_database().await, SmtpServer::start().await);
    let store = database.store();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let relay = SmtpSettings::new("localhost", server.port(), Security::None);
    let messages = Messages::new(Parts {
        store: store.clone(),
        courier: Arc::new(SmtpCourier::new(relay, clock.clone()).unwrap()),
        keyring: Arc::new(Keyring::draw(&SystemEntropy)),
        clock: clock.clone(),
        entropy: Arc::new(SystemEntropy),
        default_from: "Identity <no-reply@id.example>".to_owned(),
    });
    let (pool, sub) = (pool(settings), Sub::parse("ana").unwrap());
    let to = Recipient::email("ana@example.com");
    let good_until = clock.now() + Duration::from_secs(600);
    let letter = messages.compose(&Note { pool: &pool, sub: &sub, to: &to, occasion, good_until });
    let posting = letter.clone();
    let posted: Result<(), StoreError> = store
        .write(work!(|tx, pool, posting| {
            tx.pools().insert(pool).await?;
            posting.post(tx).await
        }))
        .await;
    posted.unwrap();
    assert_eq!(messages.dispatch_now(letter, DEADLINE).await, Delivery::Delivered);
    server.received().remove(0)
}

async fn verification(email: EmailConfigurationType) -> Received {
    let code = Secret::from("012345");
    let settings = UserPoolType { email_configuration: Some(email), ..UserPoolType::default() };
    captured(settings, Occasion::Verification { code: &code }).await
}

fn headers(got: &Received) -> [String; 3] {
    ["From", "Reply-To", "X-SES-CONFIGURATION-SET"].map(|name| got.header(name).unwrap_or_default().to_string())
}

#[tokio::test]
async fn sm_19_cognito_default_and_developer_choose_sender_reply_address_and_configuration_set() {
    let full = EmailConfigurationType {
        source_arn: text(IDENTITY),
        from: text("Shop <hello@example.com>"),
        reply_to_email_address: text("help@example.com"),
        configuration_set: text("set-1"),
        email_sending_account: Some(EmailSendingAccountType::Developer),
    };
    let developer = verification(full.clone()).await;
    assert_eq!(headers(&developer), ["Shop <hello@example.com>", "help@example.com", "set-1"]);
    assert_eq!(developer.from, "hello@example.com", "the envelope names the same sender");
    let identity = verification(EmailConfigurationType { from: None, ..full.clone() }).await;
    assert_eq!(headers(&identity)[0], "shop@example.com");
    let built_in = EmailConfigurationType {
        email_sending_account: Some(EmailSendingAccountType::CognitoDefault),
        source_arn: None,
        ..full
    };
    let built_in = verification(built_in).await;
    assert_eq!(headers(&built_in), ["Identity <no-reply@id.example>", "help@example.com", ""]);
}

#[tokio::test]
async fn sm_20_neither_a_template_nor_a_name_adds_a_header_or_a_tag() {
    let template = MessageTemplateType {
        email_subject: text("Hello {username}\r\nBcc: eve@example.com"),
        email_message: text("<p>{username}, your password is {####}</p>"),
        sms_message: None,
    };
    let config = AdminCreateUserConfigType { invite_message_template: Some(template), ..Default::default() };
    let settings = UserPoolType { admin_create_user_config: Some(config), ..UserPoolType::default() };
    let password = Secret::from("<b>Aa1!&");
    let username = "<script>x</script>\r\nX-Evil: 2";
    let got = captured(settings, Occasion::Invitation { username, password: Some(&password) }).await;
    assert_eq!(got.to, ["ana@example.com"]);
    for header in ["Bcc", "X-Evil"] {
        assert_eq!(got.header(header).unwrap_or_default(), "", "{header}");
    }
    let html = got.html();
    assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    assert!(html.contains("&lt;b&gt;Aa1!&amp;"), "{html}");
}
