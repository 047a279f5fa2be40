use testkit::prelude::*;

#[cognate_test]
async fn a_person_is_shown_whole_to_an_administrator(app: App) {
    let pool = app.pool().await;
    let done =
        pool.sign_up("ana", testkit::PASSWORD, &[("name", "Ana"), ("email", "ana@example.com")]).await.expect_ok();
    let shown = pool.person("ana").await.expect_ok();
    let now = app.now().millis() as f64 / 1000.0;
    let expected = json!({
        "Username": "ana",
        "UserAttributes": [
            { "Name": "sub", "Value": done["UserSub"] },
            { "Name": "name", "Value": "Ana" },
            { "Name": "email", "Value": "ana@example.com" },
        ],
        "UserCreateDate": now,
        "UserLastModifiedDate": now,
        "Enabled": true,
        "UserStatus": "UNCONFIRMED",
    });
    assert_eq!(shown, expected);
}

#[cognate_test]
async fn every_write_moves_the_date_of_the_last_change(app: App) {
    let pool = app.pool().await;
    pool.sign_up("ana", testkit::PASSWORD, &[]).await.expect_ok();
    let created = app.now().millis() as f64 / 1000.0;
    app.advance(Duration::from_secs(60));
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let shown = pool.person("ana").await.expect_ok();
    assert_eq!(shown["UserCreateDate"].as_f64(), Some(created));
    assert_eq!(shown["UserLastModifiedDate"].as_f64(), Some(created + 60.0));
}

#[cognate_test]
async fn a_person_is_found_by_sub_and_a_missing_one_is_not(app: App) {
    let pool = app.pool().await;
    let sub = pool.confirmed("ana", testkit::PASSWORD).await;
    assert_eq!(pool.person(&sub).await.expect_ok()["Username"], "ana");
    pool.person("nobody").await.expect_fault("UserNotFoundException", "User does not exist.");
    let other = app.pool().await;
    other.person(&sub).await.expect_fault("UserNotFoundException", "User does not exist.");
}
