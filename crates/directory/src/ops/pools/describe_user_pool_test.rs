use testkit::prelude::*;

#[cognate_test]
async fn a_pool_that_does_not_exist_is_named_in_the_refusal(app: App) {
    let answer = app.call("DescribeUserPool", json!({ "UserPoolId": "eu-west-1_Nowhere01" })).await;
    answer.expect_fault("ResourceNotFoundException", "User pool eu-west-1_Nowhere01 does not exist.");
}

#[cognate_test]
async fn the_number_of_people_is_told(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).with_user("bob", testkit::PASSWORD).await;
    let described = pool.admin("DescribeUserPool", json!({})).await.expect_ok();
    assert_eq!(described["UserPool"]["EstimatedNumberOfUsers"], 2);
}
