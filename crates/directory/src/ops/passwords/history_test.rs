//! Passwords that were used before (user-pools.md 13): every way to a new one, how far back, and what is kept.

use testkit::prelude::*;

const USED: &str = "Password has previously been used";
const ANA: &str = "ana@example.com";

fn word(n: u32) -> String {
    format!("Passw0rd-{n:02}")
}

async fn remembering(app: &App, size: i64) -> Pool {
    app.pool().set("Policies", policies(size)).await
}

fn policies(size: i64) -> Value {
    json!({ "PasswordPolicy": { "MinimumLength": 8, "PasswordHistorySize": size } })
}

async fn set(pool: &Pool, password: &str) -> Answer {
    let body = json!({ "Username": "ana", "Password": password, "Permanent": true });
    pool.admin("AdminSetUserPassword", body).await
}

async fn kept(app: &App, pool: &Pool) -> usize {
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    let (id, sub) = (kernel::UserPoolId::parse(&pool.id).unwrap(), kernel::Sub::parse(&sub).unwrap());
    let all = store::work!(|tx, id, sub| -> model::Refusal { Ok(tx.password_history().list(id, sub, 100).await?) });
    app.store().read(all).await.unwrap().len()
}

#[cognate_test]
async fn up_37_a_history_of_n_blocks_the_present_and_the_n_less_one_before(app: App) {
    for size in [1u32, 2, 3, 24] {
        let pool = remembering(&app, size.into()).await;
        let shown = pool.admin("DescribeUserPool", json!({})).await.expect_ok();
        assert_eq!(shown["UserPool"]["Policies"]["PasswordPolicy"]["PasswordHistorySize"], size);
        pool.confirmed("ana", &word(0)).await;
        for n in 1..=size {
            set(&pool, &word(n)).await.expect_ok();
        }
        for n in 1..=size {
            set(&pool, &word(n)).await.expect_fault("PasswordHistoryPolicyViolationException", USED);
        }
        assert_eq!(kept(&app, &pool).await, size as usize - 1, "no more is kept than is asked for");
        app.sign_in(&pool, "ana", &word(size)).await.expect_tokens();
        set(&pool, &word(0)).await.expect_ok();
        app.sign_in(&pool, "ana", &word(0)).await.expect_tokens();
    }
}

#[cognate_test]
async fn up_37_every_way_to_a_new_password_asks_the_history(app: App) {
    let pool = remembering(&app, 3).await;
    let attributes = pool.attributes(&[("email", ANA), ("email_verified", "true")]);
    let body = json!({ "Username": "ana", "TemporaryPassword": word(1), "MessageAction": "SUPPRESS",
        "UserAttributes": attributes });
    pool.admin("AdminCreateUser", body).await.expect_ok();
    let challenge = app.sign_in(&pool, "ana", &word(1)).await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let responses = |n: u32| json!({ "USERNAME": "ana", "NEW_PASSWORD": word(n) });
    let session = &challenge["Session"];
    let answer = pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", session, responses(1)).await;
    answer.expect_fault("PasswordHistoryPolicyViolationException", USED);
    // The session stays good for another try.
    let tokens = pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", session, responses(2)).await.expect_tokens();
    let change = |from: u32, to: u32| {
        let body = json!({ "AccessToken": tokens["AccessToken"], "PreviousPassword": word(from), "ProposedPassword": word(to) });
        app.call("ChangePassword", body)
    };
    change(2, 1).await.expect_fault("PasswordHistoryPolicyViolationException", USED);
    change(2, 2).await.expect_fault("PasswordHistoryPolicyViolationException", USED);
    change(2, 3).await.expect_ok();
    pool.public("ForgotPassword", json!({ "Username": "ana" })).await.expect_ok();
    let code = app.code_for(ANA);
    let confirm = |n: u32| {
        let body = json!({ "Username": "ana", "ConfirmationCode": code, "Password": word(n) });
        pool.public("ConfirmForgotPassword", body)
    };
    for n in 1..=3 {
        confirm(n).await.expect_fault("PasswordHistoryPolicyViolationException", USED);
    }
    confirm(4).await.expect_ok();
    set(&pool, &word(3)).await.expect_fault("PasswordHistoryPolicyViolationException", USED);
    app.sign_in(&pool, "ana", &word(4)).await.expect_tokens();
}

#[cognate_test]
async fn without_history_a_password_may_come_back_and_nothing_is_kept(app: App) {
    let pool = app.pool().with_user("ana", &word(0)).await;
    set(&pool, &word(0)).await.expect_ok();
    set(&pool, &word(1)).await.expect_ok();
    set(&pool, &word(0)).await.expect_ok();
    assert_eq!(kept(&app, &pool).await, 0);
}

#[cognate_test]
async fn a_history_begins_with_the_present_password_and_is_forgotten_when_it_is_switched_off(app: App) {
    let pool = app.pool().with_user("ana", &word(0)).await;
    set(&pool, &word(1)).await.expect_ok();
    let update = |size: i64| pool.admin_asking("UpdateUserPool", json!({ "Policies": policies(size) })).send();
    update(2).await.expect_ok();
    set(&pool, &word(1)).await.expect_code("PasswordHistoryPolicyViolationException");
    set(&pool, &word(0)).await.expect_ok();
    set(&pool, &word(1)).await.expect_code("PasswordHistoryPolicyViolationException");
    assert_eq!(kept(&app, &pool).await, 1);
    update(0).await.expect_ok();
    set(&pool, &word(1)).await.expect_ok();
    assert_eq!(kept(&app, &pool).await, 0);
}

#[cognate_test]
async fn whoever_goes_takes_the_history_along(app: App) {
    let pool = remembering(&app, 5).await;
    pool.confirmed("ana", &word(0)).await;
    set(&pool, &word(1)).await.expect_ok();
    let sub = pool.attribute("ana", "sub").await.as_str().unwrap().to_owned();
    assert_eq!(kept(&app, &pool).await, 1);
    pool.admin("AdminDeleteUser", json!({ "Username": "ana" })).await.expect_ok();
    let (id, sub) = (kernel::UserPoolId::parse(&pool.id).unwrap(), kernel::Sub::parse(&sub).unwrap());
    let all = store::work!(|tx, id, sub| -> model::Refusal { Ok(tx.password_history().list(id, sub, 100).await?) });
    assert!(app.store().read(all).await.unwrap().is_empty());
}

#[cognate_test]
async fn passwords_set_at_once_by_many_are_each_compared_with_what_became_of_the_others(app: App) {
    let pool = remembering(&app, 24).await;
    pool.confirmed("ana", &word(0)).await;
    let answers = race(16, |_| {
        let pool = pool.clone();
        async move { set(&pool, &word(1)).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "one and the same password is new once");
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        let told = ["PasswordHistoryPolicyViolationException", "TooManyRequestsException"];
        assert!(told.contains(&lost.code().as_str()), "{lost:?}");
    }
    assert_eq!(kept(&app, &pool).await, 1);
}
