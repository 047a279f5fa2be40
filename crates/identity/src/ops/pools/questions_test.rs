//! What operators ask beyond Amazon's operations.

use kernel::{AccountId, Region};
use model::{Caller, Principal};
use testkit::prelude::*;
use testkit::{ACCOUNT, IdentityPool};

fn operator(region: &str) -> Caller {
    Caller {
        request_id: Default::default(),
        region: Region::parse(region).unwrap(),
        secure: true,
        account: AccountId::parse(ACCOUNT).unwrap(),
        source_ip: None,
        user_agent: None,
        principal: Principal::Root { access_key_id: "AKIA".to_owned() },
    }
}

async fn ask(pool: &IdentityPool, question: &str, mut input: Value) -> Result<Value, String> {
    input["IdentityPoolId"] = pool.id.as_str().into();
    let room = pool.app().identity_room();
    let answer = room.ask(&operator("eu-west-1"), question, &input).await.expect("a known question");
    answer.map_err(|fault| format!("{}: {}", fault.kind.name, fault.message))
}

#[cognate_test]
async fn a_login_is_explained_step_by_step(app: App) {
    let people = app.pool().with_user("ana", testkit::PASSWORD).await;
    let pool = app.identity_pool().for_people_of(&people).await;
    let told = ask(&pool, "ExplainLogin", json!({ "Logins": people.login("ana").await })).await.unwrap();
    assert_eq!(told["Granted"], true, "{told}");
    let about: Vec<&str> = told["Steps"].as_array().unwrap().iter().map(|s| s["About"].as_str().unwrap()).collect();
    assert!(about[0].starts_with("login ") && about[1..].starts_with(&["identity", "role", "tags", "trust"]), "{told}");
    let told = ask(&pool, "ExplainLogin", json!({ "Logins": { people.login_key(): "no token" } })).await.unwrap();
    assert_eq!(told["Granted"], false, "{told}");
    let guest = ask(&pool, "ExplainLogin", json!({})).await.unwrap();
    assert_eq!(guest["Granted"], false, "{guest}");
    for bad in [json!({ "Logins": [] }), json!({ "Logins": { "a": 1 } }), json!({ "IdentityId": 7 })] {
        assert!(ask(&pool, "ExplainLogin", bad).await.unwrap_err().starts_with("InvalidParameterException"));
    }
    let listed = pool.admin("ListIdentities", json!({ "MaxResults": 60 })).await.expect_ok();
    assert_eq!(listed["Identities"], json!([]), "nothing was made of it");
}

#[cognate_test]
async fn identities_are_found_by_provider_and_by_who_somebody_is_there(app: App) {
    let people = app.pool().with_user("ana", testkit::PASSWORD).with_user("bob", testkit::PASSWORD).await;
    let pool = app.identity_pool().with_guests().developed_by("login.shop").for_people_of(&people).await;
    let (ana, bob) = (pool.identity(&people.login("ana").await).await, pool.identity(&people.login("bob").await).await);
    pool.guest().await;
    let found = |answer: &Value| -> Vec<String> {
        let all = answer["Identities"].as_array().unwrap().iter();
        all.map(|identity| identity["IdentityId"].as_str().unwrap().to_owned()).collect()
    };
    let mut both = vec![ana.clone(), bob];
    both.sort();
    let public = people.issuer().replace("http://", "");
    for name in [people.login_key(), public] {
        assert_eq!(found(&ask(&pool, "SearchIdentities", json!({ "Provider": name })).await.unwrap()), both);
    }
    let person = people.person("ana").await.expect_ok();
    let sub = person["UserAttributes"].as_array().unwrap().iter().find(|pair| pair["Name"] == "sub").unwrap();
    let asked = json!({ "Provider": people.login_key(), "Subject": sub["Value"] });
    let answer = ask(&pool, "SearchIdentities", asked).await.unwrap();
    assert_eq!(found(&answer), [ana]);
    let shown = &answer["Identities"][0];
    assert_eq!((&shown["Enabled"], &shown["Logins"]), (&json!(true), &json!([people.login_key()])));
    let sub_text = sub["Value"].as_str().unwrap();
    assert!(!answer.to_string().contains(sub_text), "subjects are asked by and not told");

    pool.developer_token("login.shop", "u1", json!({})).await.expect_ok();
    let developer = json!({ "Provider": "login.shop", "Developer": true });
    assert_eq!(found(&ask(&pool, "SearchIdentities", developer).await.unwrap()).len(), 1);
    assert!(ask(&pool, "SearchIdentities", json!({})).await.is_err());
}

#[cognate_test]
async fn weak_roles_are_listed_and_pools_of_elsewhere_are_not_there(app: App) {
    let pool = app.identity_pool().await;
    assert_eq!(ask(&pool, "ListWeakRoles", json!({})).await.unwrap(), json!({ "Roles": [] }));
    let trust = json!([{
        "Effect": "Allow", "Principal": { "Federated": "cognito-identity.amazonaws.com" },
        "Action": "sts:AssumeRoleWithWebIdentity",
    }]);
    let weak = app.iam_role("weak", "/", trust).await;
    pool.admin("SetIdentityPoolRoles", json!({ "Roles": { "authenticated": weak.arn } })).await.expect_done();
    let told = ask(&pool, "ListWeakRoles", json!({})).await.unwrap();
    assert_eq!(told["Roles"].as_array().unwrap().len(), 2, "{told}");
    assert!(told["Roles"].as_array().unwrap().iter().all(|role| role["RoleArn"] == weak.arn.as_str()), "{told}");
    let room = app.identity_room();
    let input = json!({ "IdentityPoolId": pool.id });
    let elsewhere = room.ask(&operator("us-east-1"), "ListWeakRoles", &input).await.unwrap();
    assert_eq!(elsewhere.unwrap_err().kind.name, "ResourceNotFoundException");
    assert!(room.ask(&operator("eu-west-1"), "Anything", &input).await.is_none());
}
