use testkit::prelude::*;

#[cognate_test]
async fn an_update_resets_what_it_leaves_out_and_keeps_id_and_secret(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let client = pool.client(json!({ "GenerateSecret": true, "RefreshTokenValidity": 5 })).await;
    pool.sign_in_through(&client, "ana", testkit::PASSWORD).await.expect_tokens();
    pool.admin("UpdateUserPoolClient", json!({ "ClientId": client.id, "ClientName": "renamed" })).await.expect_ok();
    let described = pool.admin("DescribeUserPoolClient", json!({ "ClientId": client.id })).await.expect_ok();
    let settings = &described["UserPoolClient"];
    assert_eq!(settings["ClientName"], "renamed");
    assert_eq!(settings["RefreshTokenValidity"], 30);
    assert_eq!(settings["ClientSecret"].as_str(), client.secret.as_ref().map(|s| s.reveal().as_str()));
    // The flows went back to their defaults with everything else, at once.
    let answer = pool.sign_in_through(&client, "ana", testkit::PASSWORD).await;
    answer.expect_fault("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client");
    pool.srp_sign_in_through(&client, "ana", testkit::PASSWORD).await.expect_tokens();
}

#[cognate_test]
async fn a_client_of_another_pool_is_not_found(app: App) {
    let (pool, other) = (app.pool().await, app.pool().await);
    let gone = format!("User pool client {} does not exist.", other.client.id);
    for op in ["UpdateUserPoolClient", "DescribeUserPoolClient", "DeleteUserPoolClient"] {
        let answer = pool.admin(op, json!({ "ClientId": other.client.id })).await;
        answer.expect_fault("ResourceNotFoundException", &gone);
    }
    other.admin("DescribeUserPoolClient", json!({ "ClientId": other.client.id })).await.expect_ok();
}
