use super::*;
use crate::shape::Shaped;
use crate::{Operation, cognito_idp as idp, iam, json};
use serde_json::json;

fn sentence<O: Operation>(request: serde_json::Value) -> Option<String> {
    let value = json::decode(O::META.input, &request).unwrap();
    message(&check(O::META.input, &value))
}

#[test]
fn a_request_within_its_limits_has_nothing_to_tell() {
    let request = json!({"UserPoolId": "eu-west-1_aBc123", "Username": "ana", "UserAttributes": [{"Name": "email", "Value": "a@b"}]});
    assert_eq!(sentence::<idp::admin_create_user::Op>(request), None);
}

#[test]
fn up_07_two_violations_are_told_together_in_lower_camel_paths() {
    let told = sentence::<idp::list_users::Op>(json!({"UserPoolId": "no pool", "Limit": 61})).unwrap();
    assert_eq!(
        told,
        "2 validation errors detected: \
         Value 'no pool' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+; \
         Value '61' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60"
    );
}

#[test]
fn up_07_a_single_violation_is_told_in_the_singular_and_absence_as_null() {
    let told = sentence::<idp::admin_get_user::Op>(json!({"Username": "ana"})).unwrap();
    assert_eq!(
        told,
        "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: Member must not be null"
    );
}

#[test]
fn up_07_sensitive_values_never_appear() {
    let request = json!({"UserPoolId": "p_1", "Username": "has space", "Password": " s3cret ", "Permanent": true});
    let told = sentence::<idp::admin_set_user_password::Op>(request).unwrap();
    assert_eq!(
        told,
        "2 validation errors detected: \
         Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+; \
         Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$"
    );
    let long = "x".repeat(2049);
    let attributes = json!({"UserPoolId": "p_1", "Username": "ana", "UserAttributes": [{"Name": "a"}, {"Name": "b", "Value": long}]});
    let told = sentence::<idp::admin_update_user_attributes::Op>(attributes).unwrap();
    assert_eq!(
        told,
        "1 validation error detected: Value at 'userAttributes.2.member.value' failed to satisfy constraint: \
         Member must have length less than or equal to 2048"
    );
}

#[test]
fn up_07_what_lies_inside_something_sensitive_is_withheld() {
    let shape = idp::admin_initiate_auth::Input::SHAPE;
    let context = json!({"UserPoolId": "p_1", "ClientId": "c", "AuthFlow": "USER_AUTH", "AuthParameters": {"PASSWORD": "hunter2"}});
    let value = json::decode(shape, &context).unwrap();
    assert_eq!(check(shape, &value), []);
    let Kind::Struct { members } = &shape.kind else { panic!("a structure") };
    let at = members.iter().position(|member| member.name == "AuthParameters").unwrap();
    let Value::Struct(places) = &value else { panic!("a structure") };
    assert!(!may_be_shown(members[at].shape, places[at].as_ref().unwrap()));
}

#[test]
fn up_08_a_password_with_spaces_at_its_ends_or_too_long_is_refused_with_the_pattern_clause() {
    let clause = "Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$";
    let told = |password: &str| {
        let request = json!({"UserPoolId": "p_1", "Username": "ana", "Password": password});
        sentence::<idp::admin_set_user_password::Op>(request)
    };
    let long = "x".repeat(257);
    for bad in [" abc-DEF1", "abc-DEF1 ", "\tabc", "x", "", "two\nlines", &long] {
        assert!(told(bad).is_some_and(|told| told.contains(clause)), "{bad:?}");
    }
    for good in ["correct horse battery", "ab", &"x".repeat(256), "pässwörd€"] {
        assert_eq!(told(good), None, "{good:?}");
    }
}

#[test]
fn items_of_a_list_and_members_of_structures_have_paths() {
    let request = json!({"PoolName": "p", "Schema": [{"Name": ""}, {"AttributeDataType": "Text"}]});
    let told = sentence::<idp::create_user_pool::Op>(request).unwrap();
    assert_eq!(
        told,
        "3 validation errors detected: \
         Value '' at 'schema.1.member.name' failed to satisfy constraint: Member must have length greater than or equal to 1; \
         Value '' at 'schema.1.member.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+; \
         Value 'Text' at 'schema.2.member.attributeDataType' failed to satisfy constraint: \
         Member must satisfy enum value set: [String, Number, DateTime, Boolean]"
    );
}

#[test]
fn plain_items_are_told_by_their_list() {
    let request = json!({"UserPoolId": "p_1", "ClientName": "web", "LogoutURLs": ["https://a", "not a url"], "ExplicitAuthFlows": ["NO"]});
    let told = sentence::<idp::create_user_pool_client::Op>(request).unwrap();
    assert!(told.starts_with("2 validation errors detected: Value '[NO]' at 'explicitAuthFlows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [ADMIN_NO_SRP_AUTH, "), "{told}");
    assert!(
        told.ends_with(
            "Value '[https://a, not a url]' at 'logoutURLs' failed to satisfy constraint: Member must satisfy constraint: \
             [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, \
             Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+]"
        ),
        "{told}"
    );
}

#[test]
fn keys_and_values_of_a_map_are_told_by_the_map() {
    let long = "v".repeat(257);
    let told = sentence::<idp::tag_resource::Op>(
        json!({"ResourceArn": "arn:aws:cognito-idp:r:1:userpool/p", "Tags": {"": long}}),
    )
    .unwrap();
    assert_eq!(
        told,
        format!(
            "2 validation errors detected: \
             Value '{{={long}}}' at 'tags' failed to satisfy constraint: Member must satisfy constraint: \
             [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]; \
             Value '{{={long}}}' at 'tags' failed to satisfy constraint: Member must satisfy constraint: \
             [Member must have length less than or equal to 256, Member must have length greater than or equal to 0]"
        )
    );
}

#[test]
fn structures_in_a_map_go_by_their_key() {
    let request = json!({"IdentityPoolId": "r:1", "Roles": {}, "RoleMappings": {"idp": {"Type": "Rules", "RulesConfiguration": {"Rules": []}}}});
    let told = sentence::<crate::cognito_identity::set_identity_pool_roles::Op>(request).unwrap();
    assert_eq!(
        told,
        "1 validation error detected: Value '[]' at 'roleMappings.idp.value.rulesConfiguration.rules' failed to satisfy constraint: \
         Member must have length greater than or equal to 1"
    );
}

#[test]
fn acronyms_keep_their_capitals_behind_the_first_letter() {
    let told =
        sentence::<iam::create_saml_provider::Op>(json!({"Name": "n", "SAMLMetadataDocument": "short"})).unwrap();
    assert!(told.contains("Value 'short' at 'sAMLMetadataDocument' failed"), "{told}");
}

#[test]
fn a_body_of_empty_entries_does_not_grow_into_a_giant_answer() {
    let entries: Vec<serde_json::Value> = (0..5000).map(|_| json!({})).collect();
    let shape = idp::admin_update_user_attributes::Input::SHAPE;
    let value = json::decode(shape, &json!({"UserPoolId": "p_1", "Username": "a", "UserAttributes": entries})).unwrap();
    assert_eq!(check(shape, &value).len(), VIOLATIONS_MAX);
}

#[test]
fn length_counts_characters() {
    let pool = |name: &str| sentence::<idp::create_group::Op>(json!({"UserPoolId": "p_1", "GroupName": name}));
    assert_eq!(pool(&"é".repeat(128)), None);
    assert!(pool(&"é".repeat(129)).is_some());
}
