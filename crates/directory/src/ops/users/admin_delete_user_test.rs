use testkit::prelude::*;

#[cognate_test]
async fn au_36_a_deleted_person_neither_signs_in_nor_refreshes_nor_uses_tokens(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).with_user("bob", testkit::PASSWORD).await;
    let tokens = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    let others = app.sign_in(&pool, "bob", testkit::PASSWORD).await.expect_tokens();
    let answer = pool.admin("AdminDeleteUser", json!({ "Username": "ana" })).await;
    answer.expect_ok();
    assert!(answer.body.is_empty(), "{answer:?}");
    app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_fault("UserNotFoundException", "User does not exist.");
    pool.get_user(&tokens["AccessToken"]).await.expect_code("UserNotFoundException");
    assert_eq!(pool.refresh(&tokens["RefreshToken"]).await.code(), "NotAuthorizedException");
    pool.person("ana").await.expect_code("UserNotFoundException");
    pool.get_user(&others["AccessToken"]).await.expect_ok();
    let answer = pool.admin("AdminDeleteUser", json!({ "Username": "ana" })).await;
    answer.expect_fault("UserNotFoundException", "User does not exist.");
}

#[cognate_test]
async fn a_name_that_came_free_is_somebody_else(app: App) {
    let pool = app.pool().await;
    let first = pool.confirmed("ana", testkit::PASSWORD).await;
    let tokens = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    pool.admin("AdminDeleteUser", json!({ "Username": "ana" })).await.expect_ok();
    let second = pool.confirmed("ana", "Another-pass1").await;
    assert_ne!(first, second);
    app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_code("NotAuthorizedException");
    assert_eq!(pool.get_user(&tokens["AccessToken"]).await.status, 400);
    pool.refresh(&tokens["RefreshToken"]).await.expect_code("NotAuthorizedException");
}
