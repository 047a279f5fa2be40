use crypto::sigv4::Credentials;
use testkit::prelude::*;
use testkit::{ACCOUNT, Principal};

const ACTION: &str = "AssumeRole";

/// The call of a role's credentials, signed by somebody.
async fn assume(app: &App, who: &Credentials, role: &str, more: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "test")];
    parameters.extend(more);
    app.asking_query(Service::Sts, ACTION, &parameters).signed_by(who.clone()).send().await
}

fn trusting(principal: Value, action: Value) -> Value {
    json!([{ "Effect": "Allow", "Principal": principal, "Action": action }])
}

fn allowing(action: &str, resource: &str) -> Value {
    json!([{ "Effect": "Allow", "Action": action, "Resource": resource }])
}

fn denied(who: &Principal, role: &str) -> String {
    format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {role}", who.arn)
}

#[cognate_test]
async fn a_role_that_trusts_the_account_is_for_those_whose_policies_allow_it(app: App) {
    let bob = app.iam_user("bob").await;
    let role = app.iam_role("shop", "/", trusting(json!({ "AWS": ACCOUNT }), json!("sts:AssumeRole"))).await;
    let refused = assume(&app, &bob.credentials, &role.arn, &[]).await;
    let sentence = denied(&bob, &role.arn) + " because no identity-based policy allows the sts:AssumeRole action";
    refused.expect_error(403, "AccessDenied", &sentence);
    bob.may(allowing("sts:AssumeRole", &format!("{}x", role.arn))).await;
    assert_eq!(assume(&app, &bob.credentials, &role.arn, &[]).await.error(), "AccessDenied");
    bob.may(allowing("sts:AssumeRole", &role.arn)).await;
    let root = assume(&app, app.root(), &role.arn, &[]).await;
    root.expect_error(403, "AccessDenied", "Roles may not be assumed by root accounts.");
    let assumed = assume(&app, &bob.credentials, &role.arn, &[]).await;
    assert_eq!(assumed.value("AssumeRoleResult.AssumedRoleUser.AssumedRoleId"), format!("{}:test", role.id));
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/shop/test");
    assert_eq!(assumed.value("AssumeRoleResult.AssumedRoleUser.Arn"), arn);
    assert_eq!(app.who_is(&assumed.credentials()).await.value("GetCallerIdentityResult.Arn"), arn);
}

#[cognate_test]
async fn a_role_that_names_the_user_asks_for_nothing_more_and_a_deny_is_final(app: App) {
    let (bob, eve) = (app.iam_user("bob").await, app.iam_user("eve").await);
    let role = app.iam_role("shop", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    assert!(assume(&app, &bob.credentials, &role.arn, &[]).await.is_ok());
    eve.may(allowing("*", "*")).await;
    let refused = assume(&app, &eve.credentials, &role.arn, &[]).await;
    let sentence = denied(&eve, &role.arn) + " because no resource-based policy allows the sts:AssumeRole action";
    refused.expect_error(403, "AccessDenied", &sentence);
    // A role that is not there is no other than one that trusts somebody else.
    let nowhere = role.arn.replace("shop", "nowhere");
    let sentence = denied(&eve, &nowhere) + " because no resource-based policy allows the sts:AssumeRole action";
    assume(&app, &eve.credentials, &nowhere, &[]).await.expect_error(403, "AccessDenied", &sentence);
    let root = app.root().clone();
    let session = app.query_by(&root, Service::Sts, "GetSessionToken", &[]).await.credentials();
    for (who, wanted) in [(&root, &nowhere), (&root, &role.arn), (&session, &role.arn)] {
        let sentence = "Roles may not be assumed by root accounts.";
        assume(&app, who, wanted, &[]).await.expect_error(403, "AccessDenied", sentence);
    }
    bob.may(json!([{ "Effect": "Deny", "Action": "sts:*", "Resource": "*" }])).await;
    let sentence = denied(&bob, &role.arn) + " with an explicit deny in an identity-based policy";
    assume(&app, &bob.credentials, &role.arn, &[]).await.expect_error(403, "AccessDenied", &sentence);
}

#[cognate_test]
async fn a_trust_policy_may_want_an_external_id(app: App) {
    let bob = app.iam_user("bob").await;
    let condition = json!({ "StringEquals": { "sts:ExternalId": "7-of-9" } });
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": bob.arn }, "Action": "sts:AssumeRole", "Condition": condition }]);
    let role = app.iam_role("shop", "/", trust).await;
    for (more, works) in [(&[][..], false), (&[("ExternalId", "7-of-8")], false), (&[("ExternalId", "7-of-9")], true)] {
        assert_eq!(assume(&app, &bob.credentials, &role.arn, more).await.is_ok(), works, "{more:?}");
    }
}

#[cognate_test]
async fn cr_21_a_session_lasts_as_long_as_the_role_allows_and_a_chain_an_hour(app: App) {
    let bob = app.iam_user("bob").await;
    let first = app.iam_role("first", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    let too_long = assume(&app, &bob.credentials, &first.arn, &[("DurationSeconds", "3601")]).await;
    let sentence = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    too_long.expect_error(400, "ValidationError", sentence);
    let assumed = assume(&app, &bob.credentials, &first.arn, &[("DurationSeconds", "900")]).await;
    let second = app.iam_role("second", "/", trusting(json!({ "AWS": first.arn }), json!("sts:AssumeRole"))).await;
    first.may(allowing("sts:AssumeRole", &second.arn)).await;
    let sentence = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
    let chained = assume(&app, &assumed.credentials(), &second.arn, &[("DurationSeconds", "3601")]).await;
    chained.expect_error(400, "ValidationError", sentence);
    assert!(assume(&app, &assumed.credentials(), &second.arn, &[("DurationSeconds", "3600")]).await.is_ok());

    app.advance(Duration::from_secs(900));
    let expired = app.who_is(&assumed.credentials()).await;
    expired.expect_error(403, "ExpiredToken", "The security token included in the request is expired");
}

#[cognate_test]
async fn cr_06_a_temporary_key_is_nothing_without_its_own_token(app: App) {
    let bob = app.iam_user("bob").await;
    let role = app.iam_role("shop", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    let one = assume(&app, &bob.credentials, &role.arn, &[]).await.credentials();
    let other = assume(&app, &bob.credentials, &role.arn, &[]).await.credentials();
    let invalid = "The security token included in the request is invalid.";
    for token in [None, other.token.clone(), Some("x".to_owned().into())] {
        let crossed = Credentials { token, ..one.clone() };
        app.who_is(&crossed).await.expect_error(403, "InvalidClientTokenId", invalid);
    }
    let stolen = Credentials { secret: other.secret.clone(), ..one.clone() };
    assert_eq!(app.who_is(&stolen).await.error(), "SignatureDoesNotMatch");
    let mut lasting = bob.credentials.clone();
    lasting.token = one.token.clone();
    app.who_is(&lasting).await.expect_error(403, "InvalidClientTokenId", invalid);
    assert!(app.who_is(&one).await.is_ok());

    // The same of a service that speaks JSON.
    let pools = async |who: &Credentials| {
        app.asking("ListUserPools", &json!({ "MaxResults": 1 })).signed_by(who.clone()).send().await
    };
    for token in [None, other.token.clone()] {
        let crossed = Credentials { token, ..one.clone() };
        pools(&crossed).await.expect_fault("UnrecognizedClientException", invalid);
    }
    assert_eq!(pools(&one).await.code(), "AccessDeniedException", "a good one is asked what it may");
    app.advance(Duration::from_secs(3600));
    let expired = "The security token included in the request is expired";
    pools(&one).await.expect_fault("ExpiredTokenException", expired);
    app.who_is(&one).await.expect_error(403, "ExpiredToken", expired);
}

#[cognate_test]
async fn cr_15_a_session_policy_narrows_and_one_that_does_not_fit_is_refused(app: App) {
    let bob = app.iam_user("bob").await;
    let role = app.iam_role("shop", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    role.may(allowing("iam:ListRoles", "*")).await;
    let narrow = json!({ "Version": "2012-10-17", "Statement": allowing("iam:ListUsers", "*") }).to_string();
    let whole = assume(&app, &bob.credentials, &role.arn, &[]).await.credentials();
    let answer = assume(&app, &bob.credentials, &role.arn, &[("Policy", &narrow)]).await;
    assert!(
        answer
            .value("AssumeRoleResult.PackedPolicySize")
            .parse::<u32>()
            .is_ok_and(|percent| (1..=10).contains(&percent))
    );
    for (who, action, works) in [
        (&whole, "ListRoles", true),
        (&whole, "ListUsers", false),
        (&answer.credentials(), "ListRoles", false),
        (&answer.credentials(), "ListUsers", false),
    ] {
        let asked = app.asking_query(Service::Iam, action, &[]).signed_by(who.clone()).send().await;
        assert_eq!(asked.is_ok(), works, "{action}\n{asked:?}");
    }
    assert_eq!(assume(&app, &bob.credentials, &role.arn, &[("Policy", "{}")]).await.error(), "MalformedPolicyDocument");
    let long = json!({ "Version": "2012-10-17", "Statement": allowing(&format!("iam:{}", "x".repeat(4000)), "*") })
        .to_string();
    assert_eq!(assume(&app, &bob.credentials, &role.arn, &[("Policy", &long)]).await.error(), "PackedPolicyTooLarge");
    let nowhere = [("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/NoSuchPolicy")];
    assert_eq!(assume(&app, &bob.credentials, &role.arn, &nowhere).await.error(), "ValidationError");
    let managed = [("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess")];
    let managed = assume(&app, &bob.credentials, &role.arn, &managed).await.credentials();
    assert!(app.asking_query(Service::Iam, "ListRoles", &[]).signed_by(managed).send().await.is_ok());
}

#[cognate_test]
async fn cr_15_a_session_policy_that_is_gone_takes_everything_with_it(app: App) {
    let bob = app.iam_user("bob").await;
    let role = app.iam_role("shop", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    role.may(allowing("iam:*", "*")).await;
    let deny = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*" },
    ] });
    let made = [("PolicyName", "no-users"), ("PolicyDocument", &*deny.to_string())];
    let arn = app.query(Service::Iam, "CreatePolicy", &made).await.value("CreatePolicyResult.Policy.Arn");
    let passed = [
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AdministratorAccess"),
        ("PolicyArns.member.2.arn", arn.as_str()),
    ];
    let session = assume(&app, &bob.credentials, &role.arn, &passed).await.credentials();
    let list = async |action: &str| app.asking_query(Service::Iam, action, &[]).signed_by(session.clone()).send().await;
    assert_eq!(list("ListUsers").await.error(), "AccessDenied");
    assert!(list("ListRoles").await.is_ok());
    app.query(Service::Iam, "DeletePolicy", &[("PolicyArn", &arn)]).await.expect_ok();
    for action in ["ListUsers", "ListRoles"] {
        assert_eq!(list(action).await.error(), "AccessDenied", "what denied is gone, so nothing is allowed");
    }
}

#[cognate_test]
async fn cr_15_a_session_policy_that_is_gone_denies_also_what_a_trust_policy_allows_the_session_itself(app: App) {
    let bob = app.iam_user("bob").await;
    let shop = app.iam_role("shop", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    let itself = format!("arn:aws:sts::{ACCOUNT}:assumed-role/shop/test");
    let vault = app.iam_role("vault", "/", trusting(json!({ "AWS": itself }), json!("sts:AssumeRole"))).await;
    let policy = async |name: &str, effect: &str| {
        let document = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": effect, "Action": "sts:AssumeRole", "Resource": "*" },
        ] });
        let made = [("PolicyName", name), ("PolicyDocument", &*document.to_string())];
        app.query(Service::Iam, "CreatePolicy", &made).await.value("CreatePolicyResult.Policy.Arn")
    };
    let (denies, goes) = (policy("denies", "Deny").await, policy("goes", "Allow").await);
    let passed = [("PolicyArns.member.1.arn", denies.as_str()), ("PolicyArns.member.2.arn", goes.as_str())];
    let session = assume(&app, &bob.credentials, &shop.arn, &passed).await.credentials();
    assert_eq!(assume(&app, &session, &vault.arn, &[]).await.error(), "AccessDenied");
    for gone in [&goes, &denies] {
        app.query(Service::Iam, "DeletePolicy", &[("PolicyArn", gone)]).await.expect_ok();
        assert_eq!(assume(&app, &session, &vault.arn, &[]).await.error(), "AccessDenied", "{gone} is gone");
    }
    let whole = assume(&app, &bob.credentials, &shop.arn, &[]).await.credentials();
    assert!(assume(&app, &whole, &vault.arn, &[]).await.is_ok(), "the trust policy names the session");
}

#[cognate_test]
async fn tags_need_to_be_allowed_and_transitive_ones_stay(app: App) {
    let bob = app.iam_user("bob").await;
    let untagged = app.iam_role("plain", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    let tag = [("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "blue"), ("TransitiveTagKeys.member.1", "Team")];
    assert_eq!(assume(&app, &bob.credentials, &untagged.arn, &tag).await.error(), "AccessDenied");

    let both = json!(["sts:AssumeRole", "sts:TagSession"]);
    let first = app.iam_role("first", "/", trusting(json!({ "AWS": bob.arn }), both.clone())).await;
    let assumed = assume(&app, &bob.credentials, &first.arn, &tag).await.credentials();
    let condition = json!({ "StringEquals": { "aws:PrincipalTag/Team": "blue" } });
    let trust = json!([{ "Effect": "Allow", "Principal": { "AWS": ACCOUNT }, "Action": both, "Condition": condition }]);
    let second = app.iam_role("second", "/", trust.clone()).await;
    let third = app.iam_role("third", "/", trust).await;
    first.may(allowing("sts:*", "*")).await;
    second.may(allowing("sts:*", "*")).await;
    let chained = assume(&app, &assumed, &second.arn, &[]).await.credentials();
    assert!(assume(&app, &chained, &third.arn, &[]).await.is_ok(), "the tag came along");
    let replaced = [("Tags.member.1.Key", "TEAM"), ("Tags.member.1.Value", "red")];
    assert_eq!(assume(&app, &assumed, &second.arn, &replaced).await.error(), "ValidationError");
    let twice = [
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "A"),
        ("Tags.member.2.Value", "2"),
    ];
    assert_eq!(assume(&app, &bob.credentials, &first.arn, &twice).await.error(), "ValidationError");
}

#[cognate_test]
async fn cr_29_a_session_ends_with_its_role(app: App) {
    let bob = app.iam_user("bob").await;
    let role = app.iam_role("shop", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    let session = assume(&app, &bob.credentials, &role.arn, &[]).await.credentials();
    assert!(app.who_is(&session).await.is_ok());
    assert!(app.query(Service::Iam, "DeleteRole", &[("RoleName", "shop")]).await.is_ok());
    let ended = app.who_is(&session).await;
    ended.expect_error(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
}

#[cognate_test]
async fn what_nobody_can_check_is_refused(app: App) {
    let bob = app.iam_user("bob").await;
    let role = app.iam_role("shop", "/", trusting(json!({ "AWS": bob.arn }), json!("sts:AssumeRole"))).await;
    let device = [("SerialNumber", "arn:aws:iam::123456789012:mfa/bob"), ("TokenCode", "123456")];
    assert_eq!(assume(&app, &bob.credentials, &role.arn, &device).await.error(), "AccessDenied");
    let contexts = [
        ("ProvidedContexts.member.1.ProviderArn", "arn:aws:iam::aws:contextProvider/IdentityCenter"),
        ("ProvidedContexts.member.1.ContextAssertion", "said by somebody"),
    ];
    assert_eq!(assume(&app, &bob.credentials, &role.arn, &contexts).await.error(), "ValidationError");
}
