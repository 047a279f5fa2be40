//! Hostile input for every operation that is served: never a failure of ours, never an error the contract does not name.

use contract::{Kind, OperationMeta, Shape};
use directory::SERVED;
use kernel::EntropyExt;
use testkit::hostile::{assert_contracted, draw, empty_values, oversized, wrong_types};
use testkit::prelude::*;

/// What a call needs to get past the first look, by member name.
fn known(world: &World, name: &str) -> Option<Value> {
    Some(match name {
        "UserPoolId" => json!(world.pool.id),
        "ClientId" => json!(world.pool.client.id),
        "Username" => json!("ana"),
        "Password" | "TemporaryPassword" | "ProposedPassword" | "PreviousPassword" => json!(testkit::PASSWORD),
        "AccessToken" => world.access.clone(),
        "Token" => world.refresh.clone(),
        "ConfirmationCode" | "Code" => json!("123456"),
        "AttributeName" => json!("email"),
        "UserAttributes" => json!([{ "Name": "given_name", "Value": "Ana" }]),
        "UserAttributeNames" => json!(["given_name"]),
        "AuthFlow" => json!("USER_PASSWORD_AUTH"),
        "ChallengeName" => json!("NEW_PASSWORD_REQUIRED"),
        "AuthParameters" => json!({ "USERNAME": "ana", "PASSWORD": "Wr0ng-password" }),
        "ChallengeResponses" => json!({ "USERNAME": "ana", "NEW_PASSWORD": "x" }),
        // Refused as the last of all settings: no pool is made for every bad one.
        "VerificationMessageTemplate" => json!({ "DefaultEmailOption": "CONFIRM_WITH_LINK" }),
        "MaxResults" | "Limit" => json!(1),
        "ClientName" | "PoolName" => json!("name"),
        "GroupName" => json!("staff"),
        "RoleArn" => json!("arn:aws:iam::123456789012:role/staff"),
        "CustomAttributes" => json!([{ "Name": "team", "AttributeDataType": "String" }]),
        _ => return None,
    })
}

struct World {
    pool: Pool,
    access: Value,
    refresh: Value,
}

async fn world(app: &App) -> World {
    let pool = app.pool().verifying_email().with_user("ana", testkit::PASSWORD).await;
    pool.group("staff", json!({})).await;
    let tokens = app.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();
    World { pool, access: tokens["AccessToken"].clone(), refresh: tokens["RefreshToken"].clone() }
}

fn base(world: &World, op: &OperationMeta) -> Value {
    let Kind::Struct { members } = &op.input.kind else { panic!("an input is a structure") };
    let mut body = json!({});
    for member in *members {
        let template = member.name == "VerificationMessageTemplate" && op.name != "CreateUserPool";
        if let Some(value) = known(world, member.name).filter(|_| !template) {
            body[member.name] = value;
        }
    }
    body
}

/// Sends a body for every member of every operation, changed by `change`.
async fn for_every_member(app: &App, change: impl Fn(&Shape) -> Vec<Value>) {
    let world = world(app).await;
    for served in SERVED {
        let op = served.meta;
        let Kind::Struct { members } = &op.input.kind else { continue };
        for member in *members {
            for value in change(member.shape) {
                let mut body = base(&world, op);
                body[member.name] = value;
                assert_contracted(op, &app.call(op.name, body).await);
            }
        }
    }
}

#[cognate_test]
async fn st_33_wrong_types_in_every_member_are_refused(app: App) {
    for_every_member(&app, wrong_types).await;
}

#[cognate_test]
async fn st_33_nulls_and_empty_values_in_every_member_are_survived(app: App) {
    for_every_member(&app, empty_values).await;
}

#[cognate_test]
async fn st_24_ten_times_the_allowed_size_is_refused_everywhere(app: App) {
    for_every_member(&app, |shape| oversized(shape, 10)).await;
}

#[cognate_test]
async fn st_24_a_thousand_times_the_allowed_size_is_refused_everywhere(app: App) {
    for_every_member(&app, |shape| oversized(shape, 1000)).await;
}

#[cognate_test]
async fn st_33_random_bodies_of_the_right_shape_are_only_refused_as_the_contract_says(app: App) {
    let world = world(&app).await;
    let dice = testkit::SeededEntropy::of("bad input");
    for served in SERVED {
        for _ in 0..12 {
            let mut body = draw(served.meta.input, &dice, 0);
            let fixed = base(&world, served.meta);
            for (name, value) in fixed.as_object().unwrap() {
                if dice.bytes::<1>()[0] < 170 {
                    body[name] = value.clone();
                }
            }
            if served.meta.name == "CreateUserPool" {
                body["VerificationMessageTemplate"] = fixed["VerificationMessageTemplate"].clone();
            }
            assert_contracted(served.meta, &app.call(served.meta.name, body).await);
        }
    }
}

#[cognate_test]
async fn au_38_parameter_maps_take_nulls_sizes_cases_and_strangers(app: App) {
    let world = world(&app).await;
    let big = "x".repeat(200_000);
    let maps = [
        json!({}),
        json!({ "USERNAME": null, "PASSWORD": null }),
        json!({ "username": "ana", "password": testkit::PASSWORD }),
        json!({ "USERNAME": big, "PASSWORD": testkit::PASSWORD }),
        json!({ "USERNAME": "ana", "PASSWORD": big, "SRP_A": big, "NEW_PASSWORD": big, "REFRESH_TOKEN": big }),
        json!({ "USERNAME": "ana", "PASSWORD_CLAIM_SECRET_BLOCK": big, "PASSWORD_CLAIM_SIGNATURE": big, "TIMESTAMP": big }),
        json!({ "USERNAME": "ana", "PASSWORD_CLAIM_SECRET_BLOCK": "ü", "PASSWORD_CLAIM_SIGNATURE": "\u{0}", "TIMESTAMP": "\n" }),
        json!({ "USERNAME": "ana\r\n", "PASSWORD": "\u{0}", "SRP_A": "\u{0}", "SECRET_HASH": "=", "REFRESH_TOKEN": "\u{0}" }),
        json!({ "USERNAME": "", "PASSWORD": "", "SRP_A": "", "REFRESH_TOKEN": "", "NEW_PASSWORD": "" }),
        json!({ "USERNAME": "ana", "PASSWORD": "Wr0ng-password", "DEVICE_KEY": null, "UNKNOWN": "x", "": "" }),
        json!({ "USERNAME": "ana", "NEW_PASSWORD": "x", "userAttributes.": "x", "userAttributes.sub": "x" }),
        json!({ "USERNAME": ["ana"], "PASSWORD": { "a": 1 } }),
    ];
    let op = |name: &str| SERVED.iter().find(|served| served.meta.name == name).unwrap().meta;
    for map in maps {
        for flow in [
            "USER_SRP_AUTH",
            "USER_PASSWORD_AUTH",
            "REFRESH_TOKEN_AUTH",
            "REFRESH_TOKEN",
            "CUSTOM_AUTH",
            "USER_AUTH",
            "ADMIN_NO_SRP_AUTH",
        ] {
            let body = json!({ "ClientId": world.pool.client.id, "AuthFlow": flow, "AuthParameters": map });
            assert_contracted(op("InitiateAuth"), &app.call("InitiateAuth", body.clone()).await);
            let answer = world.pool.admin("AdminInitiateAuth", body).await;
            assert_contracted(op("AdminInitiateAuth"), &answer);
        }
        for challenge in ["PASSWORD_VERIFIER", "NEW_PASSWORD_REQUIRED", "SMS_MFA", "CUSTOM_CHALLENGE"] {
            let body = json!({ "ClientId": world.pool.client.id, "ChallengeName": challenge, "ChallengeResponses": map, "Session": "s".repeat(30) });
            assert_contracted(op("RespondToAuthChallenge"), &app.call("RespondToAuthChallenge", body.clone()).await);
            let answer = world.pool.admin("AdminRespondToAuthChallenge", body).await;
            assert_contracted(op("AdminRespondToAuthChallenge"), &answer);
        }
    }
}

#[cognate_test]
async fn rl_13_bodies_that_are_too_large_too_deep_or_no_text_are_refused(app: App) {
    let pool = app.pool().await;
    let too_large = app.asking_bytes("SignUp", vec![b' '; 1024 * 1024 + 1]).send().await;
    assert_eq!(too_large.status, 413, "{too_large:?}");
    let deep = |open: &str, close: &str, depth: usize| {
        format!("{{\"ClientMetadata\":{}{}}}", open.repeat(depth), close.repeat(depth))
    };
    for body in [
        deep("[", "]", 129),
        deep("{\"a\":", "}", 129),
        deep("[", "", 100_000),
        "[".repeat(500_000),
        format!("{{\"Username\":{}}}", "9".repeat(100_000)),
        format!("{{\"Username\":\"{}\"", "\\u0000".repeat(100_000)),
        "{\"Username\":\"\\ud800\"}".to_owned(),
    ] {
        app.asking_bytes("SignUp", body.into_bytes()).send().await.expect_code("SerializationException");
    }
    for bytes in
        [b"{\"Username\":\"\xff\xfe\"}".to_vec(), vec![0xff; 1000], vec![0; 1000], b"\x1f\x8b\x08\x00".to_vec()]
    {
        app.asking_bytes("SignUp", bytes).send().await.expect_code("SerializationException");
    }
    let many: Value = (0..10_000).map(|n| json!({ "Name": format!("a{n}"), "Value": "v" })).collect();
    let body =
        json!({ "ClientId": pool.client.id, "Username": "ana", "Password": testkit::PASSWORD, "UserAttributes": many });
    let answer = app.call("SignUp", body).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    pool.sign_up("ana", testkit::PASSWORD, &[]).await.expect_ok();
}

#[cognate_test]
async fn rl_13_heads_that_are_too_large_or_ambiguous_are_refused(app: App) {
    let head = |extra: &str| {
        format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nX-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n{extra}\r\n",
            app.address()
        )
    };
    let many: String = (0..20_000).map(|n| format!("x-h{n}: v\r\n")).collect();
    for extra in [
        many,
        format!("x-long: {}\r\n", "v".repeat(2_000_000)),
        "Content-Length: 2\r\nContent-Length: 3\r\n".to_owned(),
        "Content-Length: -1\r\n".to_owned(),
        "Content-Length: 99999999999999999999\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nzz\r\n".to_owned(),
        "bad header\r\n".to_owned(),
        "x-null: \u{0}\r\n".to_owned(),
    ] {
        let answer = app.raw(head(&extra).as_bytes()).await;
        assert!(
            answer.status == 0 || (400..500).contains(&answer.status),
            "{}: {answer:?}",
            &extra[..extra.len().min(60)]
        );
    }
    app.call("ListUserPools", json!({ "MaxResults": 1 })).await.expect_ok();
}

#[cognate_test]
async fn rl_13_a_target_sent_twice_is_not_guessed_at(app: App) {
    let pool = app.pool().await;
    let answer = app
        .asking("DescribeUserPool", &json!({ "UserPoolId": pool.id }))
        .header("x-amz-target", "AWSCognitoIdentityProviderService.DeleteUserPool")
        .send()
        .await;
    assert!(answer.status == 400, "{answer:?}");
    pool.admin("DescribeUserPool", json!({})).await.expect_ok();
}
