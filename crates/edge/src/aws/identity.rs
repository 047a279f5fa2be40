//! What the door sees of requests about identity pools: where they belong, and who comes as a guest.

use contract::reach::{member, text};
use contract::{OperationMeta, Service, Value};
use kernel::Region;

/// The region an identity pool was made in, or an identity: their ids begin with it (identity-pools.md 2).
pub(super) fn region(meta: &OperationMeta, input: &Value) -> Option<Region> {
    let named = ["IdentityPoolId", "IdentityId"].iter().find_map(|name| text(meta.input, input, name))?;
    Region::parse(named.split_once(':')?.0).ok()
}

/// Whether the answer would be a new identity that belongs to nobody: GetId without logins makes one each time.
pub(super) fn makes_a_guest(meta: &OperationMeta, input: &Value) -> bool {
    let nobody = || match member(meta.input, input, "Logins") {
        Some((_, Value::Map(logins))) => logins.is_empty(),
        _ => true,
    };
    meta.service == Service::CognitoIdentity && meta.name == "GetId" && nobody()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::cognito_identity::{get_credentials_for_identity, get_id};
    use serde_json::json;

    fn read(meta: &OperationMeta, request: &serde_json::Value) -> Value {
        contract::json::decode(meta.input, request).unwrap()
    }

    #[test]
    fn a_guest_is_whoever_brings_no_login() {
        let (pool, meta) = ("eu-west-1:0a", &get_id::META);
        assert!(makes_a_guest(meta, &read(meta, &json!({ "IdentityPoolId": pool }))));
        assert!(makes_a_guest(meta, &read(meta, &json!({ "IdentityPoolId": pool, "Logins": {} }))));
        let logins = json!({ "IdentityPoolId": pool, "Logins": { "accounts.google.com": "token" } });
        assert!(!makes_a_guest(meta, &read(meta, &logins)));
        let other = &get_credentials_for_identity::META;
        assert!(!makes_a_guest(other, &read(other, &json!({ "IdentityId": pool }))), "one that is there already");
    }

    #[test]
    fn the_id_says_the_region() {
        let of = |id: &str| {
            let meta = &get_credentials_for_identity::META;
            region(meta, &read(meta, &json!({ "IdentityId": id }))).map(|region| region.to_string())
        };
        assert_eq!(of("us-east-1:0a").as_deref(), Some("us-east-1"));
        assert_eq!(of("nowhere"), None);
        assert_eq!(of("a b:0a"), None);
    }
}
