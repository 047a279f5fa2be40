//! Every member of a pool's and a client's settings, and what becomes of it. A member that a new contract adds, at any
//! depth, fails here until somebody has decided.

use super::{client, pool};
use contract::cognito_idp::types::{UserPoolClientType, UserPoolType};
use contract::json::from_json;
use contract::shape::Shaped;
use contract::{Fault, Kind, Shape};
use serde_json::{Value, json};
use std::collections::HashSet;

/// What becomes of a setting.
enum Fate {
    /// Something here depends on it.
    Acts,
    /// It is stored and shown and nothing depends on it; why that harms nobody.
    Shown(&'static str),
    /// A value that would have no effect is refused; such a value.
    Refused(fn() -> Value),
    /// It is not a setting: the service says it, and nobody can set it.
    Told,
}
use Fate::{Acts, Refused, Shown, Told};

const BY_LINK: &str = "links need CONFIRM_WITH_LINK, which is refused";
const OAUTH: &str = "grants something at endpoints that do not exist, so nothing is granted";

/// A place, and everything below it where it is a structure.
const POOL: &[(&str, Fate)] = &[
    ("Id", Told),
    ("Name", Acts),
    ("Policies.PasswordPolicy.MinimumLength", Acts),
    ("Policies.PasswordPolicy.RequireUppercase", Acts),
    ("Policies.PasswordPolicy.RequireLowercase", Acts),
    ("Policies.PasswordPolicy.RequireNumbers", Acts),
    ("Policies.PasswordPolicy.RequireSymbols", Acts),
    ("Policies.PasswordPolicy.PasswordHistorySize", Acts),
    ("Policies.PasswordPolicy.TemporaryPasswordValidityDays", Acts),
    (
        "Policies.SignInPolicy.AllowedFirstAuthFactors",
        Refused(|| json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } } })),
    ),
    ("DeletionProtection", Acts),
    ("LambdaConfig", Refused(|| json!({ "LambdaConfig": { "PreSignUp": "arn:aws:lambda:eu-west-1:1:function:f" } }))),
    ("Status", Told),
    ("LastModifiedDate", Told),
    ("CreationDate", Told),
    ("SchemaAttributes", Acts),
    ("AutoVerifiedAttributes", Acts),
    ("AliasAttributes", Acts),
    ("UsernameAttributes", Acts),
    ("SmsVerificationMessage", Acts),
    ("EmailVerificationMessage", Acts),
    ("EmailVerificationSubject", Acts),
    ("VerificationMessageTemplate.SmsMessage", Acts),
    ("VerificationMessageTemplate.EmailMessage", Acts),
    ("VerificationMessageTemplate.EmailSubject", Acts),
    ("VerificationMessageTemplate.EmailMessageByLink", Shown(BY_LINK)),
    ("VerificationMessageTemplate.EmailSubjectByLink", Shown(BY_LINK)),
    ("VerificationMessageTemplate.DefaultEmailOption", Acts),
    ("SmsAuthenticationMessage", Shown("the text of a message for a second factor, without which nothing is said")),
    ("UserAttributeUpdateSettings", Acts),
    ("MfaConfiguration", Refused(|| json!({ "MfaConfiguration": "OPTIONAL" }))),
    ("DeviceConfiguration", Refused(|| json!({ "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": true } }))),
    ("EstimatedNumberOfUsers", Told),
    ("EmailConfiguration.SourceArn", Acts),
    ("EmailConfiguration.ReplyToEmailAddress", Acts),
    ("EmailConfiguration.EmailSendingAccount", Acts),
    ("EmailConfiguration.From", Acts),
    ("EmailConfiguration.ConfigurationSet", Acts),
    ("SmsConfiguration", Acts),
    ("UserPoolTags", Acts),
    ("SmsConfigurationFailure", Told),
    ("EmailConfigurationFailure", Told),
    ("Domain", Told),
    ("CustomDomain", Told),
    ("AdminCreateUserConfig.AllowAdminCreateUserOnly", Acts),
    ("AdminCreateUserConfig.UnusedAccountValidityDays", Acts),
    ("AdminCreateUserConfig.InviteMessageTemplate", Acts),
    (
        "UserPoolAddOns.AdvancedSecurityMode",
        Refused(|| json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } })),
    ),
    (
        "UserPoolAddOns.AdvancedSecurityAdditionalFlows",
        Refused(|| {
            let flows = json!({ "CustomAuthMode": "AUDIT" });
            json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "OFF", "AdvancedSecurityAdditionalFlows": flows } })
        }),
    ),
    ("DcrConfiguration", Refused(|| json!({ "DcrConfiguration": { "EnableStatus": "Enabled" } }))),
    ("UsernameConfiguration.CaseSensitive", Acts),
    ("Arn", Told),
    ("AccountRecoverySetting", Acts),
    ("UserPoolTier", Acts),
    ("KeyConfiguration.KeyType", Refused(|| json!({ "KeyConfiguration": { "KeyType": "CUSTOMER_MANAGED_KEY" } }))),
    (
        "KeyConfiguration.KmsKeyArn",
        Refused(|| json!({ "KeyConfiguration": { "KmsKeyArn": "arn:aws:kms:eu-west-1:1:key/k" } })),
    ),
    ("IssuerConfiguration.Type", Refused(|| json!({ "IssuerConfiguration": { "Type": "UPDATED" } }))),
    ("AcrConfiguration", Refused(|| json!({ "AcrConfiguration": { "Level1": { "AcrValue": "urn:me:1" } } }))),
];

const CLIENT: &[(&str, Fate)] = &[
    ("UserPoolId", Told),
    ("ClientName", Acts),
    ("ClientId", Told),
    ("ClientSecret", Told),
    ("LastModifiedDate", Told),
    ("CreationDate", Told),
    ("RefreshTokenValidity", Acts),
    ("AccessTokenValidity", Acts),
    ("IdTokenValidity", Acts),
    ("TokenValidityUnits", Acts),
    ("ReadAttributes", Acts),
    ("WriteAttributes", Acts),
    ("ExplicitAuthFlows", Acts),
    ("SupportedIdentityProviders", Shown("COGNITO alone is taken, which is what there is")),
    ("CallbackURLs", Shown(OAUTH)),
    ("LogoutURLs", Shown(OAUTH)),
    ("DefaultRedirectURI", Shown(OAUTH)),
    ("AllowedOAuthFlows", Shown(OAUTH)),
    ("AllowedOAuthScopes", Shown(OAUTH)),
    ("AllowedOAuthFlowsUserPoolClient", Shown(OAUTH)),
    ("AnalyticsConfiguration", Refused(|| json!({ "AnalyticsConfiguration": { "ApplicationId": "00" } }))),
    ("PreventUserExistenceErrors", Acts),
    ("EnableTokenRevocation", Acts),
    (
        "EnablePropagateAdditionalUserContextData",
        Refused(|| json!({ "EnablePropagateAdditionalUserContextData": true })),
    ),
    ("AuthSessionValidity", Acts),
    ("RefreshTokenRotation", Acts),
    ("ClientType", Told),
];

/// Places without a line of their own, and lines without a place.
fn unmatched(shape: &'static Shape, table: &[(&'static str, Fate)]) -> Vec<String> {
    let known: HashSet<&str> = table.iter().map(|(place, _)| *place).collect();
    let (mut found, mut open) = (HashSet::new(), Vec::new());
    walk(shape, "", &known, &mut found, &mut open);
    open.extend(known.iter().filter(|place| !found.contains(**place)).map(|place| format!("no such member: {place}")));
    open
}

fn walk(shape: &'static Shape, at: &str, known: &HashSet<&str>, found: &mut HashSet<String>, open: &mut Vec<String>) {
    let Kind::Struct { members } = &shape.kind else {
        open.push(format!("undecided: {at}"));
        return;
    };
    for member in *members {
        let place = if at.is_empty() { member.name.to_owned() } else { format!("{at}.{}", member.name) };
        if known.contains(place.as_str()) {
            found.insert(place);
        } else {
            walk(member.shape, &place, known, found, open);
        }
    }
}

#[test]
fn every_setting_acts_or_is_harmless_or_is_refused() {
    assert_eq!(unmatched(UserPoolType::SHAPE, POOL), Vec::<String>::new());
    assert_eq!(unmatched(UserPoolClientType::SHAPE, CLIENT), Vec::<String>::new());
    let reasons =
        POOL.iter().chain(CLIENT).filter_map(|(_, fate)| if let Shown(why) = fate { Some(why) } else { None });
    assert!(reasons.clone().count() > 0 && reasons.into_iter().all(|why| why.len() > 10));
}

/// Holds what is said to be refused against a function that refuses.
fn all_refused<T: contract::FromValue>(shape: &Shape, table: &[(&str, Fate)], judge: fn(&T) -> Result<(), Fault>) {
    for (place, fate) in table {
        let Refused(sample) = fate else { continue };
        let settings: T = from_json(shape, &sample()).unwrap_or_else(|error| panic!("{place}: {error}"));
        let refused = judge(&settings).expect_err(place);
        assert_eq!((refused.kind.name, refused.kind.status), ("NotImplementedException", 501), "{place}");
        let name = place.rsplit('.').next().unwrap_or_default();
        let stem = place.split('.').next().unwrap_or_default();
        assert!(refused.message.contains(name) || refused.message.contains(stem), "{place}: {}", refused.message);
    }
}

#[test]
fn what_would_have_no_effect_is_refused_by_name() {
    all_refused::<UserPoolType>(UserPoolType::SHAPE, POOL, pool);
    all_refused::<UserPoolClientType>(UserPoolClientType::SHAPE, CLIENT, client);
}

#[test]
fn spelling_out_that_a_feature_is_off_is_no_reason_to_refuse() {
    let off = json!({ "MfaConfiguration": "OFF", "LambdaConfig": {}, "UserPoolAddOns": { "AdvancedSecurityMode": "OFF" },
        "Policies": { "PasswordPolicy": { "PasswordHistorySize": 0 }, "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] } },
        "KeyConfiguration": { "KeyType": "AWS_OWNED_KEY" }, "IssuerConfiguration": { "Type": "ORIGINAL" }, "AcrConfiguration": {},
        "DcrConfiguration": { "EnableStatus": "Disabled" } });
    pool(&from_json(UserPoolType::SHAPE, &off).unwrap()).unwrap();
    let off = json!({ "EnablePropagateAdditionalUserContextData": false });
    client(&from_json(UserPoolClientType::SHAPE, &off).unwrap()).unwrap();
}
