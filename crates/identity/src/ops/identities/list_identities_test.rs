use testkit::prelude::*;

#[cognate_test]
async fn identities_are_listed_page_by_page_and_disabled_ones_can_be_hidden(app: App) {
    let people = app.pool().with_user("ana", testkit::PASSWORD).await;
    let pool = app.identity_pool().with_guests().for_people_of(&people).await;
    let login = people.login("ana").await;
    let (ana, guest) = (pool.identity(&login).await, pool.guest().await);
    let other = pool.guest().await;
    assert_eq!(pool.credentials(&guest, &login).await.identity_id(), ana);
    let mut seen = Vec::new();
    let mut body = json!({ "MaxResults": 1 });
    loop {
        let page = pool.admin("ListIdentities", body.clone()).await.expect_ok();
        assert_eq!(page["IdentityPoolId"], pool.id);
        seen.extend(page["Identities"].as_array().unwrap().iter().map(|one| one["IdentityId"].clone()));
        let Some(next) = page["NextToken"].as_str() else { break };
        body["NextToken"] = next.into();
    }
    let mut all = vec![json!(ana), json!(guest), json!(other)];
    all.sort_by_key(|id| id.to_string());
    assert_eq!(seen, all);
    let hidden = pool.admin("ListIdentities", json!({ "MaxResults": 60, "HideDisabled": true })).await.expect_ok();
    let ids: Vec<&Value> = hidden["Identities"].as_array().unwrap().iter().map(|one| &one["IdentityId"]).collect();
    assert!(ids.len() == 2 && !ids.contains(&&json!(guest)), "id_16: {hidden}");
    // A token belongs to its list.
    let first = pool.admin("ListIdentities", json!({ "MaxResults": 1 })).await.expect_ok();
    let crossed = json!({ "MaxResults": 1, "HideDisabled": true, "NextToken": first["NextToken"] });
    pool.admin("ListIdentities", crossed).await.expect_code("InvalidParameterException");
}

#[cognate_test]
async fn a_description_names_providers_and_nobody(app: App) {
    let people = app.pool().with_user("ana", testkit::PASSWORD).await;
    let pool = app.identity_pool().for_people_of(&people).developed_by("login.shop").await;
    let token = pool.developer_token("login.shop", "ana-7", json!({ "Logins": people.login("ana").await })).await;
    let ana = token.identity_id();
    let told = pool.describe(&ana).await;
    let body = told.expect_ok();
    assert_eq!(body["Logins"], json!([people.login_key(), "login.shop"]));
    assert!(body["CreationDate"].is_number() && body["LastModifiedDate"].is_number(), "{body}");
    assert!(!told.text().contains("ana-7"));
    let elsewhere = app.identity_asking("DescribeIdentity", &json!({ "IdentityId": ana })).in_region("us-east-1");
    elsewhere.send().await.expect_code("ResourceNotFoundException");
    let nobody = app.iam_user("nobody").await;
    let refused = app.identity_asking("DescribeIdentity", &json!({ "IdentityId": ana })).signed_by(nobody.credentials);
    refused.send().await.expect_code("AccessDeniedException");
}
