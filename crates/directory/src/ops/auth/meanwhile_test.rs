//! What an administrator does while a sign-in is under way wins, at whatever point it happens: the server is stopped each
//! time it looks at the clock, the administrator acts, the server goes on.

use testkit::Stop;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

/// Stops one sign-in at its `nth` look at the clock and acts there.
async fn interrupted<F>(app: &App, pool: &Pool, name: &str, nth: usize, act: impl FnOnce() -> F) -> Stop
where
    F: Future<Output = ()>,
{
    let (pool, name) = (pool.clone(), name.to_owned());
    app.interrupted(nth, async move { pool.sign_in(&name, PW).await }, act).await
}

#[cognate_test]
async fn st_12_whoever_is_switched_off_while_signing_in_is_left_with_nothing_that_lives(app: App) {
    let pool = app.pool().await;
    let mut stops = 0;
    let mut nth = 1;
    for round in 0..40 {
        let name = format!("ana{round}");
        let sub = pool.confirmed(&name, PW).await;
        let stop =
            interrupted(&app, &pool, &name, nth, || app.change_person(&pool.id, &sub, model::User::disable)).await;
        let answer = match stop {
            Stop::Here(answer) => answer,
            Stop::Elsewhere => continue,
            Stop::Never => break,
        };
        nth += 1;
        stops += 1;
        if answer.is_ok() {
            let tokens = answer.expect_tokens();
            pool.get_user(&tokens["AccessToken"]).await.expect_code("NotAuthorizedException");
            pool.refresh(&tokens["RefreshToken"]).await.expect_code("NotAuthorizedException");
        } else {
            answer.expect_code("NotAuthorizedException");
        }
    }
    assert!(stops >= 3, "the sign-in was stopped {stops} times only");
}

#[cognate_test]
async fn st_12_a_password_taken_away_while_it_is_proved_opens_nothing(app: App) {
    let pool = app.pool().await;
    let mut outcomes = Vec::new();
    let mut nth = 1;
    for round in 0..40 {
        let name = format!("ana{round}");
        pool.confirmed(&name, PW).await;
        let act = || async {
            let body = json!({ "Username": name, "Password": "Temp0rary-pw" });
            pool.admin("AdminSetUserPassword", body).await.expect_ok();
        };
        let answer = match interrupted(&app, &pool, &name, nth, act).await {
            Stop::Here(answer) => answer,
            Stop::Elsewhere => continue,
            Stop::Never => break,
        };
        nth += 1;
        if !answer.is_ok() {
            answer.expect_code("NotAuthorizedException");
        }
        outcomes.push(answer.is_ok());
    }
    // Once the sign-in is committed it came first; until then, the last look before the commit included, it is refused.
    let refused = outcomes.iter().take_while(|signed_in| !**signed_in).count();
    assert!(refused >= 3, "stops before the commit must be refused: {outcomes:?}");
    assert!(outcomes.iter().skip(refused).all(|signed_in| *signed_in), "{outcomes:?}");
}
