use model::UserStatus;
use testkit::prelude::*;

#[cognate_test]
async fn up_35_a_password_set_for_good_confirms_from_any_status(app: App) {
    let pool = app.pool().await;
    for status in UserStatus::ALL {
        let name = status.as_str();
        put_in(&app, &pool, status).await;
        let body = json!({ "Username": name, "Password": "Brand-new-1", "Permanent": true });
        let answer = pool.admin("AdminSetUserPassword", body).await;
        answer.expect_ok();
        assert_eq!(answer.text(), "{}");
        assert_eq!(pool.person(name).await.expect_ok()["UserStatus"], "CONFIRMED", "from {name}");
        app.sign_in(&pool, name, "Brand-new-1").await.expect_tokens();
        app.sign_in(&pool, name, testkit::PASSWORD).await.expect_code("NotAuthorizedException");
    }
}

#[cognate_test]
async fn up_35_a_temporary_one_must_be_changed_from_any_status(app: App) {
    let pool = app.pool().await;
    for status in UserStatus::ALL {
        let name = status.as_str();
        put_in(&app, &pool, status).await;
        pool.admin("AdminSetUserPassword", json!({ "Username": name, "Password": "Brand-new-1" })).await.expect_ok();
        assert_eq!(pool.person(name).await.expect_ok()["UserStatus"], "FORCE_CHANGE_PASSWORD", "from {name}");
        app.sign_in(&pool, name, "Brand-new-1").await.expect_challenge("NEW_PASSWORD_REQUIRED");
    }
}

async fn put_in(app: &App, pool: &Pool, status: UserStatus) {
    let name = status.as_str();
    let sub = pool.confirmed(name, testkit::PASSWORD).await;
    let change: fn(model::User, kernel::Time) -> model::User = match status {
        UserStatus::Unconfirmed => |user, _| model::User { status: UserStatus::Unconfirmed, ..user },
        UserStatus::Confirmed => |user, _| user,
        UserStatus::ForceChangePassword => |user, _| model::User { status: UserStatus::ForceChangePassword, ..user },
        UserStatus::ResetRequired => |user, _| model::User { status: UserStatus::ResetRequired, ..user },
        UserStatus::ExternalProvider => |user, _| model::User { status: UserStatus::ExternalProvider, ..user },
        UserStatus::Archived => |user, _| model::User { status: UserStatus::Archived, ..user },
        UserStatus::Compromised => |user, _| model::User { status: UserStatus::Compromised, ..user },
        UserStatus::Unknown => |user, _| model::User { status: UserStatus::Unknown, ..user },
    };
    app.change_person(&pool.id, &sub, change).await;
    assert_eq!(pool.person(name).await.expect_ok()["UserStatus"], name);
}

#[cognate_test]
async fn a_new_password_lifts_the_lock(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    for _ in 0..5 {
        app.sign_in(&pool, "ana", "Wr0ng-password").await.expect_code("NotAuthorizedException");
    }
    let answer = app.sign_in(&pool, "ana", testkit::PASSWORD).await;
    answer.expect_fault("NotAuthorizedException", "Password attempts exceeded");
    let body = json!({ "Username": "ana", "Password": "Brand-new-1", "Permanent": true });
    pool.admin("AdminSetUserPassword", body).await.expect_ok();
    app.sign_in(&pool, "ana", "Brand-new-1").await.expect_tokens();
}

#[cognate_test]
async fn the_policy_and_the_person_are_asked(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let set = |name: &str, password: &str| {
        pool.admin_asking("AdminSetUserPassword", json!({ "Username": name, "Password": password })).send()
    };
    let text = "Password did not conform with policy: Password must have uppercase characters";
    set("ana", "all-lower-1").await.expect_fault("InvalidPasswordException", text);
    set("nobody", "Brand-new-1").await.expect_fault("UserNotFoundException", "User does not exist.");
    app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
}

#[cognate_test]
async fn a_challenge_asked_before_the_password_was_set_anew_leads_nowhere(app: App) {
    let pool = app.pool().await;
    pool.invited("ana", "Temp0rary-pw").await.expect_ok();
    let challenge = app.sign_in(&pool, "ana", "Temp0rary-pw").await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let body = json!({ "Username": "ana", "Password": "Another-temp1" });
    pool.admin("AdminSetUserPassword", body).await.expect_ok();
    let responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": "Stolen-pass1" });
    let answer = pool.respond(&pool.client, "NEW_PASSWORD_REQUIRED", &challenge["Session"], responses).await;
    answer.expect_code("NotAuthorizedException");
    app.sign_in(&pool, "ana", "Stolen-pass1").await.expect_code("NotAuthorizedException");
    app.sign_in(&pool, "ana", "Another-temp1").await.expect_challenge("NEW_PASSWORD_REQUIRED");
}
