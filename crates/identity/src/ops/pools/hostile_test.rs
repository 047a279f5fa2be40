//! What a stranger may send: ids nobody has, text that means something to SQL or JSON, things of the wrong kind.

use identity::SERVED;
use testkit::prelude::*;
use testkit::least;

#[cognate_test]
async fn no_operation_answers_500_to_nothing_or_to_names_nobody_has(app: App) {
    let pool = app.identity_pool().await;
    let odd = ["\0", "' OR 1=1 --", "\u{7f}", "\u{202e}", "eu-west-1:", ":", "a:b:c", "%00", "{{}}"];
    for op in SERVED.iter().map(|served| served.meta) {
        for body in [json!({}), json!([]), json!("x"), Value::Null, json!({ "IdentityPoolId": { "a": [] } })] {
            let answer = app.identity_asking(op.name, &body).send().await;
            assert!(answer.status == 400, "{} {answer:?}", op.name);
        }
        for text in odd {
            for known in ["eu-west-1:0a", pool.id.as_str()] {
                let mut body = least(op.input);
                fill(&mut body, text);
                body["IdentityPoolId"] = known.into();
                let answer = app.identity_asking(op.name, &body).send().await;
                assert!(answer.status < 500, "{} {answer:?}", op.name);
            }
        }
    }
}

/// Every text in a request is this one.
fn fill(value: &mut Value, text: &str) {
    match value {
        Value::String(_) => *value = text.into(),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, text)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, text)),
        _ => {}
    }
}

#[cognate_test]
async fn names_and_tags_of_any_text_come_back_as_they_went(app: App) {
    let text = "\0 ' \" \\ \u{202e} \u{1f600} </script> {\"a\":1}";
    let body = json!({
        "IdentityPoolName": "a b+c=d,e.f@g-h", "AllowUnauthenticatedIdentities": false, "IdentityPoolTags": { text: text },
    });
    let made = app.identity("CreateIdentityPool", body).await.expect_ok();
    let shown = app.identity("DescribeIdentityPool", json!({ "IdentityPoolId": made["IdentityPoolId"] })).await;
    assert_eq!(shown.expect_ok()["IdentityPoolTags"], json!({ text: text }));
    assert_eq!(shown.expect_ok()["IdentityPoolName"], "a b+c=d,e.f@g-h");
}

#[cognate_test]
async fn signed_operations_want_a_signature_before_anything_is_read(app: App) {
    for op in SERVED.iter().map(|served| served.meta).filter(|op| op.auth == contract::Auth::Signed) {
        let answer = app.identity_asking(op.name, &json!({})).unsigned().send().await;
        answer.expect_fault("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
}
