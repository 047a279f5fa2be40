use testkit::ACCOUNT;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const OPERATIONS: [&str; 4] = ["GetId", "GetOpenIdToken", "GetCredentialsForIdentity", "UnlinkIdentity"];

#[cognate_test]
async fn ten_logins_at_once_are_one_identity_and_eleven_are_too_many(app: App) {
    let mut people = Vec::new();
    for _ in 0..10 {
        people.push(app.pool().with_user("ana", PW).await);
    }
    let mut made = app.identity_pool();
    let mut logins = json!({});
    for pool in &people {
        made = made.for_people_of(pool);
        logins[pool.login_key()] = pool.id_token("ana").await.into();
    }
    let pool = made.await;
    let ana = pool.identity(&logins).await;
    let mut keys: Vec<String> = people.iter().map(testkit::Pool::login_key).collect();
    keys.sort();
    assert_eq!(pool.describe(&ana).await.expect_ok()["Logins"], json!(keys));
    let session = pool.credentials(&ana, &logins).await.identity_credentials();
    assert!(app.who_is(&session).await.is_ok());
    for one in &people {
        assert_eq!(pool.identity(&one.login("ana").await).await, ana);
    }
    logins["accounts.google.com"] = "x".into();
    pool.get_id(&logins).await.expect_code("ValidationException");
}

#[cognate_test]
async fn a_mapping_that_leads_to_a_role_that_is_gone_or_elsewhere_gives_nothing(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let login = people.login("ana").await;
    let ana = pool.identity(&login).await;
    let key = format!("{}:{}", people.login_key(), people.client.id);
    let gone = pool.role("gone").await;
    let elsewhere = gone.arn.replace(ACCOUNT, "210987654321");
    for arn in [&gone.arn, &elsewhere] {
        let rule = json!({ "Claim": "sub", "MatchType": "NotEqual", "Value": "x", "RoleARN": arn });
        let rules = json!({ "Rules": [rule] });
        let mapping = json!({ "Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": rules });
        pool.map_roles(json!({ key.clone(): mapping })).await;
        if *arn == gone.arn {
            assert!(app.query(Service::Iam, "DeleteRole", &[("RoleName", "gone")]).await.is_ok());
        }
        pool.credentials(&ana, &login).await.expect_misconfigured();
    }
}

#[cognate_test]
async fn whatever_is_sent_to_public_operations_nothing_breaks(app: App) {
    let pool = app.identity_pool().with_guests().classic().developed_by("login.shop").await;
    let guest = pool.guest().await;
    let strange = ["", ":", "eu-west-1:", "eu-west-1:g", "x:0", "eu-west-1:0", "eu-west-1:\u{0}", &"a".repeat(60)];
    let tokens = ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJub25lIn0.e30", "\u{0}", "ü.ü.ü"];
    for op in OPERATIONS {
        for id in strange {
            let body = json!({ "IdentityId": id, "IdentityPoolId": id, "Logins": {}, "LoginsToRemove": [] });
            let refused = app.identity(op, body).await;
            assert_eq!(refused.status, 400, "{op} {id:?}\n{refused:?}");
        }
        for token in tokens {
            for key in ["cognito-identity.amazonaws.com", "login.shop", "accounts.google.com", "", "/", "x:y/z"] {
                let body = json!({
                    "IdentityId": guest, "IdentityPoolId": pool.id, "Logins": { key: token },
                    "LoginsToRemove": [key],
                });
                let refused = app.identity(op, body).await;
                assert_eq!(refused.status, 400, "{op} {key:?} {token:?}\n{refused:?}");
            }
        }
        let nothing = app.identity_asking(op, &json!({})).send().await;
        assert_eq!(nothing.status, 400, "{op}\n{nothing:?}");
    }
}
