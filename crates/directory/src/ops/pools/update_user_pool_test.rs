use testkit::prelude::*;

#[cognate_test]
async fn up_11_an_update_resets_what_it_leaves_out_but_keeps_the_tier_and_the_schema(app: App) {
    let pool = app
        .pool()
        .verifying_email()
        .set("UserPoolTier", json!("LITE"))
        .set("DeletionProtection", json!("ACTIVE"))
        .set("Schema", json!([{ "Name": "team", "AttributeDataType": "String" }]))
        .set("Policies", json!({ "PasswordPolicy": { "MinimumLength": 20 } }))
        .await;
    let answer = pool.admin("UpdateUserPool", json!({ "UserPoolTags": { "stage": "test" } })).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    let described = pool.admin("DescribeUserPool", json!({})).await.expect_ok();
    let settings = &described["UserPool"];
    assert_eq!(settings["UserPoolTags"], json!({ "stage": "test" }));
    assert_eq!(settings["DeletionProtection"], "INACTIVE");
    assert_eq!(settings["Policies"]["PasswordPolicy"]["MinimumLength"], 8);
    assert!(settings.get("AutoVerifiedAttributes").is_none_or(|list| *list == json!([])), "{settings}");
    assert_eq!(settings["UserPoolTier"], "LITE");
    assert_eq!(settings["Name"], "people");
    assert_eq!(settings["SchemaAttributes"][21]["Name"], "custom:team");
}

#[cognate_test]
async fn a_changed_policy_holds_for_the_very_next_sign_up(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let policy = json!({ "PasswordPolicy": { "MinimumLength": 30 } });
    pool.admin("UpdateUserPool", json!({ "Policies": policy })).await.expect_ok();
    let answer = pool.sign_up("bob", testkit::PASSWORD, &[]).await;
    answer.expect_fault("InvalidPasswordException", "Password did not conform with policy: Password not long enough");
    // What is stored is never judged again.
    app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
}
