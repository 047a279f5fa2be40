use crypto::sigv4::Credentials;
use testkit::ACCOUNT;
use testkit::prelude::*;

const ACTION: &str = "GetFederationToken";

async fn listing(app: &App, who: &Credentials, action: &str) -> Answer {
    app.asking_query(Service::Iam, action, &[]).signed_by(who.clone()).send().await
}

fn policy(action: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
        .to_string()
}

#[cognate_test]
async fn cr_15_somebody_vouched_for_may_what_both_the_user_and_the_policy_allow(app: App) {
    let bob = app.iam_user("bob").await;
    let vouch = |more: Vec<(&'static str, String)>| {
        let (app, credentials) = (app.clone(), bob.credentials.clone());
        async move {
            let mut parameters = vec![("Name", "carol")];
            parameters.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
            app.asking_query(Service::Sts, ACTION, &parameters).signed_by(credentials).send().await
        }
    };
    assert_eq!(vouch(vec![]).await.error(), "AccessDenied");
    bob.may(json!([{ "Effect": "Allow", "Action": ["sts:GetFederationToken", "iam:ListUsers"], "Resource": "*" }]))
        .await;

    let bare = vouch(vec![]).await;
    assert_eq!(bare.value("GetFederationTokenResult.FederatedUser.FederatedUserId"), format!("{ACCOUNT}:carol"));
    let arn = format!("arn:aws:sts::{ACCOUNT}:federated-user/carol");
    assert_eq!(bare.value("GetFederationTokenResult.FederatedUser.Arn"), arn);
    let who = app.who_is(&bare.credentials()).await;
    assert_eq!(who.value("GetCallerIdentityResult.Arn"), arn);
    assert_eq!(listing(&app, &bare.credentials(), "ListUsers").await.error(), "AccessDenied", "nothing was passed on");
    let wide = vouch(vec![("Policy", policy("iam:*"))]).await.credentials();
    assert!(listing(&app, &wide, "ListUsers").await.is_ok());
    assert_eq!(listing(&app, &wide, "ListRoles").await.error(), "AccessDenied", "more than bob may");
    let other = vouch(vec![("Policy", policy("iam:ListRoles"))]).await.credentials();
    assert_eq!(listing(&app, &other, "ListUsers").await.error(), "AccessDenied", "not among what was passed on");

    let tag = vec![("Tags.member.1.Key", "Team".to_owned()), ("Tags.member.1.Value", "blue".to_owned())];
    assert_eq!(vouch(tag.clone()).await.error(), "AccessDenied", "tags need sts:TagSession");
    bob.may(json!([{ "Effect": "Allow", "Action": ["sts:GetFederationToken", "sts:TagSession"], "Resource": "*" }]))
        .await;
    assert!(vouch(tag).await.is_ok());
    let again = app.asking_query(Service::Sts, ACTION, &[("Name", "dan")]).signed_by(wide).send().await;
    assert_eq!(again.error(), "AccessDenied");
}

#[cognate_test]
async fn cr_15_somebody_vouched_for_is_not_the_user_in_conditions_either(app: App) {
    let bob = app.iam_user("bob").await;
    let but_bob = json!({ "ArnNotEquals": { "aws:PrincipalArn": bob.arn } });
    bob.may(json!([
        { "Effect": "Allow", "Action": ["sts:GetFederationToken", "iam:*"], "Resource": "*" },
        { "Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*", "Condition": but_bob },
    ]))
    .await;
    let asked = [("Name", "carol"), ("Policy", &*policy("iam:*"))];
    let carol = app.asking_query(Service::Sts, ACTION, &asked).signed_by(bob.credentials.clone()).send().await;
    let carol = carol.credentials();
    assert!(listing(&app, &bob.credentials, "ListUsers").await.is_ok());
    assert!(listing(&app, &carol, "ListRoles").await.is_ok());
    assert_eq!(listing(&app, &carol, "ListUsers").await.error(), "AccessDenied");
}
