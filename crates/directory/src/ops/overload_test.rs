use testkit::prelude::*;

#[cognate_test(once)] // a flood, and no race for one thing
async fn rl_14_a_flood_of_passwords_is_answered_or_turned_away_and_others_are_served_meanwhile(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    for number in 0..10 {
        pool.confirmed(&format!("person{number}"), testkit::PASSWORD).await;
    }
    let tokens = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    let flooded = pool.clone();
    let flood = race(300, move |number| {
        let pool = flooded.clone();
        async move { pool.sign_in(&format!("person{}", number % 10), testkit::PASSWORD).await }
    });
    let flood = tokio::spawn(flood);
    let mut served = 0;
    while !flood.is_finished() && served < 20 {
        pool.refresh(&tokens["RefreshToken"]).await.expect_tokens();
        app.get(&format!("/{}/.well-known/jwks.json", pool.id)).await.expect_ok();
        served += 1;
    }
    assert!(served > 0);
    for answer in flood.await.unwrap() {
        // Many at once under one name look like guesses until the first is proved: the lock is an answer too.
        let code = answer.code();
        assert!(
            answer.is_ok() || ["TooManyRequestsException", "NotAuthorizedException"].contains(&code.as_str()),
            "{answer:?}"
        );
    }
    app.advance(Duration::from_secs(900));
    app.sign_in(&pool, "person0", testkit::PASSWORD).await.expect_tokens();
}
