//! Switching rotation on and off while people are signed in, and what a refresh costs without it.

use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const NA: &str = "NotAuthorizedException";

async fn switch(pool: &Pool, on: bool) {
    let feature = if on { "ENABLED" } else { "DISABLED" };
    let mut flows = vec!["ALLOW_USER_PASSWORD_AUTH"];
    if !on {
        flows.push("ALLOW_REFRESH_TOKEN_AUTH");
    }
    let body = json!({ "ClientId": pool.client.id, "ExplicitAuthFlows": flows,
        "RefreshTokenRotation": { "Feature": feature, "RetryGracePeriodSeconds": 20 } });
    pool.admin("UpdateUserPoolClient", body).await.expect_ok();
}

async fn turn(pool: &Pool, token: &Value) -> Answer {
    pool.public("GetTokensFromRefreshToken", json!({ "RefreshToken": token })).await
}

#[cognate_test]
async fn tk_12_a_token_from_before_rotates_at_its_first_use_and_one_from_then_serves_after(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    let first = pool.sign_in("ana", PW).await.expect_tokens()["RefreshToken"].clone();
    switch(&pool, true).await;
    let second = turn(&pool, &first).await.expect_tokens()["RefreshToken"].clone();
    assert!(second.is_string());
    switch(&pool, false).await;
    for _ in 0..2 {
        let kept = turn(&pool, &second).await.expect_tokens();
        assert!(kept.get("RefreshToken").is_none());
        pool.refresh(&second).await.expect_tokens();
    }
    // The replaced one has no grace without rotation, and by itself ends nothing.
    turn(&pool, &first).await.expect_fault(NA, "Refresh Token has been revoked");
    pool.refresh(&first).await.expect_fault(NA, "Refresh Token has been revoked");
    turn(&pool, &second).await.expect_tokens();
}

/// Without rotation a refresh must not wait for whoever writes.
#[cognate_test]
async fn a_refresh_without_rotation_takes_no_writer(app: App) {
    if app.store().engine_name() != "sqlite" {
        return; // Postgres has no one writer to wait for.
    }
    let pool = app.pool().with_user("ana", PW).await;
    let token = pool.sign_in("ana", PW).await.expect_tokens()["RefreshToken"].clone();
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new((Some(began), may_go)));
    let store = app.store().clone();
    let writing = tokio::spawn(async move {
        store
            .write(store::work!(|tx, held| -> model::Refusal {
                let _ = &tx;
                let mut held = held.lock().unwrap();
                if let Some(began) = held.0.take() {
                    began.send(()).unwrap();
                    held.1.recv().unwrap();
                }
                Ok(())
            }))
            .await
    });
    has_begun.await.unwrap();
    turn(&pool, &token).await.expect_tokens();
    pool.refresh(&token).await.expect_tokens();
    go.send(()).unwrap();
    writing.await.unwrap().unwrap();
}
