//! What holds for every operation alike, found by walking the table of what is served.

use contract::cognito_idp::operations::SERVICE;
use contract::{Auth, OperationMeta};
use crypto::sigv4::Credentials;
use directory::SERVED;
use kernel::Secret;
use std::time::Duration as Time;
use testkit::prelude::*;

fn served() -> impl Iterator<Item = &'static OperationMeta> {
    SERVED.iter().map(|served| served.meta)
}

fn somebody_else() -> Credentials {
    Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret: Secret::new("wJalrXUtnFEMI".to_owned()),
        token: None,
    }
}

#[cognate_test]
async fn up_01_unknown_targets_and_broken_json_are_told_apart(app: App) {
    for asking in [
        app.asking("AdminDoSomething", &json!({})),
        app.asking("", &json!({})),
        app.asking("initiateauth", &json!({})),
        app.asking("SignUp", &json!({})).without("x-amz-target"),
        app.asking("SignUp", &json!({}))
            .without("x-amz-target")
            .header("x-amz-target", "AWSCognitoIdentityProviderService"),
        app.asking("SignUp", &json!({})).without("x-amz-target").header("x-amz-target", "OtherService.SignUp"),
    ] {
        let answer = asking.send().await;
        answer.expect_code("UnknownOperationException");
    }
    for broken in [
        "{",
        "[]",
        "\"text\"",
        "7",
        "null x",
        "{\"ClientId\":}",
        "{'ClientId':1}",
        "{\"Username\":7}",
        "{\"UserAttributes\":{}}",
        "\u{feff}{}",
    ] {
        let answer = app.asking_bytes("SignUp", broken.as_bytes().to_vec()).send().await;
        answer.expect_code("SerializationException");
    }
}

#[cognate_test]
async fn up_02_every_answer_has_its_own_id_and_every_refusal_its_type(app: App) {
    let pool = app.pool().await;
    let mut ids = std::collections::BTreeSet::new();
    for op in served() {
        let answer = app.asking(op.name, &json!({})).send().await;
        let id = answer.header("x-amzn-requestid").to_owned();
        let form: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(form, [8, 4, 4, 4, 12], "{answer:?}");
        assert!(ids.insert(id), "{answer:?}");
        assert!(answer.header("content-type").starts_with("application/x-amz-json-1.1"), "{answer:?}");
        assert!(!answer.header("date").is_empty(), "{answer:?}");
        if !answer.is_ok() {
            answer.expect_code(&answer.code());
            assert!(!answer.sentence().is_empty(), "{answer:?}");
            assert_eq!(answer.header("x-amzn-errormessage"), answer.sentence(), "{answer:?}");
        }
    }
    drop(pool);
}

#[cognate_test]
async fn up_03_every_signed_operation_refuses_calls_without_signature(app: App) {
    let pool = app.pool().await;
    for op in served().filter(|op| op.auth == Auth::Signed) {
        // Even a body that would be refused is not looked at: who calls comes first.
        for body in [json!({}), json!({ "UserPoolId": pool.id, "Username": "ana" })] {
            let answer = app.asking(op.name, &body).unsigned().send().await;
            answer.expect_fault("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
    }
}

#[cognate_test]
async fn up_03_every_signed_operation_refuses_wrong_and_foreign_signatures(app: App) {
    let root = app.root().clone();
    let wrong = Credentials { secret: Secret::new("not the secret".to_owned()), ..root };
    for op in served().filter(|op| op.auth == Auth::Signed) {
        let answer = app.asking(op.name, &json!({})).signed_by(wrong.clone()).send().await;
        answer.expect_code("InvalidSignatureException");
        let answer = app.asking(op.name, &json!({})).signed_by(somebody_else()).send().await;
        answer.expect_fault("UnrecognizedClientException", "The security token included in the request is invalid.");
    }
}

#[cognate_test]
async fn up_03_access_tokens_do_not_stand_for_signatures(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let tokens = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    let bearer = format!("Bearer {}", tokens["AccessToken"].as_str().unwrap());
    let body = json!({ "UserPoolId": pool.id, "Username": "ana", "AccessToken": tokens["AccessToken"] });
    for op in served().filter(|op| op.auth == Auth::Signed) {
        app.asking(op.name, &body).unsigned().send().await.expect_code("MissingAuthenticationTokenException");
        let answer = app.asking(op.name, &body).unsigned().header("authorization", &bearer).send().await;
        let told = ["MissingAuthenticationTokenException", "IncompleteSignatureException"];
        assert!(told.contains(&answer.code().as_str()), "{answer:?}");
    }
    pool.person("ana").await.expect_ok();
}

#[cognate_test]
async fn up_03_a_signature_on_an_open_operation_is_not_looked_at(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let parameters = json!({ "USERNAME": "ana", "PASSWORD": testkit::PASSWORD });
    let body = json!({ "ClientId": pool.client.id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    for who in [app.root().clone(), somebody_else()] {
        app.asking("InitiateAuth", &body).signed_by(who).send().await.expect_tokens();
    }
}

#[cognate_test]
async fn up_03_an_operation_not_built_yet_says_so_by_name(app: App) {
    let unbuilt = SERVICE.operations.iter().filter(|meta| served().all(|served| served.name != meta.name));
    for op in unbuilt {
        let answer = app.asking(op.name, &json!({})).send().await;
        assert_eq!((answer.status, answer.code().as_str()), (501, "NotImplementedException"), "{answer:?}");
        assert!(answer.sentence().contains(op.name), "{answer:?}");
    }
}

#[cognate_test]
async fn up_05_operations_without_output_answer_with_nothing_and_empty_ones_with_braces(app: App) {
    let pool = app.pool().with_user("ana", testkit::PASSWORD).await;
    let victim = app.pool().await;
    let tokens = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    pool.sign_up("new", testkit::PASSWORD, &[]).await.expect_ok();
    let client = pool.client(json!({})).await;
    let told = |op: &'static str, body: Value| {
        let app = app.clone();
        async move {
            let answer = app.call(op, body).await;
            answer.expect_ok();
            let length = answer.header("content-length").to_owned();
            (answer.text(), length)
        }
    };
    let nothing = (String::new(), "0".to_owned());
    let braces = ("{}".to_owned(), "2".to_owned());
    let id = &pool.id;
    let confirm = json!({ "UserPoolId": id, "Username": "new" });
    assert_eq!(told("AdminConfirmSignUp", confirm).await, braces);
    let password = json!({ "UserPoolId": id, "Username": "new", "Password": "Brand-new-1", "Permanent": true });
    assert_eq!(told("AdminSetUserPassword", password).await, braces);
    let change =
        json!({ "UserPoolId": id, "Username": "new", "UserAttributes": [{ "Name": "nickname", "Value": "N" }] });
    assert_eq!(told("AdminUpdateUserAttributes", change).await, braces);
    let change = json!({ "UserPoolId": id, "Username": "new", "UserAttributeNames": ["nickname"] });
    assert_eq!(told("AdminDeleteUserAttributes", change).await, braces);
    let change = json!({ "AccessToken": tokens["AccessToken"], "UserAttributeNames": ["nickname"] });
    assert_eq!(told("DeleteUserAttributes", change).await, braces);
    assert_eq!(told("UpdateUserPool", json!({ "UserPoolId": id })).await, braces);
    let attribute = json!([{ "Name": "team", "AttributeDataType": "String" }]);
    assert_eq!(told("AddCustomAttributes", json!({ "UserPoolId": id, "CustomAttributes": attribute })).await, braces);
    pool.group("staff", json!({})).await;
    let member = json!({ "UserPoolId": id, "Username": "ana", "GroupName": "staff" });
    assert_eq!(told("AdminAddUserToGroup", member.clone()).await, nothing);
    assert_eq!(told("AdminRemoveUserFromGroup", member).await, nothing);
    assert_eq!(told("DeleteGroup", json!({ "UserPoolId": id, "GroupName": "staff" })).await, nothing);
    let revoke = json!({ "ClientId": pool.client.id, "Token": tokens["RefreshToken"] });
    let again = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    assert_eq!(told("RevokeToken", revoke).await, braces);
    assert_eq!(told("GlobalSignOut", json!({ "AccessToken": again["AccessToken"] })).await, braces);
    let named = json!({ "UserPoolId": id, "Username": "new" });
    for op in ["AdminDisableUser", "AdminEnableUser", "AdminUserGlobalSignOut"] {
        assert_eq!(told(op, named.clone()).await, braces);
    }
    let access = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens()["AccessToken"].clone();
    let change =
        json!({ "AccessToken": access, "PreviousPassword": testkit::PASSWORD, "ProposedPassword": "Brand-new-2" });
    assert_eq!(told("ChangePassword", change).await, braces);
    assert_eq!(told("DeleteUser", json!({ "AccessToken": access })).await, nothing);
    assert_eq!(told("AdminDeleteUser", json!({ "UserPoolId": id, "Username": "new" })).await, nothing);
    assert_eq!(told("DeleteUserPoolClient", json!({ "UserPoolId": id, "ClientId": client.id })).await, nothing);
    assert_eq!(told("DeleteUserPool", json!({ "UserPoolId": victim.id })).await, nothing);
}

/// ST-27: what is not quite a signature is refused, never passed on.
#[cognate_test]
async fn cr_04_one_changed_byte_anywhere_breaks_the_signature(app: App) {
    let pool = app.pool().await;
    let asking = || app.asking("DescribeUserPool", &json!({ "UserPoolId": pool.id }));
    asking().send().await.expect_ok();
    let changes: [fn(&mut testkit::Spoil); 4] = [
        |sent| *sent.body.last_mut().unwrap() = b' ',
        |sent| sent.path = "/?x=1".to_owned(),
        |sent| {
            let target = sent.headers.iter_mut().find(|(name, _)| name == "x-amz-target").unwrap();
            target.1 = target.1.replace("DescribeUserPool", "DeleteUserPool");
        },
        |sent| {
            let date = sent.headers.iter_mut().find(|(name, _)| name == "x-amz-date").unwrap();
            date.1 = date.1.replace("T0805", "T0804");
        },
    ];
    for change in changes {
        asking().spoiled(change).send().await.expect_code("InvalidSignatureException");
    }
    let cut: fn(&mut testkit::Spoil) = |sent| {
        let line = sent.headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
        line.1 = line.1.split(", Signature=").next().unwrap().to_owned();
    };
    asking().spoiled(cut).send().await.expect_code("IncompleteSignatureException");
    // Another path is no door of ours at all.
    assert_eq!(asking().spoiled(|sent| sent.path = "//".to_owned()).send().await.status, 404);
    asking().send().await.expect_ok();
}

#[cognate_test]
async fn cr_05_a_clock_may_be_off_by_less_than_five_minutes(app: App) {
    let pool = app.pool().await;
    for ahead in [true, false] {
        let asking = |minutes: u64| {
            app.asking("DescribeUserPool", &json!({ "UserPoolId": pool.id }))
                .signed_off(ahead, Time::from_secs(minutes * 60))
                .send()
        };
        asking(4).await.expect_ok();
        let answer = asking(6).await;
        answer.expect_code("InvalidSignatureException");
        assert!(answer.sentence().contains("5 min.)"), "{answer:?}");
    }
}

#[cognate_test]
async fn a_key_that_was_ended_signs_no_more(app: App) {
    let pool = app.pool().await;
    let id = app.root().access_key_id.clone();
    app.store().write(store::work!(|tx, id| -> model::Refusal { Ok(tx.access_keys().end(id).await?) })).await.unwrap();
    let answer = pool.admin("DescribeUserPool", json!({})).await;
    answer.expect_fault("UnrecognizedClientException", "The security token included in the request is invalid.");
}

#[cognate_test]
async fn up_04_a_browser_may_ask_from_anywhere_and_read_the_refusal(app: App) {
    let preflight = app
        .getting("/")
        .method("OPTIONS")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,x-amz-target,x-amz-user-agent,cache-control")
        .send()
        .await;
    assert_eq!(preflight.status, 200, "{preflight:?}");
    assert_eq!(preflight.header("access-control-allow-origin"), "*");
    let allowed = preflight.header("access-control-allow-headers").to_lowercase();
    for name in ["content-type", "x-amz-target", "x-amz-user-agent", "cache-control", "authorization", "x-amz-date"] {
        assert!(allowed.split(',').any(|known| known.trim() == name), "{name} in {allowed}");
    }
    let answer = app.asking("InitiateAuth", &json!({})).header("origin", "https://shop.example").send().await;
    answer.expect_code("InvalidParameterException");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let exposed = answer.header("access-control-expose-headers").to_lowercase();
    assert!(exposed.contains("x-amzn-errortype") && exposed.contains("x-amzn-requestid"), "{answer:?}");
}
