use super::*;
use crate::cognito_idp::{create_user_pool, start_web_authn_registration, types};
use crate::shape::Shaped;
use crate::{cognito_idp, cognito_sync};
use kernel::Time;
use serde_json::json;

fn pool(json: &serde_json::Value) -> Result<create_user_pool::Input, DecodeError> {
    from_json(create_user_pool::Input::SHAPE, json)
}

#[test]
fn members_are_read_by_name_and_unknown_ones_passed_over() {
    let input = pool(&json!({
        "Surprise": {"deep": [1, 2]},
        "PoolName": "people",
        "Policies": {"PasswordPolicy": {"MinimumLength": 10, "RequireSymbols": false}},
        "AutoVerifiedAttributes": ["email"],
        "UserPoolTags": {"b": "2", "a": "1"}
    }))
    .unwrap();
    assert_eq!(input.pool_name, "people");
    let policy = input.policies.unwrap().password_policy.unwrap();
    assert_eq!((policy.minimum_length, policy.require_symbols), (Some(10), Some(false)));
    assert_eq!(input.auto_verified_attributes, Some(vec![types::VerifiedAttributeType::Email]));
    assert_eq!(input.user_pool_tags.unwrap().keys().collect::<Vec<_>>(), ["b", "a"], "maps keep their order");
}

#[test]
fn null_is_absence() {
    let input = pool(&json!({"PoolName": "p", "Policies": null, "UserPoolTags": {"a": null, "b": "x"}})).unwrap();
    assert!(input.policies.is_none());
    assert_eq!(input.user_pool_tags.unwrap().len(), 1);
}

#[test]
fn a_wrong_json_type_is_an_error_that_names_its_place() {
    let wrong = [
        (json!({"PoolName": 5}), "PoolName", "string"),
        (
            json!({"PoolName": "p", "Policies": {"PasswordPolicy": {"MinimumLength": "8"}}}),
            "Policies.PasswordPolicy.MinimumLength",
            "integer of 32 bits",
        ),
        (
            json!({"PoolName": "p", "Policies": {"PasswordPolicy": {"MinimumLength": 3_000_000_000_i64}}}),
            "Policies.PasswordPolicy.MinimumLength",
            "integer of 32 bits",
        ),
        (json!({"PoolName": "p", "Schema": [{"Name": "a"}, {"Name": true}]}), "Schema[1].Name", "string"),
        (json!({"PoolName": "p", "Schema": {"0": {}}}), "Schema", "list"),
        (json!({"PoolName": "p", "AutoVerifiedAttributes": [null]}), "AutoVerifiedAttributes[0]", "string"),
        (json!({"PoolName": "p", "UserPoolTags": {"k": 1}}), "UserPoolTags.k", "string"),
        (json!({"PoolName": "p", "Policies": []}), "Policies", "object"),
        (json!([]), "", "object"),
        (json!(null), "", "object"),
    ];
    for (json, path, expected) in wrong {
        let shape = create_user_pool::Input::SHAPE;
        let error = DecodeError { path: path.to_owned(), expected };
        assert_eq!(decode(shape, &json), Err(error.clone()), "{json}");
        assert_eq!(decode_slice(shape, json.to_string().as_bytes()), Err(error), "{json} as text");
    }
}

#[test]
fn text_that_is_no_json_is_refused_as_a_whole() {
    let shape = create_user_pool::Input::SHAPE;
    for text in ["", "{", "{\"PoolName\": \"p\"} x", "{'a':1}", "nul", "{\"PoolName\": \"\u{1}\"}"] {
        let error = decode_slice(shape, text.as_bytes()).unwrap_err();
        assert_eq!(error, DecodeError { path: String::new(), expected: "well-formed JSON" }, "{text}");
    }
    let invalid = decode_slice(shape, b"{\"PoolName\": \"\xff\"}").unwrap_err();
    assert_eq!(invalid.expected, "well-formed JSON");
}

#[test]
fn rl_13_nesting_is_bounded_before_anything_is_built() {
    let nested = |depth: usize| format!("{{\"Unknown\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
    let shape = cognito_idp::types::UserType::SHAPE;
    assert!(decode_slice(shape, nested(kernel::limits::JSON_DEPTH_MAX - 1).as_bytes()).is_ok());
    let error = decode_slice(shape, nested(kernel::limits::JSON_DEPTH_MAX).as_bytes()).unwrap_err();
    assert_eq!(error.expected, "less deeply nested JSON");
    assert!(decode_slice(shape, nested(500_000).as_bytes()).is_err());
    let quoted = format!("{{\"Username\":\"{}\\\"{}\"}}", "[".repeat(100), "{".repeat(100));
    assert!(decode_slice(shape, quoted.as_bytes()).is_ok(), "brackets inside text do not nest");
}

#[test]
fn up_06_moments_are_epoch_seconds_with_up_to_three_decimals() {
    let user =
        |millis| types::UserType { user_create_date: Some(Time::from_millis(millis)), ..types::UserType::default() };
    let text = |millis| to_json(types::UserType::SHAPE, user(millis)).to_string();
    assert_eq!(text(1_726_784_814_598), r#"{"UserCreateDate":1726784814.598}"#);
    assert_eq!(text(1_726_784_814_000), r#"{"UserCreateDate":1726784814}"#);
    assert_eq!(text(1_726_784_814_500), r#"{"UserCreateDate":1726784814.5}"#);
    for (spelling, millis) in
        [("1.66E9", 1_660_000_000_000), ("1726784814.598", 1_726_784_814_598), ("0", 0), ("-1.5", -1500)]
    {
        let json = format!("{{\"UserCreateDate\":{spelling}}}");
        let value = decode_slice(types::UserType::SHAPE, json.as_bytes()).unwrap();
        let read = types::UserType::from_value(value).unwrap();
        assert_eq!(read.user_create_date, Some(Time::from_millis(millis)), "{spelling}");
    }
    let absurd = decode(types::UserType::SHAPE, &json!({"UserCreateDate": 1e300})).unwrap_err();
    assert_eq!(absurd.expected, "epoch seconds");
}

#[test]
fn blobs_are_base64_and_documents_stand_inline() {
    let json = json!({"UserPoolId": "r_1", "CSS": "a", "ImageFile": "AAEC/w=="});
    let shape = cognito_idp::set_ui_customization::Input::SHAPE;
    let input: cognito_idp::set_ui_customization::Input = from_json(shape, &json).unwrap();
    assert_eq!(input.image_file.as_deref(), Some(&[0, 1, 2, 255][..]));
    assert_eq!(to_json(shape, input), json);
    let broken = decode(shape, &json!({"ImageFile": "%%"})).unwrap_err();
    assert_eq!((broken.path.as_str(), broken.expected), ("ImageFile", "base64 string"));

    let answer = json!({"CredentialCreationOptions": {"rp": {"id": "x"}, "list": [1, null, 1.5]}});
    let shape = start_web_authn_registration::Output::SHAPE;
    let output: start_web_authn_registration::Output = from_json(shape, &answer).unwrap();
    assert_eq!(to_json(shape, output), answer);
}

#[test]
fn text_and_value_are_written_alike() {
    let json = json!({"PoolName": "p", "Schema": [{"Name": "a", "Mutable": true}], "UserPoolTags": {"k": "v\"\u{e9}"}});
    let shape = create_user_pool::Input::SHAPE;
    let value = decode(shape, &json).unwrap();
    assert_eq!(encode(shape, &value), json);
    assert_eq!(encode_vec(shape, &value), encode(shape, &value).to_string().into_bytes(), "both in model order");
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let value = decode_slice(types::UserType::SHAPE, br#"{"Username":"a","Username":"b"}"#).unwrap();
    assert_eq!(types::UserType::from_value(value).unwrap().username.unwrap().reveal(), "b");
}

#[test]
fn a_long_may_exceed_32_bits() {
    let shape = cognito_sync::types::Dataset::SHAPE;
    let set: cognito_sync::types::Dataset = from_json(shape, &json!({"DataStorage": 5_000_000_000_i64})).unwrap();
    assert_eq!(set.data_storage, Some(5_000_000_000));
}
