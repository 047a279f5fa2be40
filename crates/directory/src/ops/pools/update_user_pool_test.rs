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

#[cognate_test]
async fn up_11_an_update_keeps_what_is_said_about_registration_unless_it_says_so_itself(app: App) {
    let given = json!({ "EnableStatus": "Disabled", "AllowedScopes": ["a/b"], "OpenDcrGrantTypes": [] });
    let mut expected = given.clone();
    expected["OpenDcrEnabled"] = false.into();
    let pool = app.pool().set("DcrConfiguration", given).await;
    let shown = || async { pool.admin("DescribeUserPool", json!({})).await.expect_ok()["UserPool"].clone() };
    assert_eq!(shown().await["DcrConfiguration"], expected);
    pool.admin("UpdateUserPool", json!({})).await.expect_ok();
    assert_eq!(shown().await["DcrConfiguration"], expected);
    // Given, it is replaced as a whole.
    let other = json!({ "EnableStatus": "Disabled", "OpenDcrEnabled": true });
    pool.admin("UpdateUserPool", json!({ "DcrConfiguration": other })).await.expect_ok();
    assert_eq!(shown().await["DcrConfiguration"], other);
    // Left out, the switch means on, and on is not built.
    for on in [json!({}), json!({ "EnableStatus": "Enabled" })] {
        let answer = pool.admin("UpdateUserPool", json!({ "DcrConfiguration": on })).await;
        assert_eq!((answer.status, answer.code().as_str()), (501, "NotImplementedException"), "{answer:?}");
    }
    assert_eq!(shown().await["DcrConfiguration"], other);
    assert!(
        app.pool().await.admin("DescribeUserPool", json!({})).await.expect_ok()["UserPool"]
            .get("DcrConfiguration")
            .is_none()
    );
}

#[cognate_test]
async fn up_11_every_setting_an_update_leaves_out_goes_back_to_its_default(app: App) {
    let fresh = app.pool().await;
    let pool = app
        .pool()
        .verifying_email()
        .set("AccountRecoverySetting", json!({ "RecoveryMechanisms": [{ "Name": "admin_only", "Priority": 1 }] }))
        .set("AdminCreateUserConfig", json!({ "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 3 }))
        .set("EmailVerificationSubject", json!("Hello {####}"))
        .set("SmsAuthenticationMessage", json!("Hello {####}"))
        .set("SmsConfiguration", json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/texts" }))
        .set("UserAttributeUpdateSettings", json!({ "AttributesRequireVerificationBeforeUpdate": ["email"] }))
        .set("UserPoolTags", json!({ "a": "b" }))
        .set("AcrConfiguration", json!({ "Level1": { "AcrValue": "low" } }))
        .set("Policies", json!({ "PasswordPolicy": { "MinimumLength": 9, "RequireSymbols": true } }))
        .await;
    pool.admin("UpdateUserPool", json!({})).await.expect_ok();
    let shown = |pool: Pool| async move {
        let mut shown = pool.admin("DescribeUserPool", json!({})).await.expect_ok()["UserPool"].clone();
        for own in ["Id", "Arn", "CreationDate", "LastModifiedDate"] {
            shown[own] = Value::Null;
        }
        shown
    };
    assert_eq!(shown(pool).await, shown(fresh).await);
}
