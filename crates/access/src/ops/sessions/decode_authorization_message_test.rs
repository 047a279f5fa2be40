use crypto::sigv4::Credentials;
use testkit::prelude::*;
use testkit::{ACCOUNT, Principal};

/// What a refused caller holds besides the sentence.
const ENCODED: &str = "x-cognate-authorization-message";

async fn decode(app: &App, who: &Credentials, message: &str) -> Answer {
    app.query_by(who, Service::Sts, "DecodeAuthorizationMessage", &[("EncodedMessage", message)]).await
}

async fn list_pools(app: &App, who: &Principal) -> Answer {
    app.asking("ListUserPools", &json!({ "MaxResults": 1 })).signed_by(who.credentials.clone()).send().await
}

fn decoded(answer: &Answer) -> Value {
    serde_json::from_str(&answer.value("DecodeAuthorizationMessageResult.DecodedMessage")).expect("JSON")
}

#[cognate_test]
async fn cr_32_the_message_of_a_denial_shows_the_deciding_statement(app: App) {
    let (ana, reader) = (app.iam_user("ana").await, app.iam_user("reader").await);
    ana.may(json!([
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Sid": "NoPools", "Effect": "Deny", "Action": "cognito-idp:List*", "Resource": "*" },
    ]))
    .await;
    let refused = list_pools(&app, &ana).await;
    let sentence = format!(
        "User: {} is not authorized to perform: cognito-idp:ListUserPools on resource: * with an explicit deny in an identity-based policy",
        ana.arn
    );
    refused.expect_fault("AccessDeniedException", &sentence);
    let message = refused.header(ENCODED).to_owned();
    assert!((1..=3_000).contains(&message.len()), "{} characters", message.len());
    assert!(!message.contains("NoPools"), "whoever is refused learns nothing from it");

    let answer = decode(&app, &reader.credentials, &message).await;
    assert_eq!(answer.error(), "AccessDenied", "reading it wants sts:DecodeAuthorizationMessage");
    assert_ne!(answer.header(ENCODED), "", "of a Query service too");
    reader.may(json!([{ "Effect": "Allow", "Action": "sts:DecodeAuthorizationMessage", "Resource": "*" }])).await;
    let told = decoded(&decode(&app, &reader.credentials, &message).await);
    assert_eq!((&told["allowed"], &told["explicitDeny"]), (&json!(false), &json!(true)));
    let deciding = &told["matchedStatements"]["items"];
    assert_eq!((deciding.as_array().map(Vec::len), &deciding[0]["statementId"]), (Some(1), &json!("NoPools")));
    assert_eq!((&deciding[0]["policy"], &deciding[0]["statement"]), (&json!("inline:only"), &json!(2)));
    let context = &told["context"];
    assert_eq!((&context["principal"]["arn"], &context["principal"]["id"]), (&json!(ana.arn), &json!(ana.id)));
    assert_eq!((&context["action"], &context["resource"]), (&json!("cognito-idp:ListUserPools"), &json!("*")));
}

#[cognate_test]
async fn cr_32_a_denial_by_a_trust_policy_has_its_message_too(app: App) {
    let (bob, eve) = (app.iam_user("bob").await, app.iam_user("eve").await);
    let condition = json!({ "StringEquals": { "sts:ExternalId": "7-of-9" } });
    let trust = json!([{ "Sid": "Bob", "Effect": "Allow", "Principal": { "AWS": bob.arn }, "Action": "sts:AssumeRole", "Condition": condition }]);
    let role = app.iam_role("shop", "/", trust).await;
    let asked = [("RoleArn", role.arn.as_str()), ("RoleSessionName", "test"), ("ExternalId", "8-of-9")];
    let refused = app.query_by(&bob.credentials, Service::Sts, "AssumeRole", &asked).await;
    assert_eq!(refused.error(), "AccessDenied");
    let root = app.root().clone();
    let told = decoded(&decode(&app, &root, refused.header(ENCODED)).await);
    let failure = &told["failures"]["items"][0];
    assert_eq!((&failure["statementId"], &failure["policyKind"]), (&json!("Bob"), &json!("Resource")));
    assert_eq!((&failure["failure"]["wanted"], &failure["failure"]["had"]), (&json!(["7-of-9"]), &json!(["8-of-9"])));
    // To whom the statement does not speak it is not shown as one that nearly did.
    let refused = app.query_by(&eve.credentials, Service::Sts, "AssumeRole", &asked).await;
    let told = decoded(&decode(&app, &root, refused.header(ENCODED)).await);
    assert_eq!(told["failures"]["items"], json!([]));
    // Nor does the length say whether there is a role at all.
    let tag = [("RoleName", "shop"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
    app.query(Service::Iam, "TagRole", &tag).await.expect_ok();
    let nowhere = role.arn.replace("shop", "nope");
    let length = async |arn: &str| {
        let asked = [("RoleArn", arn), ("RoleSessionName", "test")];
        app.query_by(&eve.credentials, Service::Sts, "AssumeRole", &asked).await.header(ENCODED).len()
    };
    assert_eq!(length(&role.arn).await, length(&nowhere).await);
}

#[cognate_test]
async fn st_17_only_whole_messages_of_this_account_open_and_a_week_long(app: App) {
    let ana = app.iam_user("ana").await;
    let message = list_pools(&app, &ana).await.header(ENCODED).to_owned();
    let root = app.root().clone();
    let session = app.query_by(&ana.credentials, Service::Sts, "GetSessionToken", &[]).await.credentials();
    let token = session.token.expect("a token").reveal().to_owned();
    for strange in ["x", &message[1..], &message[..message.len() - 1], &format!("{message}A"), &token, ACCOUNT] {
        decode(&app, &root, strange).await.expect_error(
            400,
            "InvalidAuthorizationMessageException",
            "Message is not valid",
        );
    }
    app.advance(Duration::from_secs(7 * 86_400 - 1));
    assert!(decode(&app, &root, &message).await.is_ok());
    app.advance(Duration::from_secs(1));
    decode(&app, &root, &message).await.expect_refusal(400, "InvalidAuthorizationMessageException");
}
