//! The table of authentication.md 12, for what is served: each cell in both modes.

use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const REFUSED: &str = "NotAuthorizedException";
const WRONG: &str = "Incorrect username or password.";

async fn both_flows(pool: &Pool, name: &str, password: &str) -> [Answer; 2] {
    let body = json!({ "ClientId": pool.client.id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": name, "PASSWORD": password } });
    [pool.sign_in(name, password).await, pool.admin("AdminInitiateAuth", body).await]
}

async fn people(app: &App, pool: &Pool) {
    let off = pool.confirmed("off", PW).await;
    app.change_person(&pool.id, &off, model::User::disable).await;
    let reset = pool.confirmed("reset", PW).await;
    app.change_person(&pool.id, &reset, |user, _| model::User { status: model::UserStatus::ResetRequired, ..user })
        .await;
    pool.sign_up("new", PW, &[]).await.expect_ok();
}

#[cognate_test(storages)]
async fn au_32_openly_everybody_is_told_what_is_the_matter(app: App) {
    let pool = app.pool().await;
    people(&app, &pool).await;
    for answer in both_flows(&pool, "nobody", PW).await {
        answer.expect_fault("UserNotFoundException", "User does not exist.");
    }
    for answer in both_flows(&pool, "off", PW).await {
        answer.expect_fault(REFUSED, "User is disabled.");
    }
    for answer in both_flows(&pool, "reset", PW).await {
        answer.expect_fault("PasswordResetRequiredException", "Password reset required for the user");
    }
    for answer in both_flows(&pool, "new", PW).await {
        answer.expect_fault("UserNotConfirmedException", "User is not confirmed.");
    }
    let srp = SrpSignIn::new(&pool, "open");
    let answer = pool.srp_start(&pool.client, "nobody", &srp.srp_a()).await;
    answer.expect_fault("UserNotFoundException", "User does not exist.");
    let answer = pool.srp_start(&pool.client, "off", &srp.srp_a()).await;
    answer.expect_fault(REFUSED, "User is disabled.");
}

#[cognate_test(storages)]
async fn au_32_masked_unknown_wrong_and_disabled_are_the_same_bytes(app: App) {
    let pool = app.pool().masked().with_user("ana", PW).await;
    people(&app, &pool).await;
    let mut bodies = Vec::new();
    for (name, password) in [
        ("nobody", PW),
        ("ana", "Wr0ng-password"),
        ("off", PW),
        ("off", "Wr0ng-password"),
        ("new", "Wr0ng-password"),
        ("reset", PW),
        ("reset", "Wr0ng-password"),
    ] {
        for answer in both_flows(&pool, name, password).await {
            answer.expect_fault(REFUSED, WRONG);
            bodies.push(answer.body.clone());
        }
        pool.srp_sign_in(name, password).await.expect_fault(REFUSED, WRONG);
        app.advance(Duration::from_secs(900)); // no test of locks
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    for answer in both_flows(&pool, "new", PW).await {
        answer.expect_fault("UserNotConfirmedException", "User is not confirmed.");
    }
}

#[cognate_test(storages)]
async fn au_33_the_simulated_challenge_is_stable_for_a_name_and_its_own_in_every_pool(app: App) {
    let (pool, other) = (app.pool().masked().await, app.pool().masked().await);
    let ask = |pool: &Pool, name: &'static str, seed: &'static str| {
        let pool = pool.clone();
        async move {
            let srp = SrpSignIn::new(&pool, seed);
            let asked = pool.srp_start(&pool.client, name, &srp.srp_a()).await.expect_challenge("PASSWORD_VERIFIER");
            asked["ChallengeParameters"].clone()
        }
    };
    let (first, again) = (ask(&pool, "nobody", "1").await, ask(&pool, "nobody", "2").await);
    for stable in ["SALT", "USER_ID_FOR_SRP", "USERNAME"] {
        assert_eq!(first[stable], again[stable], "{stable}");
    }
    assert_ne!(first["SRP_B"], again["SRP_B"]);
    assert_ne!(first["SECRET_BLOCK"], again["SECRET_BLOCK"]);
    let id = first["USER_ID_FOR_SRP"].as_str().unwrap();
    let form: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(form, [8, 4, 4, 4, 12], "{id}");
    for different in [ask(&other, "nobody", "1").await, ask(&pool, "somebody", "1").await] {
        assert_ne!(first["SALT"], different["SALT"]);
        assert_ne!(first["USER_ID_FOR_SRP"], different["USER_ID_FOR_SRP"]);
    }
    app.advance(Duration::from_secs(40 * 24 * 3600));
    assert_eq!(first["SALT"], ask(&pool, "nobody", "3").await["SALT"], "days later too");
}

#[cognate_test(storages)]
async fn au_33_where_addresses_are_names_the_simulated_challenge_looks_like_a_real_one(app: App) {
    let pool = app.pool().masked().named_by_email().with_user("ana@example.com", PW).await;
    let ask = |name: &'static str| {
        let pool = pool.clone();
        async move {
            let srp = SrpSignIn::new(&pool, name);
            let answer = pool.srp_start(&pool.client, name, &srp.srp_a()).await;
            let asked = answer.expect_challenge("PASSWORD_VERIFIER");
            let size = |text: &Value| text.as_str().unwrap().len();
            let parameters = &asked["ChallengeParameters"];
            (size(&asked["Session"]), size(&parameters["SECRET_BLOCK"]), size(&parameters["USER_ID_FOR_SRP"]))
        }
    };
    assert_eq!(ask("ana@example.com").await, ask("eve@example.com").await);
}

#[cognate_test(storages)]
async fn st_11_an_unknown_name_locks_like_a_known_one(app: App) {
    let pool = app.pool().masked().with_user("ana", PW).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        known.push(pool.sign_in("ana", "Wr0ng-password").await.text());
        unknown.push(pool.sign_in("nobody", "Wr0ng-password").await.text());
    }
    assert_eq!(known, unknown);
    assert!(known[6].contains("Password attempts exceeded"), "{known:?}");
    for name in ["nobody", "NOBODY"] {
        let srp = pool.srp_sign_in(name, PW).await;
        assert_eq!(srp.code(), REFUSED);
    }
}

#[cognate_test(storages)]
async fn st_11_a_locked_name_looks_the_same_by_srp_whether_it_exists(app: App) {
    let pool = app.pool().masked().with_user("ana", PW).await;
    for name in ["ana", "nobody"] {
        for _ in 0..5 {
            pool.srp_sign_in(name, "Wr0ng-password").await.expect_fault(REFUSED, WRONG);
        }
    }
    let (known, unknown) = (pool.srp_sign_in("ana", PW).await, pool.srp_sign_in("nobody", PW).await);
    assert_eq!(known.text(), unknown.text());
    known.expect_fault(REFUSED, "Password attempts exceeded");
}
