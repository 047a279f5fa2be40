use testkit::claims;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;
const REFUSED: &str = "InvalidParameterException";

async fn add(pool: &Pool, attributes: Value) -> Answer {
    pool.admin("AddCustomAttributes", json!({ "CustomAttributes": attributes })).await
}

fn text(name: &str) -> Value {
    json!({ "Name": name, "AttributeDataType": "String" })
}

/// The schema's custom part.
async fn custom(pool: &Pool) -> Vec<Value> {
    let described = pool.admin("DescribeUserPool", json!({})).await.expect_ok();
    described["UserPool"]["SchemaAttributes"].as_array().unwrap()[21..].to_vec()
}

fn names(schema: &[Value]) -> Vec<&str> {
    schema.iter().map(|entry| entry["Name"].as_str().unwrap()).collect()
}

#[cognate_test]
async fn added_attributes_follow_those_that_were_there_in_the_order_given(app: App) {
    let pool = app.pool().set("Schema", json!([text("team")])).await;
    app.advance(Duration::from_secs(60));
    let given = json!([
        { "Name": "seats", "AttributeDataType": "Number", "NumberAttributeConstraints": { "MinValue": "1", "MaxValue": "9" } },
        { "Name": "code", "AttributeDataType": "String", "Mutable": false, "StringAttributeConstraints": { "MinLength": "2" } },
        { "Name": "since", "AttributeDataType": "DateTime" },
        { "Name": "admin", "AttributeDataType": "Boolean", "DeveloperOnlyAttribute": true },
        // A standard name is one like any other here.
        { "Name": "email", "AttributeDataType": "Boolean" },
    ]);
    let answer = add(&pool, given).await;
    answer.expect_ok();
    assert_eq!(answer.text(), "{}");
    let described = pool.admin("DescribeUserPool", json!({})).await.expect_ok();
    assert_eq!(described["UserPool"]["LastModifiedDate"].as_f64(), Some(app.now().millis() as f64 / 1000.0));
    let base = |name: &str, kind: &str| json!({ "Name": name, "AttributeDataType": kind, "DeveloperOnlyAttribute": false, "Mutable": true, "Required": false });
    let mut expected =
        vec![base("custom:team", "String"), base("custom:seats", "Number"), base("custom:code", "String")];
    expected.extend([
        base("custom:since", "DateTime"),
        base("dev:custom:admin", "Boolean"),
        base("custom:email", "Boolean"),
    ]);
    expected[0]["StringAttributeConstraints"] = json!({});
    expected[1]["NumberAttributeConstraints"] = json!({ "MinValue": "1", "MaxValue": "9" });
    expected[2]["StringAttributeConstraints"] = json!({ "MinLength": "2" });
    expected[2]["Mutable"] = json!(false);
    expected[4]["DeveloperOnlyAttribute"] = json!(true);
    assert_eq!(custom(&pool).await, expected);
    // An update of the pool takes nothing away.
    pool.admin("UpdateUserPool", json!({})).await.expect_ok();
    assert_eq!(custom(&pool).await, expected);
}

#[cognate_test]
async fn up_15_custom_attributes_that_cannot_be_are_refused_with_their_texts_and_nothing_is_added(app: App) {
    let pool = app.pool().set("Schema", json!([text("team")])).await;
    let kind = "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.";
    for (bad, sentence) in [
        (
            json!({ "Name": "a", "AttributeDataType": "String", "Required": true }),
            "Required custom attributes are not supported currently.",
        ),
        (json!({ "Name": "a" }), kind),
        (json!({ "AttributeDataType": "String" }), "A schema attribute needs a Name."),
        (text("team"), "custom:team: Existing attribute already has name custom:team."),
        (
            json!({ "Name": "team", "AttributeDataType": "Number" }),
            "custom:team: Existing attribute already has name custom:team.",
        ),
        (text("fine"), "custom:fine: Existing attribute already has name custom:fine."),
    ] {
        add(&pool, json!([text("fine"), bad])).await.expect_fault(REFUSED, sentence);
        assert_eq!(names(&custom(&pool).await), ["custom:team"], "all or none");
    }
    let developer = json!({ "Name": "team", "AttributeDataType": "String", "DeveloperOnlyAttribute": true });
    add(&pool, json!([developer])).await.expect_ok();
    let again = "dev:custom:team: Existing attribute already has name dev:custom:team.";
    add(&pool, json!([developer])).await.expect_fault(REFUSED, again);
    // An attribute that is there keeps its type: there is no other call, and this one refuses.
    assert_eq!(custom(&pool).await[0]["AttributeDataType"], "String");
}

#[cognate_test]
async fn up_15_bounds_nobody_could_keep_are_refused(app: App) {
    let pool = app.pool().await;
    for (kind, member, bounds) in [
        ("String", "StringAttributeConstraints", json!({ "MinLength": "3", "MaxLength": "2" })),
        ("String", "StringAttributeConstraints", json!({ "MaxLength": "2049" })),
        ("String", "StringAttributeConstraints", json!({ "MinLength": "2049" })),
        ("String", "StringAttributeConstraints", json!({ "MinLength": "-1" })),
        ("String", "StringAttributeConstraints", json!({ "MaxLength": "many" })),
        ("Number", "NumberAttributeConstraints", json!({ "MinValue": "3", "MaxValue": "2" })),
        ("Number", "NumberAttributeConstraints", json!({ "MinValue": "nan" })),
        ("Number", "NumberAttributeConstraints", json!({ "MaxValue": "inf" })),
        ("Number", "NumberAttributeConstraints", json!({ "MaxValue": "" })),
    ] {
        let mut entry = json!({ "Name": "a", "AttributeDataType": kind });
        entry[member] = bounds;
        add(&pool, json!([entry])).await.expect_fault(REFUSED, "Invalid constraints for schema attribute a.");
    }
    let fine = json!([
        { "Name": "a", "AttributeDataType": "String", "StringAttributeConstraints": { "MinLength": "2048", "MaxLength": "2048" } },
        { "Name": "b", "AttributeDataType": "Number", "NumberAttributeConstraints": { "MinValue": "-2.5", "MaxValue": "-2.5" } },
    ]);
    add(&pool, fine).await.expect_ok();
}

#[cognate_test]
async fn up_15_lists_and_names_that_are_too_long_are_refused_by_the_contract(app: App) {
    let pool = app.pool().await;
    let many: Value = (0..26).map(|n| text(&format!("a{n}"))).collect();
    let answer = add(&pool, many).await;
    answer.expect_code(REFUSED);
    assert!(answer.sentence().contains("'customAttributes'"), "{answer:?}");
    add(&pool, json!([])).await.expect_code(REFUSED);
    for bad in ["", "a b", "123456789012345678901"] {
        let answer = add(&pool, json!([text("fine"), text(bad)])).await;
        answer.expect_code(REFUSED);
        assert!(answer.sentence().contains("'customAttributes.2.member.name'"), "{answer:?}");
    }
    add(&pool, json!([text("12345678901234567890")])).await.expect_ok();
}

#[cognate_test]
async fn up_15_of_64_who_add_at_once_fifty_find_room_and_of_one_name_one(app: App) {
    let pool = app.pool().await;
    let answers = race(64, |number| {
        let pool = pool.clone();
        // Half of them ask for a name that another asks for too, until the schema is full.
        let body = json!({ "CustomAttributes": [text(&format!("a{}", number / 2))] });
        async move { pool.admin_insisting("AddCustomAttributes", body).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 32, "each name once");
    let answers = race(64, |number| {
        let pool = pool.clone();
        let body = json!({ "CustomAttributes": [text(&format!("b{number}"))] });
        async move { pool.admin_insisting("AddCustomAttributes", body).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 18);
    for lost in answers.iter().filter(|answer| !answer.is_ok()) {
        lost.expect_fault(REFUSED, "A user pool can have at most 50 custom attributes.");
    }
    let schema = custom(&pool).await;
    let mut once = names(&schema);
    once.sort_unstable();
    once.dedup();
    assert_eq!((schema.len(), once.len()), (50, 50));
}

#[cognate_test]
async fn an_added_attribute_holds_from_the_next_call_on_and_keeps_its_type_and_bounds(app: App) {
    let pool = app.pool().await;
    let unknown = "user.custom:seats: Attribute does not exist in the schema.\n";
    pool.sign_up("ana", PW, &[("custom:seats", "7")]).await.expect_fault(REFUSED, unknown);
    let given = json!([
        { "Name": "seats", "AttributeDataType": "Number", "NumberAttributeConstraints": { "MinValue": "1", "MaxValue": "9" } },
        { "Name": "code", "AttributeDataType": "String", "StringAttributeConstraints": { "MinLength": "2", "MaxLength": "3" } },
        { "Name": "since", "AttributeDataType": "DateTime" },
        { "Name": "admin", "AttributeDataType": "Boolean" },
    ]);
    add(&pool, given).await.expect_ok();
    for (name, bad) in [
        ("custom:seats", "0"),
        ("custom:seats", "10"),
        ("custom:seats", "seven"),
        ("custom:code", "a"),
        ("custom:code", "abcd"),
        ("custom:since", "yesterday"),
        ("custom:admin", "yes"),
    ] {
        let answer = pool.sign_up("ana", PW, &[(name, bad)]).await;
        answer.expect_code(REFUSED);
        assert!(answer.sentence().contains(name), "{answer:?}");
    }
    let fine = [
        ("custom:seats", "9"),
        ("custom:code", "\u{fc}\u{fc}"),
        ("custom:since", "2026-09-01"),
        ("custom:admin", "TRUE"),
    ];
    pool.sign_up("ana", PW, &fine).await.expect_ok();
    assert_eq!(pool.attribute("ana", "custom:admin").await, "true");
    pool.admin("AdminConfirmSignUp", json!({ "Username": "ana" })).await.expect_ok();
    let tokens = pool.sign_in("ana", PW).await.expect_tokens();
    assert_eq!(claims(&tokens["IdToken"])["custom:seats"], "9");
}

#[cognate_test]
async fn up_16_developer_attributes_are_written_by_administrators_and_never_shown_to_a_client(app: App) {
    let pool = app.pool().await;
    add(&pool, json!([{ "Name": "tier", "AttributeDataType": "String", "DeveloperOnlyAttribute": true }]))
        .await
        .expect_ok();
    // A client that names the attribute in its lists gains nothing by it.
    let named = json!(["name", "dev:custom:tier"]);
    let listed = pool.client(json!({ "ReadAttributes": named, "WriteAttributes": named })).await;
    let body = json!({ "Username": "bob", "Password": PW, "UserAttributes": [{ "Name": "dev:custom:tier", "Value": "gold" }] });
    for client in [&pool.client, &listed] {
        let answer = pool.public_through(client, "SignUp", body.clone()).await;
        answer.expect_fault("NotAuthorizedException", "A client attempted to write unauthorized attribute");
    }
    let attributes = pool.attributes(&[("dev:custom:tier", "gold"), ("name", "Ana")]);
    let invited = json!({ "Username": "ana", "TemporaryPassword": "Temp0rary-horse", "MessageAction": "SUPPRESS", "UserAttributes": attributes });
    let made = pool.admin("AdminCreateUser", invited).await.expect_ok();
    assert!(made["User"]["Attributes"].to_string().contains("gold"), "{made}");
    assert_eq!(pool.attribute("ana", "dev:custom:tier").await, "gold");

    for client in [&pool.client, &listed] {
        let asked = pool.sign_in_through(client, "ana", "Temp0rary-horse").await;
        let asked = asked.expect_challenge("NEW_PASSWORD_REQUIRED");
        let shown = asked["ChallengeParameters"]["userAttributes"].as_str().unwrap();
        assert!(shown.contains("Ana") && !shown.contains("tier") && !shown.contains("gold"), "{shown}");
        let responses = json!({ "USERNAME": "ana", "NEW_PASSWORD": PW, "userAttributes.dev:custom:tier": "silver" });
        let answer = pool.respond(client, "NEW_PASSWORD_REQUIRED", &asked["Session"], responses).await;
        answer.expect_fault("NotAuthorizedException", "A client attempted to write unauthorized attribute");
    }
    pool.admin("AdminSetUserPassword", json!({ "Username": "ana", "Password": PW, "Permanent": true }))
        .await
        .expect_ok();
    for client in [&pool.client, &listed] {
        let tokens = pool.sign_in_through(client, "ana", PW).await.expect_tokens();
        for token in ["IdToken", "AccessToken"] {
            let said = claims(&tokens[token]).to_string();
            assert!(!said.contains("tier") && !said.contains("gold"), "{said}");
        }
        let seen = pool.get_user(&tokens["AccessToken"]).await;
        assert!(seen.expect_ok()["UserAttributes"].to_string().contains("Ana"), "{seen:?}");
        assert!(!seen.text().contains("tier") && !seen.text().contains("gold"), "{seen:?}");
    }
    assert_eq!(pool.attribute("ana", "dev:custom:tier").await, "gold");
}

#[cognate_test]
async fn attributes_are_added_in_the_pools_own_region_only(app: App) {
    let answer = app
        .call("AddCustomAttributes", json!({ "UserPoolId": "us-east-1_Nowhere01", "CustomAttributes": [text("a")] }))
        .await;
    answer.expect_fault("ResourceNotFoundException", "User pool us-east-1_Nowhere01 does not exist.");
}
