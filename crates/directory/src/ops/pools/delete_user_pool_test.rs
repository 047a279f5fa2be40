use testkit::prelude::*;

#[cognate_test]
async fn up_12_a_protected_pool_stays_until_the_protection_is_lifted(app: App) {
    let pool = app.pool().set("DeletionProtection", json!("ACTIVE")).with_user("ana", testkit::PASSWORD).await;
    let text = "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.";
    pool.admin("DeleteUserPool", json!({})).await.expect_fault("InvalidParameterException", text);
    app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    pool.admin("UpdateUserPool", json!({ "DeletionProtection": "INACTIVE" })).await.expect_ok();
    let answer = pool.admin("DeleteUserPool", json!({})).await;
    answer.expect_ok();
    assert!(answer.body.is_empty(), "{answer:?}");
}

#[cognate_test]
async fn up_12_after_its_deletion_every_call_finds_nothing(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let tokens = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    pool.group("staff", json!({})).await;
    pool.admin("DeleteUserPool", json!({})).await.expect_ok();
    let gone = format!("User pool {} does not exist.", pool.id);
    for (op, body) in [
        ("DescribeUserPool", json!({})),
        ("UpdateUserPool", json!({})),
        ("DeleteUserPool", json!({})),
        ("ListUsers", json!({})),
        ("AdminGetUser", json!({ "Username": "ana" })),
        ("AdminCreateUser", json!({ "Username": "bob" })),
        ("AdminDeleteUser", json!({ "Username": "ana" })),
        ("AddCustomAttributes", json!({ "CustomAttributes": [{ "Name": "a", "AttributeDataType": "String" }] })),
        ("CreateGroup", json!({ "GroupName": "other" })),
        ("GetGroup", json!({ "GroupName": "staff" })),
        ("UpdateGroup", json!({ "GroupName": "staff" })),
        ("DeleteGroup", json!({ "GroupName": "staff" })),
        ("ListGroups", json!({})),
        ("ListUsersInGroup", json!({ "GroupName": "staff" })),
        ("AdminAddUserToGroup", json!({ "Username": "ana", "GroupName": "staff" })),
        ("AdminRemoveUserFromGroup", json!({ "Username": "ana", "GroupName": "staff" })),
        ("AdminListGroupsForUser", json!({ "Username": "ana" })),
        ("CreateUserPoolClient", json!({ "ClientName": "c" })),
        ("ListUserPoolClients", json!({})),
        ("DescribeUserPoolClient", json!({ "ClientId": pool.client.id })),
    ] {
        pool.admin(op, body).await.expect_fault("ResourceNotFoundException", &gone);
    }
    let no_client = format!("User pool client {} does not exist.", pool.client.id);
    app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_fault("ResourceNotFoundException", &no_client);
    pool.sign_up("bob", testkit::PASSWORD, &[]).await.expect_fault("ResourceNotFoundException", &no_client);
    let answer = pool.get_user(&tokens["AccessToken"]).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    pool.refresh(&tokens["RefreshToken"]).await.expect_fault("ResourceNotFoundException", &no_client);
    assert_eq!(app.get(&format!("/{}/.well-known/jwks.json", pool.id)).await.status, 404);
}
