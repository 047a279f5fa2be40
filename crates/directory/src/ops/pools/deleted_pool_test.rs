//! What is left of a deleted pool for every operation that names one: nothing.

use contract::{Auth, Kind, Shape};
use directory::SERVED;
use testkit::prelude::*;

/// The least that fits a shape.
fn least(shape: &Shape) -> Value {
    match &shape.kind {
        Kind::Text { enums, .. } if !enums.is_empty() => json!(enums[0]),
        Kind::Text { .. } => json!("aaaaaaaaaaaaaaaaaaaaaaaa"),
        Kind::Int { min, .. } => json!(min.unwrap_or(1)),
        Kind::Bool => json!(true),
        Kind::List { member, .. } => json!([least(member)]),
        Kind::Struct { members } => {
            let needed = members.iter().filter(|member| member.required);
            needed.map(|member| (member.name.to_owned(), least(member.shape))).collect::<serde_json::Map<_, _>>().into()
        }
        _ => json!({}),
    }
}

#[cognate_test]
async fn up_12_every_operation_about_a_deleted_pool_finds_nothing(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    pool.admin("DeleteUserPool", json!({})).await.expect_ok();
    let gone = format!("User pool {} does not exist.", pool.id);
    let mut asked = 0;
    for served in SERVED.iter().filter(|served| served.meta.auth == Auth::Signed) {
        let Kind::Struct { members } = &served.meta.input.kind else { continue };
        if !members.iter().any(|member| member.name == "UserPoolId") {
            continue;
        }
        let mut body = least(served.meta.input);
        if body.get("ClientId").is_some() {
            body["ClientId"] = pool.client.id.as_str().into();
        }
        let answer = pool.admin(served.meta.name, body).await;
        // A value that is no shape's own pattern: what the pool has to do with it is not asked.
        if answer.sentence().contains("validation error") {
            continue;
        }
        answer.expect_fault("ResourceNotFoundException", &gone);
        asked += 1;
    }
    assert!(asked >= 15, "{asked} operations were asked");
}
