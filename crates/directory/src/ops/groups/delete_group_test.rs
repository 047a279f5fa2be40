use testkit::claims;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

#[cognate_test]
async fn up_41_a_deleted_group_leaves_its_people_and_a_new_one_of_its_name_is_empty(app: App) {
    let pool = app.pool().with_user("ana", PW).await;
    pool.group("staff", json!({})).await;
    pool.join("ana", "staff").await.expect_ok();
    pool.admin("DeleteGroup", json!({ "GroupName": "staff" })).await.expect_ok();
    let refused = ("ResourceNotFoundException", "Group not found.");
    for op in ["GetGroup", "DeleteGroup", "ListUsersInGroup", "UpdateGroup"] {
        pool.admin(op, json!({ "GroupName": "staff" })).await.expect_fault(refused.0, refused.1);
    }
    pool.person("ana").await.expect_ok();
    pool.group("staff", json!({})).await;
    let inside = pool.admin("ListUsersInGroup", json!({ "GroupName": "staff" })).await.expect_ok();
    assert_eq!(inside, json!({ "Users": [] }));
    let of_ana = pool.admin("AdminListGroupsForUser", json!({ "Username": "ana" })).await.expect_ok();
    assert_eq!(of_ana, json!({ "Groups": [] }));
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    assert!(claims(&tokens["AccessToken"]).get("cognito:groups").is_none());
}
