use testkit::prelude::*;

const STANDARD: [&str; 21] = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "identities",
];

#[cognate_test]
async fn up_10_a_pool_with_only_a_name_has_the_defaults(app: App) {
    let made = app.call("CreateUserPool", json!({ "PoolName": "people" })).await.expect_ok();
    let id = &made["UserPool"]["Id"];
    let described = app.call("DescribeUserPool", json!({ "UserPoolId": id })).await.expect_ok();
    let pool = &described["UserPool"];
    assert_eq!(pool["Name"], "people");
    let policy = json!({ "MinimumLength": 8, "RequireUppercase": true, "RequireLowercase": true, "RequireNumbers": true,
        "RequireSymbols": true, "TemporaryPasswordValidityDays": 7 });
    assert_eq!(pool["Policies"]["PasswordPolicy"], policy);
    assert_eq!(pool["Policies"]["SignInPolicy"], json!({ "AllowedFirstAuthFactors": ["PASSWORD"] }));
    assert_eq!(pool["DeletionProtection"], "INACTIVE");
    assert_eq!(pool["MfaConfiguration"], "OFF");
    assert_eq!(pool["LambdaConfig"], json!({}));
    assert_eq!(pool["EmailConfiguration"], json!({ "EmailSendingAccount": "COGNITO_DEFAULT" }));
    let admin = json!({ "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 7 });
    assert_eq!(pool["AdminCreateUserConfig"], admin);
    assert_eq!(pool["VerificationMessageTemplate"], json!({ "DefaultEmailOption": "CONFIRM_WITH_CODE" }));
    assert_eq!(pool["UserPoolTier"], "ESSENTIALS");
    assert_eq!(pool["UserPoolTags"], json!({}));
    assert_eq!(pool["EstimatedNumberOfUsers"], 0);
    for absent in
        ["DeviceConfiguration", "UserPoolAddOns", "AccountRecoverySetting", "Status", "Domain", "CustomDomain"]
    {
        assert!(pool.get(absent).is_none(), "{absent} is {}", pool[absent]);
    }
    // Unset members are left out, never null.
    assert!(pool.as_object().unwrap().values().all(|value| !value.is_null()), "{pool}");
}

#[cognate_test]
async fn up_10_the_schema_holds_the_twenty_one_standard_attributes_in_order(app: App) {
    let made = app.call("CreateUserPool", json!({ "PoolName": "people" })).await.expect_ok();
    let schema = made["UserPool"]["SchemaAttributes"].as_array().unwrap();
    let names: Vec<&str> = schema.iter().map(|entry| entry["Name"].as_str().unwrap()).collect();
    assert_eq!(names, STANDARD);
    let entry = |name: &str| schema.iter().find(|entry| entry["Name"] == name).unwrap();
    let sub = json!({ "Name": "sub", "AttributeDataType": "String", "DeveloperOnlyAttribute": false, "Mutable": false,
        "Required": true, "StringAttributeConstraints": { "MinLength": "1", "MaxLength": "2048" } });
    assert_eq!(*entry("sub"), sub);
    let flag = json!({ "Name": "email_verified", "AttributeDataType": "Boolean", "DeveloperOnlyAttribute": false,
        "Mutable": true, "Required": false });
    assert_eq!(*entry("email_verified"), flag);
    assert_eq!(entry("birthdate")["StringAttributeConstraints"], json!({ "MinLength": "10", "MaxLength": "10" }));
    assert_eq!(entry("updated_at")["AttributeDataType"], "Number");
    assert_eq!(entry("updated_at")["NumberAttributeConstraints"], json!({ "MinValue": "0" }));
    assert_eq!(entry("identities")["StringAttributeConstraints"], json!({}));
}

#[cognate_test]
async fn up_09_pool_ids_arns_and_their_region_have_the_services_form(app: App) {
    let made = app.call("CreateUserPool", json!({ "PoolName": "people" })).await.expect_ok();
    let id = made["UserPool"]["Id"].as_str().unwrap();
    let (region, rest) = id.split_once('_').unwrap();
    assert_eq!(region, "eu-west-1", "the region of the signature");
    assert!(rest.len() == 9 && rest.bytes().all(|b| b.is_ascii_alphanumeric()), "{id}");
    assert_eq!(made["UserPool"]["Arn"], format!("arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{id}"));
}

#[cognate_test]
async fn up_06_moments_are_json_numbers_in_epoch_seconds(app: App) {
    let made = app.call("CreateUserPool", json!({ "PoolName": "people" })).await;
    let pool = &made.expect_ok()["UserPool"];
    let expected = app.now().millis() as f64 / 1000.0;
    assert_eq!(pool["CreationDate"].as_f64(), Some(expected), "{made:?}");
    assert_eq!(pool["LastModifiedDate"].as_f64(), Some(expected));
    let text = made.text();
    let (_, written) = text.split_once("\"CreationDate\":").unwrap();
    let written: String = written.chars().take_while(|c| *c != ',' && *c != '}').collect();
    assert!(!written.contains(['e', 'E', '"']), "never an exponent, never text: {written}");
}

#[cognate_test]
async fn up_15_schemas_that_cannot_be_are_refused_with_their_texts(app: App) {
    let create = |schema: Value| app.call("CreateUserPool", json!({ "PoolName": "people", "Schema": schema }));
    let refused = "InvalidParameterException";
    let answer = create(json!([{ "Name": "email", "AttributeDataType": "Number" }])).await;
    let text = "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email";
    answer.expect_fault(refused, text);
    let answer = create(json!([{ "Name": "email", "DeveloperOnlyAttribute": true }])).await;
    answer.expect_fault(refused, text);
    let answer = create(json!([{ "Name": "team", "AttributeDataType": "String", "Required": true }])).await;
    answer.expect_fault(refused, "Required custom attributes are not supported currently.");
    let answer = create(json!([{ "Name": "team" }])).await;
    let text = "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.";
    answer.expect_fault(refused, text);
    let twice = json!({ "Name": "team", "AttributeDataType": "String" });
    let answer = create(json!([twice, twice])).await;
    answer.expect_fault(refused, "custom:team: Existing attribute already has name custom:team.");
}

#[cognate_test]
async fn up_15_a_fifty_first_custom_attribute_is_refused(app: App) {
    let schema = |count: usize| -> Value {
        (0..count).map(|n| json!({ "Name": format!("a{n}"), "AttributeDataType": "String" })).collect()
    };
    let create = |count| app.call("CreateUserPool", json!({ "PoolName": "people", "Schema": schema(count) }));
    let made = create(50).await.expect_ok();
    assert_eq!(made["UserPool"]["SchemaAttributes"].as_array().unwrap().len(), 71);
    create(51).await.expect_code("InvalidParameterException");
}

#[cognate_test]
async fn custom_attributes_follow_the_standard_ones_under_their_prefix(app: App) {
    let schema = json!([
        { "Name": "team", "AttributeDataType": "String", "Mutable": false },
        { "Name": "seats", "AttributeDataType": "Number" },
    ]);
    let made = app.call("CreateUserPool", json!({ "PoolName": "people", "Schema": schema })).await.expect_ok();
    let schema = made["UserPool"]["SchemaAttributes"].as_array().unwrap();
    assert_eq!(schema[21]["Name"], "custom:team");
    assert_eq!(schema[21]["Mutable"], false);
    assert_eq!(schema[21]["StringAttributeConstraints"], json!({}));
    assert_eq!(schema[22]["Name"], "custom:seats");
    assert_eq!(schema[22]["Mutable"], true);
    assert!(schema[22].get("NumberAttributeConstraints").is_none());
}

#[cognate_test]
async fn up_07_all_violated_constraints_are_told_at_once_and_secrets_withheld(app: App) {
    let pool = app.pool().await;
    let body = json!({ "UserPoolId": "no pool", "Username": "ana", "Password": "K", "Permanent": true });
    let answer = app.call("AdminSetUserPassword", body).await;
    answer.expect_code("InvalidParameterException");
    let told = answer.sentence();
    assert!(told.starts_with("2 validation errors detected: "), "{told}");
    assert!(told.contains("Value 'no pool' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+"), "{told}");
    let withheld = "Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$";
    assert!(told.contains(withheld) && !told.contains("'K'"), "{told}");
    let answer = app.call("AdminGetUser", json!({ "UserPoolId": pool.id })).await;
    let text =
        "1 validation error detected: Value null at 'username' failed to satisfy constraint: Member must not be null";
    // `username` is marked sensitive: its value is withheld, and there is none.
    let withheld = text.replace("Value null at", "Value at");
    assert!([text.to_owned(), withheld].contains(&answer.sentence()), "{answer:?}");
}

#[cognate_test]
async fn up_07_places_inside_lists_are_counted_from_one_in_lower_camel_case(app: App) {
    let schema = json!([{ "Name": "ok", "AttributeDataType": "String" }, { "Name": "x".repeat(21), "AttributeDataType": "String" }]);
    let answer = app.call("CreateUserPool", json!({ "PoolName": "people", "Schema": schema })).await;
    answer.expect_code("InvalidParameterException");
    let told = answer.sentence();
    let clause =
        "at 'schema.2.member.name' failed to satisfy constraint: Member must have length less than or equal to 20";
    assert!(told.starts_with("1 validation error detected: ") && told.contains(clause), "{told}");
}

#[cognate_test]
async fn a_setting_nothing_acts_on_yet_is_refused_rather_than_kept_without_effect(app: App) {
    for body in [
        json!({ "PoolName": "people", "LambdaConfig": { "PreSignUp": "arn:aws:lambda:eu-west-1:123456789012:function:f" } }),
        json!({ "PoolName": "people", "AcrConfiguration": { "Level1": { "AcrValue": "urn:example:1" } } }),
    ] {
        let answer = app.call("CreateUserPool", body).await;
        assert_eq!((answer.status, answer.code().as_str()), (501, "NotImplementedException"), "{answer:?}");
    }
}

#[cognate_test]
async fn telephones_are_verified_only_where_there_is_a_way_to_write_to_them(app: App) {
    let text = "SMS configuration is required when phone_number is selected for auto verification";
    let without = json!({ "PoolName": "people", "AutoVerifiedAttributes": ["phone_number"] });
    app.call("CreateUserPool", without).await.expect_fault("InvalidParameterException", text);
    let pool = app.pool().verifying_phone().await;
    let update = json!({ "AutoVerifiedAttributes": ["phone_number"] });
    pool.admin("UpdateUserPool", update).await.expect_fault("InvalidParameterException", text);
    let described = pool.admin("DescribeUserPool", json!({})).await.expect_ok();
    assert_eq!(described["UserPool"]["AutoVerifiedAttributes"], json!(["phone_number", "email"]), "nothing changed");
}

#[cognate_test]
async fn texts_for_sms_hold_the_code_and_stay_within_their_length(app: App) {
    let long = format!("{}{{####}}", "x".repeat(135));
    for member in ["SmsVerificationMessage", "SmsAuthenticationMessage"] {
        for bad in ["no place for a code", "{###}", &long] {
            let body = json!({ "PoolName": "people", member: bad });
            app.call("CreateUserPool", body).await.expect_code("InvalidParameterException");
        }
        let fits = format!("{}{{####}}", "x".repeat(134));
        let made = app.call("CreateUserPool", json!({ "PoolName": "people", member: fits })).await.expect_ok();
        assert_eq!(made["UserPool"][member], fits);
    }
    let invite = |text: &str| json!({ "PoolName": "people", "AdminCreateUserConfig": { "InviteMessageTemplate": { "SMSMessage": text } } });
    app.call("CreateUserPool", invite(&format!("{long}{{username}}"))).await.expect_code("InvalidParameterException");
    app.call("CreateUserPool", invite("{username} {####}")).await.expect_ok();
}

// SM-38 too.
#[cognate_test]
async fn up_47_tags_of_a_pool_keep_to_their_number_lengths_characters_and_keys(app: App) {
    let pool = app.pool().await;
    let with = |key: &str, value: &str| json!({ key: value });
    let many = |count: usize| (0..count).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>();
    let (key, value) = ("k".repeat(128), "v".repeat(256));
    let good = [
        json!({}),
        json!(many(50)),
        with(&key, &value),
        with("k", ""),
        with("Größe 7 _.:/=+-@", "Größe 7 _.:/=+-@"),
        json!({ "team": "a", "Team": "b" }),
        with("not aws:", "aws:"),
    ];
    for tags in good {
        let made = app.call("CreateUserPool", json!({ "PoolName": "people", "UserPoolTags": tags })).await.expect_ok();
        assert_eq!(made["UserPool"]["UserPoolTags"], tags);
        pool.admin("UpdateUserPool", json!({ "UserPoolTags": tags })).await.expect_ok();
    }
    let bad = [
        (json!(many(51)), "at most 50 tags"),
        (with(&format!("{key}k"), "v"), "Member must have length less than or equal to 128"),
        (with("", "v"), "Member must have length greater than or equal to 1"),
        (with("k", &format!("{value}v")), "Member must have length less than or equal to 256"),
        (with("aws:k", "v"), "must not start with aws:"),
        (with("AWS:k", "v"), "must not start with aws:"),
        (with("k*", "v"), "must not contain"),
        (with("k", "<v>"), "must not contain"),
        (with("k", "a\tb"), "must not contain"),
    ];
    for (tags, told) in bad {
        for answer in [
            app.call("CreateUserPool", json!({ "PoolName": "people", "UserPoolTags": tags })).await,
            pool.admin("UpdateUserPool", json!({ "UserPoolTags": tags })).await,
        ] {
            answer.expect_code("InvalidParameterException");
            assert!(answer.sentence().contains(told), "{answer:?}");
        }
    }
}
