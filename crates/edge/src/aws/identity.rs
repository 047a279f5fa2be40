//! What the door sees of requests about identity pools: where they belong, and what leaves identities behind.

use contract::reach::{member, text};
use contract::{OperationMeta, Service, Value};
use kernel::Region;

/// The region an identity pool was made in, or an identity: their ids begin with it (identity-pools.md 2).
pub(super) fn region(meta: &OperationMeta, input: &Value) -> Option<Region> {
    let named = ["IdentityPoolId", "IdentityId"].iter().find_map(|name| text(meta.input, input, name))?;
    Region::parse(named.split_once(':')?.0).ok()
}

/// Whether the answer leaves an identity behind that is nobody's: GetId without logins makes one each time, and
/// UnlinkIdentity makes one of a person's, whose login is good for a new one then.
pub(super) fn leaves_an_identity(meta: &OperationMeta, input: &Value) -> bool {
    let nobody = || match member(meta.input, input, "Logins") {
        Some((_, Value::Map(logins))) => logins.is_empty(),
        _ => true,
    };
    meta.service == Service::CognitoIdentity && (meta.name == "UnlinkIdentity" || meta.name == "GetId" && nobody())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::cognito_identity::{get_credentials_for_identity, get_id, unlink_identity};
    use serde_json::json;

    fn read(meta: &OperationMeta, request: &serde_json::Value) -> Value {
        contract::json::decode(meta.input, request).unwrap()
    }

    #[test]
    fn an_identity_is_left_by_whoever_brings_no_login_or_takes_one_away() {
        let (pool, meta) = ("eu-west-1:0a", &get_id::META);
        assert!(leaves_an_identity(meta, &read(meta, &json!({ "IdentityPoolId": pool }))));
        assert!(leaves_an_identity(meta, &read(meta, &json!({ "IdentityPoolId": pool, "Logins": {} }))));
        let logins = json!({ "IdentityPoolId": pool, "Logins": { "accounts.google.com": "token" } });
        assert!(!leaves_an_identity(meta, &read(meta, &logins)));
        let other = &get_credentials_for_identity::META;
        assert!(!leaves_an_identity(other, &read(other, &json!({ "IdentityId": pool }))), "one that is there already");
        let meta = &unlink_identity::META;
        let logins = json!({ "accounts.google.com": "token" });
        let unlinked = json!({ "IdentityId": pool, "Logins": logins, "LoginsToRemove": ["accounts.google.com"] });
        assert!(leaves_an_identity(meta, &read(meta, &unlinked)), "whoever comes with that login again is new");
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
