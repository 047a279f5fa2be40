//! Access tokens that say too little: right in every other way, signed by the pool's own key (TK-22).

use contract::{Auth, Kind};
use directory::SERVED;
use testkit::claims;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

#[cognate_test]
async fn tk_22_a_token_without_the_scope_opens_no_operation_and_with_it_does(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    let said = claims(&tokens["AccessToken"]);
    let with = |scope: Value| {
        let mut changed = said.clone();
        changed["scope"] = scope;
        changed
    };
    let good = app.signed_by_pool(&pool.id, &with(json!("openid aws.cognito.signin.user.admin"))).await;
    pool.get_user(&json!(good)).await.expect_ok();
    let mut lacking = Vec::new();
    for scope in [json!("openid email"), json!(""), Value::Null, json!("aws.cognito.signin.user.administrator")] {
        lacking.push(app.signed_by_pool(&pool.id, &with(scope)).await);
    }
    let mut asked = Vec::new();
    for served in SERVED.iter().filter(|served| matches!(served.meta.auth, Auth::Token)) {
        let Kind::Struct { members } = &served.meta.input.kind else { continue };
        // Operations that need more than the token are refused for that first.
        if members.iter().any(|member| member.required && member.name != "AccessToken") {
            continue;
        }
        for token in &lacking {
            let answer = app.call(served.meta.name, json!({ "AccessToken": token })).await;
            answer.expect_fault("NotAuthorizedException", "Access Token does not have required scopes");
        }
        asked.push(served.meta.name);
    }
    assert!(["GetUser", "GlobalSignOut"].iter().all(|op| asked.contains(op)), "{asked:?}");
    pool.get_user(&tokens["AccessToken"]).await.expect_ok();
}

/// ST-17: each kind of token where another is wanted, and each token a little shorter or longer.
#[cognate_test]
async fn st_17_no_token_stands_for_another(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    let asked = pool.srp_start(&pool.client, "ana", &SrpSignIn::new(&pool, "cross").srp_a()).await.expect_ok();
    let (session, block) = (&asked["Session"], &asked["ChallengeParameters"]["SECRET_BLOCK"]);
    let listed = pool.admin("ListUserPoolClients", json!({ "MaxResults": 1 })).await.expect_ok();
    let texts = [&tokens["AccessToken"], &tokens["IdToken"], &tokens["RefreshToken"], session, block];
    for text in texts {
        let spoiled = |cut: usize| json!(text.as_str().unwrap()[..text.as_str().unwrap().len() - cut]);
        let longer = json!(format!("{}A", text.as_str().unwrap()));
        for other in [text.clone(), spoiled(1), spoiled(4), longer] {
            let own = |kind: &Value| *kind == other;
            if !own(&tokens["AccessToken"]) {
                assert_eq!(pool.get_user(&other).await.status, 400);
            }
            if !own(&tokens["RefreshToken"]) {
                assert_eq!(pool.refresh(&other).await.status, 400);
                let body = json!({ "RefreshToken": other });
                assert_eq!(pool.public("GetTokensFromRefreshToken", body).await.status, 400);
            }
            let responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": "Brand-new-1" });
            let answer = pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", &other, responses).await;
            assert_eq!(answer.status, 400, "{answer:?}");
            let body = json!({ "MaxResults": 1, "NextToken": other });
            assert_eq!(pool.admin("ListUserPoolClients", body).await.status, 400);
        }
    }
    assert!(listed["UserPoolClients"].is_array());
    pool.refresh(&tokens["RefreshToken"]).await.expect_tokens();
}
