//! What begins behind one door goes on behind it: neither a session nor a secret block changes sides (AU-9).

use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const NA: &str = "NotAuthorizedException";
const INVALID: &str = "Invalid session for the user.";

async fn begin(pool: &Pool, signed: bool, flow: &str, parameters: Value) -> Value {
    let answer = if signed {
        let body = json!({ "ClientId": pool.client.id, "AuthFlow": flow, "AuthParameters": parameters });
        pool.admin("AdminInitiateAuth", body).await
    } else {
        pool.initiate(&pool.client, flow, parameters).await
    };
    answer.expect_ok()
}

async fn respond(pool: &Pool, signed: bool, challenge: &str, session: &Value, responses: &Value) -> Answer {
    if !signed {
        return pool.respond(&pool.client, challenge, session, responses.clone()).await;
    }
    let body = json!({ "ClientId": pool.client.id, "ChallengeName": challenge, "Session": session,
        "ChallengeResponses": responses });
    pool.admin("AdminRespondToAuthChallenge", body).await
}

#[cognate_test]
async fn au_09_a_session_is_answered_through_the_door_it_began_behind(app: App) {
    let pool = app.pool().await;
    for (signed, flow) in [(true, "ADMIN_USER_PASSWORD_AUTH"), (false, "USER_PASSWORD_AUTH")] {
        let name = format!("ana-{signed}");
        pool.invited(&name, PW).await.expect_ok();
        let asked = begin(&pool, signed, flow, json!({ "USERNAME": name, "PASSWORD": PW })).await;
        assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        let responses = json!({ "USERNAME": name, "NEW_PASSWORD": "Brand-new-1" });
        let step = |signed| respond(&pool, signed, "NEW_PASSWORD_REQUIRED", &asked["Session"], &responses);
        step(!signed).await.expect_fault(NA, INVALID);
        step(signed).await.expect_tokens();
    }
}

#[cognate_test]
async fn au_09_a_secret_block_is_answered_through_the_door_it_began_behind(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    for signed in [true, false] {
        let srp = SrpSignIn::new(&pool, "door");
        let parameters = json!({ "USERNAME": "ana", "SRP_A": srp.srp_a() });
        let asked = begin(&pool, signed, "USER_SRP_AUTH", parameters).await;
        let responses = srp.responses(&asked, PW);
        // With the session and, as older clients do, without it.
        for session in [&asked["Session"], &Value::Null] {
            let crossed = respond(&pool, !signed, "PASSWORD_VERIFIER", session, &responses).await;
            crossed.expect_fault(NA, INVALID);
        }
        respond(&pool, signed, "PASSWORD_VERIFIER", &asked["Session"], &responses).await.expect_tokens();
    }
}
