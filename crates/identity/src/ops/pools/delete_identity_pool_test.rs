use testkit::prelude::*;

#[cognate_test]
async fn a_deleted_pool_is_gone_with_its_identities_and_what_they_were_given(app: App) {
    let pool = app.identity_pool().with_guests().await;
    let guest = pool.guest().await;
    let given = pool.credentials(&guest, &json!({})).await.identity_credentials();
    let who = async || app.who_is(&given).await;
    assert!(who().await.is_ok());
    let deleted = pool.admin("DeleteIdentityPool", json!({})).await;
    deleted.expect_done();
    assert_eq!(deleted.text(), "");
    a_moment_later().await;
    assert_eq!(who().await.error(), "ExpiredToken", "they stop with the pool");
    let gone = format!("IdentityPool '{}' not found.", pool.id);
    for (op, more) in [
        ("DescribeIdentityPool", json!({})),
        ("DeleteIdentityPool", json!({})),
        ("GetIdentityPoolRoles", json!({})),
        ("SetIdentityPoolRoles", json!({ "Roles": {} })),
        ("GetPrincipalTagAttributeMap", json!({ "IdentityProviderName": "graph.facebook.com" })),
        ("SetPrincipalTagAttributeMap", json!({ "IdentityProviderName": "graph.facebook.com" })),
    ] {
        pool.admin(op, more).await.expect_fault("ResourceNotFoundException", &gone);
    }
    app.identity("GetId", json!({ "IdentityPoolId": pool.id })).await.expect_code("ResourceNotFoundException");
    pool.credentials(&guest, &json!({})).await.expect_code("ResourceNotFoundException");
    app.identity("DescribeIdentity", json!({ "IdentityId": guest })).await.expect_code("ResourceNotFoundException");
    let left = app.identity("ListIdentityPools", json!({ "MaxResults": 60 })).await.expect_ok();
    assert_eq!(left["IdentityPools"], json!([]));
}

/// What is believed about an identity may be a second old.
async fn a_moment_later() {
    tokio::time::sleep(Duration::from_millis(1_100)).await;
}

#[cognate_test]
async fn a_pool_of_another_region_or_account_is_not_there(app: App) {
    let pool = app.identity_pool().without_roles().await;
    let body = json!({ "IdentityPoolId": pool.id });
    let asking = app.identity_asking("DeleteIdentityPool", &body).in_region("us-east-1");
    let sentence = format!("IdentityPool '{}' not found.", pool.id);
    asking.send().await.expect_fault("ResourceNotFoundException", &sentence);
    let other = app.node_as(|plan| plan.account = kernel::AccountId::parse("999999999999").unwrap()).await;
    for (op, body) in [
        ("DescribeIdentityPool", json!({ "IdentityPoolId": pool.id })),
        ("DeleteIdentityPool", json!({ "IdentityPoolId": pool.id })),
        (
            "UpdateIdentityPool",
            json!({ "IdentityPoolId": pool.id, "IdentityPoolName": "a", "AllowUnauthenticatedIdentities": true }),
        ),
        ("SetIdentityPoolRoles", json!({ "IdentityPoolId": pool.id, "Roles": {} })),
        ("TagResource", json!({ "ResourceArn": pool.arn(), "Tags": {} })),
    ] {
        other.identity(op, body).await.expect_fault("ResourceNotFoundException", &sentence);
    }
    assert_eq!(
        other.identity("ListIdentityPools", json!({ "MaxResults": 60 })).await.expect_ok()["IdentityPools"],
        json!([])
    );
    pool.admin("DescribeIdentityPool", json!({})).await.expect_ok();
    other.stop().await;
}
