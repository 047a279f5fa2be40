//! The courier against a real server: what arrives, and which failure is called what.
#![allow(clippy::unwrap_used, clippy::panic)]

use kernel::{Secret, SystemClock};
use outbound::testing::{Manners, SmtpServer};
use outbound::{Courier, DeliveryError, Mail, Security, SettingsError, Sms, SmtpCourier, SmtpSettings};
use std::sync::Arc;
use std::time::Duration;

fn mail() -> Mail {
    Mail {
        from: "Shop <shop@example.com>".into(),
        reply_to: Some("help@example.com".into()),
        to: "ana@example.com".into(),
        subject: "Your verification code".into(),
        html: "<p>Ihr Code für <b>Ana</b> ist 012345</p>\n.\n<p>Ende</p>".into(),
        text: "Ihr Code für Ana ist 012345\n.\nEnde".into(),
        message_id: "0b1c2d3e@example.com".into(),
        configuration_set: Some("set-1".into()),
    }
}

fn settings(server: &SmtpServer, security: Security) -> SmtpSettings {
    let mut settings = SmtpSettings::new("localhost", server.port(), security);
    settings.ca_pem = (security != Security::None).then(|| server.ca_pem().as_bytes().to_vec());
    settings.connect_timeout = Duration::from_secs(2);
    settings.send_timeout = Duration::from_secs(2);
    settings
}

fn courier(settings: SmtpSettings) -> SmtpCourier {
    SmtpCourier::new(settings, Arc::new(SystemClock)).unwrap()
}

fn refused(result: Result<(), DeliveryError>) -> String {
    match result {
        Err(DeliveryError::Refused(text)) => text,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn unreachable(result: Result<(), DeliveryError>) -> String {
    match result {
        Err(DeliveryError::Unreachable(text)) => text,
        other => panic!("expected nobody there, got {other:?}"),
    }
}

#[tokio::test]
async fn sm_19_sender_reply_address_and_configuration_set_arrive_as_configured() {
    let server = SmtpServer::start().await;
    courier(settings(&server, Security::None)).send_mail(&mail()).await.unwrap();
    let got = server.received().remove(0);
    assert_eq!((got.from.as_str(), got.to.as_slice()), ("shop@example.com", &["ana@example.com".to_owned()][..]));
    let header = |name| got.header(name).unwrap_or_default();
    assert_eq!(header("From"), "Shop <shop@example.com>");
    assert_eq!(header("Reply-To"), "help@example.com");
    assert_eq!(header("X-SES-CONFIGURATION-SET"), "set-1");
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert_eq!(header("Message-ID"), "<0b1c2d3e@example.com>");
    assert_eq!(header("List-Unsubscribe"), "");
    // Umlauts and a lone dot survive encoding and dot stuffing.
    assert_eq!(got.text().replace("\r\n", "\n"), mail().text);
    assert_eq!(got.html().replace("\r\n", "\n"), mail().html);
}

#[tokio::test]
async fn sm_20_hostile_names_and_subjects_arrive_as_text() {
    let server = SmtpServer::start().await;
    let subject = "Code\r\nBcc: eve@example.com\r\n\r\n<script>".to_owned();
    courier(settings(&server, Security::None)).send_mail(&Mail { subject, ..mail() }).await.unwrap();
    let got = server.received().remove(0);
    assert_eq!(got.header("Subject").unwrap(), "CodeBcc: eve@example.com<script>");
    assert_eq!(got.header("Bcc"), None);
    assert_eq!(got.to, ["ana@example.com"]);
    let names =
        "Date From To Subject Message-ID Auto-Submitted Reply-To X-SES-CONFIGURATION-SET MIME-Version Content-Type";
    assert_eq!(got.header_names().join(" "), names);
}

#[tokio::test]
async fn one_line_carries_many_mails_and_a_dead_one_is_replaced() {
    let server = SmtpServer::start().await;
    let courier = courier(settings(&server, Security::None));
    for _ in 0..3 {
        courier.send_mail(&mail()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    server.go_down().await;
    unreachable(courier.send_mail(&mail()).await);
    server.come_back().await;
    courier.send_mail(&mail()).await.unwrap();
    assert_eq!((server.received().len(), server.connections()), (4, 2));
}

#[tokio::test]
async fn starttls_and_implicit_tls_carry_password_and_mail_encrypted() {
    for security in [Security::StartTls, Security::Implicit] {
        let server = SmtpServer::start_with(security, Some(("relay", "s3cret"))).await;
        let mut settings = settings(&server, security);
        settings.credentials = Some(("relay".into(), Secret::from("s3cret")));
        courier(settings).send_mail(&mail()).await.unwrap();
        let got = server.received().remove(0);
        assert!(got.encrypted, "{security:?}");
        assert_eq!(got.user.as_deref(), Some("relay"));
    }
}

#[tokio::test]
async fn a_relay_without_starttls_or_with_a_foreign_certificate_gets_nothing() {
    let plain = SmtpServer::start().await;
    unreachable(courier(settings(&plain, Security::StartTls).without_ca()).send_mail(&mail()).await);
    let foreign = SmtpServer::start_with(Security::Implicit, None).await;
    unreachable(courier(settings(&foreign, Security::Implicit).without_ca()).send_mail(&mail()).await);
    assert!(plain.received().is_empty() && foreign.received().is_empty());
}

trait WithoutCa {
    fn without_ca(self) -> Self;
}

impl WithoutCa for SmtpSettings {
    fn without_ca(mut self) -> Self {
        self.ca_pem = None;
        self
    }
}

#[tokio::test]
async fn up_32_a_recipient_or_message_the_server_will_not_have_is_refused() {
    let server = SmtpServer::start().await;
    let courier = courier(settings(&server, Security::None));
    let recipient = Some("550 5.1.1 <ana@example.com> unknown here".to_owned());
    server.set_manners(Manners { recipient, ..Manners::default() });
    let text = refused(courier.send_mail(&mail()).await);
    assert_eq!(text, "550 5.1.1", "the relay's words stay out of errors: people's addresses are among them");
    server.set_manners(Manners { message: Some("554 spam for Ana@Example.com".into()), ..Manners::default() });
    assert_eq!(refused(courier.send_mail(&mail()).await), "554");
    server.set_manners(Manners::default());
    courier.send_mail(&mail()).await.unwrap();
}

#[tokio::test]
async fn sm_27_what_time_can_heal_is_called_unreachable() {
    let server = SmtpServer::start().await;
    let mut short = settings(&server, Security::None);
    short.connect_timeout = Duration::from_millis(300);
    let courier = courier(short);
    let manners = [
        Manners { recipient: Some("451 4.7.1 greylisted".into()), ..Manners::default() },
        Manners { message: Some("452 4.3.1 disk full".into()), ..Manners::default() },
        Manners { greeting: Some("554 no service for you".into()), ..Manners::default() },
        Manners { mute_after_message: true, ..Manners::default() },
        Manners { silent: true, ..Manners::default() },
    ];
    for manners in manners {
        server.set_manners(manners.clone());
        let text = unreachable(courier.send_mail(&mail()).await);
        assert!(!text.is_empty(), "{manners:?}");
    }
}

#[tokio::test]
async fn a_wrong_relay_password_is_ours_to_mend_and_refuses_no_message() {
    let server = SmtpServer::start_with(Security::None, Some(("relay", "s3cret"))).await;
    let mut wrong = settings(&server, Security::None);
    unreachable(courier(wrong.clone()).send_mail(&mail()).await);
    wrong.credentials = Some(("relay".into(), Secret::from("guess")));
    let text = unreachable(courier(wrong.clone()).send_mail(&mail()).await);
    assert!(text.contains("535") && !text.contains("guess"), "{text}");
    unreachable(courier(wrong.clone()).probe().await);
    wrong.credentials = Some(("relay".into(), Secret::from("s3cret")));
    courier(wrong).probe().await.unwrap();
}

#[tokio::test]
async fn codes_never_cross_a_network_in_clear() {
    let far = SmtpSettings::new("mail.example.com", 25, Security::None);
    let error = SmtpCourier::new(far, Arc::new(SystemClock)).unwrap_err();
    assert!(matches!(error, SettingsError::PlaintextBeyondLoopback(_)), "{error}");
    for near in ["127.0.0.1", "::1", "localhost"] {
        SmtpCourier::new(SmtpSettings::new(near, 25, Security::None), Arc::new(SystemClock)).unwrap();
    }
}

#[tokio::test]
async fn a_text_message_without_a_provider_is_a_typed_refusal() {
    let server = SmtpServer::start().await;
    let sms = Sms { to: "+15550100199".into(), text: "1".into(), message_id: "m".into() };
    let error = courier(settings(&server, Security::None)).send_sms(&sms).await.unwrap_err();
    assert_eq!(error, DeliveryError::Unconfigured("text messages"));
}
