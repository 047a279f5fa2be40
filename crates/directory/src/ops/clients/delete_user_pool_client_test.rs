use testkit::prelude::*;

#[cognate_test]
async fn a_deleted_client_signs_nobody_in_and_ends_the_tokens_it_gave(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let tokens = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    let answer = pool.admin("DeleteUserPoolClient", json!({ "ClientId": pool.client.id })).await;
    answer.expect_ok();
    assert!(answer.body.is_empty(), "{answer:?}");
    let gone = format!("User pool client {} does not exist.", pool.client.id);
    app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_fault("ResourceNotFoundException", &gone);
    pool.refresh(&tokens["RefreshToken"]).await.expect_fault("ResourceNotFoundException", &gone);
    let answer = pool.get_user(&tokens["AccessToken"]).await;
    answer.expect_fault("NotAuthorizedException", "Access Token has been revoked");
    let answer = pool.admin("DeleteUserPoolClient", json!({ "ClientId": pool.client.id })).await;
    answer.expect_fault("ResourceNotFoundException", &gone);
}
