use identity::{LoginExplanation, LoginQuestion, logins_of};
use kernel::{AccountId, EntropyExt, Region, SystemEntropy};
use model::{Caller, Principal};
use testkit::prelude::*;
use testkit::{ACCOUNT, IdentityPool, trust_in};

const PW: &str = testkit::PASSWORD;

fn caller() -> Caller {
    Caller {
        request_id: SystemEntropy.uuid(),
        region: Region::parse("eu-west-1").unwrap(),
        secure: true,
        account: AccountId::parse(ACCOUNT).unwrap(),
        source_ip: None,
        user_agent: None,
        principal: Principal::Anonymous,
    }
}

async fn explain(pool: &IdentityPool, identity: Option<&str>, logins: &[(String, String)]) -> LoginExplanation {
    let question = LoginQuestion {
        pool: pool.id.clone(),
        identity: identity.map(str::to_owned),
        logins: logins_of(logins.iter().cloned()),
        custom_role: None,
    };
    pool.app().identity_room().explain_login(&caller(), &question).await.expect("an explanation")
}

fn told<'e>(explained: &'e LoginExplanation, about: &str) -> Vec<(bool, &'e str)> {
    let steps = explained.steps.iter().filter(|step| step.about.starts_with(about));
    steps.map(|step| (step.passed, step.told.as_str())).collect()
}

#[cognate_test]
async fn a_login_that_gets_credentials_is_explained_to_the_statement_that_trusts_it(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let ruled = pool.role("ruled").await;
    let key = format!("{}:{}", people.login_key(), people.client.id);
    let rule = json!({ "Claim": "cognito:username", "MatchType": "Equals", "Value": "ana", "RoleARN": ruled.arn });
    let mapping = json!({
        "Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": { "Rules": [rule] },
    });
    pool.map_roles(json!({ key: mapping })).await;
    let logins = [(people.login_key(), people.id_token("ana").await)];
    let explained = explain(&pool, None, &logins).await;
    assert!(explained.granted(), "{explained}");
    assert!(told(&explained, "identity")[0].1.contains("a new one"), "{explained}");
    let role = told(&explained, "role")[0].1;
    assert!(role.starts_with(&ruled.arn) && role.contains("rule 1"), "{explained}");
    assert_eq!(told(&explained, "trust"), [(true, "sts:AssumeRoleWithWebIdentity: statement 1 allows it")]);
    let listed = pool.admin("ListIdentities", json!({ "MaxResults": 60 })).await.expect_ok();
    assert_eq!(listed["Identities"], json!([]), "nothing was written");
}

#[cognate_test]
async fn the_step_that_fails_is_the_last_and_says_why(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let key = people.login_key();
    let tokens = people.sign_in("ana", PW).await.expect_tokens();
    let access = tokens["AccessToken"].as_str().unwrap().to_owned();
    let explained = explain(&pool, None, &[(key.clone(), access)]).await;
    assert!(!explained.granted());
    let last = explained.steps.last().unwrap();
    assert!(!last.passed && last.told.contains("Missing a required claim: aud"), "{explained}");

    let elsewhere = "eu-west-1:00000000-0000-4000-8000-00000000000a";
    let strange = app.iam_role("strange", "/", trust_in(elsewhere, "unauthenticated")).await;
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": { "unauthenticated": strange.arn } })).await.expect_done();
    let explained = explain(&pool, None, &[]).await;
    let (passed, why) = told(&explained, "trust")[0];
    assert!(!passed && why.contains("StringEquals cognito-identity.amazonaws.com:aud"), "{explained}");
    let explained = explain(&pool, None, &[(key, people.id_token("ana").await)]).await;
    assert_eq!(told(&explained, "role"), [(false, "no role is set for authenticated")]);
    let explained = explain(&pool, Some("eu-west-1:0"), &[]).await;
    assert_eq!(told(&explained, "identity"), [(false, "Identity 'eu-west-1:0' not found.")]);
}

#[cognate_test]
async fn st_29_weak_roles_of_a_pool_are_found_and_warned_about(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let mut trust = trust_in(&pool.id, "authenticated");
    trust[0]["Condition"] = json!({ "StringEquals": { "cognito-identity.amazonaws.com:aud": pool.id } });
    let weak = app.iam_role("weak", "/", trust).await;
    let roles = json!({ "authenticated": weak.arn, "unauthenticated": pool.guest.arn });
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": roles })).await.expect_done();
    let warned = |line: &&String| line.contains("is weak") && line.contains(&weak.arn) && line.contains(&pool.id);
    let lines = testkit::log_lines();
    assert_eq!(lines.iter().filter(warned).count(), 1);
    assert!(lines.iter().find(warned).unwrap().contains("guests can have it"));
    assert!(!lines.iter().any(|line| line.contains("is weak") && line.contains(&pool.guest.arn)));
}
