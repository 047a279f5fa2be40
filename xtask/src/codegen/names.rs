//! The contract's spellings turned into Rust's.

/// Splits at changes of case and at anything that is no letter or digit: `SMSMfaURLs` → `SMS`, `Mfa`, `URLs`.
fn words(text: &str) -> Vec<String> {
    // One word to everybody who speaks it, though its capitals say otherwise.
    let text = text.replace("OAuth", "Oauth");
    let chars: Vec<char> = text.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = at.checked_sub(1).and_then(|i| chars.get(i));
        if c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_numeric() || starts_word(&chars, at)) {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    words.retain(|w| !w.is_empty());
    words
}

/// The last capital of a run starts a word (`SMSMfa`), unless only a plural `s` follows it (`ARNs`).
fn starts_word(chars: &[char], at: usize) -> bool {
    let lower = |i: usize| chars.get(i).is_some_and(|c| c.is_lowercase());
    let plural = chars.get(at + 1) == Some(&'s') && !lower(at + 2);
    lower(at + 1) && !plural
}

/// `UserPoolId` → `user_pool_id`, safe as a Rust name.
pub(crate) fn snake(text: &str) -> String {
    let name = words(text).iter().map(|w| w.to_lowercase()).collect::<Vec<_>>().join("_");
    const KEYWORDS: [&str; 12] =
        ["type", "use", "match", "ref", "move", "static", "in", "for", "where", "enum", "mod", "default_"];
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// `UserPoolId` → `USER_POOL_ID`.
pub(crate) fn shout(text: &str) -> String {
    words(text).iter().map(|w| w.to_uppercase()).collect::<Vec<_>>().join("_")
}

/// A value of an enum as a variant: `ALLOW_USER_AUTH` → `AllowUserAuth`.
pub(crate) fn variant(text: &str) -> String {
    let name: String = words(text).iter().map(|w| capital(&w.to_lowercase())).collect();
    if name.starts_with(|c: char| c.is_numeric()) { format!("V{name}") } else { name }
}

/// A shape's name as a type: only the first letter is touched.
pub(crate) fn type_name(text: &str) -> String {
    capital(text)
}

/// The service's way to write a member in its messages: only the first letter is touched.
pub(crate) fn lower_camel(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_become_field_names_a_reader_would_guess() {
        let pairs = [
            ("UserPoolId", "user_pool_id"),
            ("MFAOptions", "mfa_options"),
            ("CallbackURLs", "callback_urls"),
            ("DefaultRedirectURI", "default_redirect_uri"),
            ("AllowedOAuthFlowsUserPoolClient", "allowed_oauth_flows_user_pool_client"),
            ("SAMLMetadataDocument", "saml_metadata_document"),
            ("OpenIDConnectProviderArn", "open_id_connect_provider_arn"),
            ("SupportedIdentityProviders", "supported_identity_providers"),
            ("S3Configuration", "s3_configuration"),
            ("OpenIdConnectProviderARNs", "open_id_connect_provider_arns"),
            ("Type", "r#type"),
            ("accountId", "account_id"),
        ];
        for (name, field) in pairs {
            assert_eq!(snake(name), field);
        }
    }

    #[test]
    fn enum_values_become_variants() {
        assert_eq!(variant("ALLOW_USER_SRP_AUTH"), "AllowUserSrpAuth");
        assert_eq!(variant("phone_number"), "PhoneNumber");
        assert_eq!(variant("aws-managed"), "AwsManaged");
        assert_eq!(variant("UserMigration"), "UserMigration");
        assert_eq!(variant("2024"), "V2024");
    }

    #[test]
    fn messages_lower_only_the_first_letter() {
        assert_eq!(lower_camel("SAMLMetadataDocument"), "sAMLMetadataDocument");
        assert_eq!(lower_camel("UserPoolId"), "userPoolId");
    }
}
