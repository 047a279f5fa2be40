use testkit::prelude::*;

#[cognate_test]
async fn up_41_what_an_update_leaves_out_keeps_its_value(app: App) {
    let pool = app.pool().await;
    let role = "arn:aws:iam::123456789012:role/staff";
    pool.group("staff", json!({ "Description": "all of them", "RoleArn": role, "Precedence": 5 })).await;
    let made = app.now().millis() as f64 / 1000.0;
    app.advance(Duration::from_secs(60));
    let changed = pool.admin("UpdateGroup", json!({ "GroupName": "staff", "Precedence": 1 })).await.expect_ok();
    let expected = json!({ "Group": { "GroupName": "staff", "UserPoolId": pool.id, "Description": "all of them",
        "RoleArn": role, "Precedence": 1, "LastModifiedDate": app.now().millis() as f64 / 1000.0, "CreationDate": made } });
    assert_eq!(changed, expected);
    assert_eq!(pool.admin("GetGroup", json!({ "GroupName": "staff" })).await.expect_ok(), expected);
    let other = "arn:aws:iam::123456789012:role/other";
    pool.admin("UpdateGroup", json!({ "GroupName": "staff", "Description": "", "RoleArn": other })).await.expect_ok();
    let got = pool.admin("GetGroup", json!({ "GroupName": "staff" })).await.expect_ok();
    assert_eq!(
        (&got["Group"]["Description"], &got["Group"]["RoleArn"], &got["Group"]["Precedence"]),
        (&json!(""), &json!(other), &json!(1))
    );
}

#[cognate_test]
async fn a_group_nobody_made_is_neither_changed_nor_made(app: App) {
    let pool = app.pool().await;
    let refused = ("ResourceNotFoundException", "Group not found.");
    pool.admin("UpdateGroup", json!({ "GroupName": "staff", "Precedence": 1 }))
        .await
        .expect_fault(refused.0, refused.1);
    pool.admin("GetGroup", json!({ "GroupName": "staff" })).await.expect_fault(refused.0, refused.1);
}
