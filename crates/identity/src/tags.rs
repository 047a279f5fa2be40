//! Tags of a pool, and the ARN it is tagged by.

use crate::{Identity, say};
use contract::Fault;
use indexmap::IndexMap;
use kernel::IdentityPoolId;
use model::Caller;
use std::collections::BTreeMap;

/// Tags of one pool (identity-pools.md 2).
const TAGS_MAX: usize = 50;

/// The tags with others put over them.
pub fn put(
    mut tags: BTreeMap<String, String>,
    new: IndexMap<String, String>,
) -> Result<BTreeMap<String, String>, Fault> {
    if let Some(reserved) = new.keys().find(|key| is_reserved(key)) {
        return Err(say::tag_key_reserved(reserved));
    }
    tags.extend(new);
    if tags.len() > TAGS_MAX { Err(say::too_many_tags(TAGS_MAX)) } else { Ok(tags) }
}

/// `aws:` belongs to the service, in any case.
pub fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

/// The pool's id in `arn:PARTITION:cognito-identity:REGION:ACCOUNT:identitypool/ID`.
fn id_in(arn: &str) -> Option<IdentityPoolId> {
    let mut parts = arn.splitn(6, ':');
    let (scheme, service, resource) = (parts.next()?, parts.nth(1)?, parts.nth(2)?);
    let id = resource.strip_prefix("identitypool/").filter(|_| scheme == "arn" && service == "cognito-identity")?;
    IdentityPoolId::parse(id).ok()
}

impl Identity {
    /// The pool that an ARN names. Another account's and another region's do not exist.
    pub(crate) fn tagged(&self, caller: &Caller, arn: &str) -> Result<IdentityPoolId, Fault> {
        let id = id_in(arn).ok_or_else(|| say::arn_invalid(arn))?;
        let ours = id.region() == caller.region.as_str() && id.arn(&caller.account) == arn;
        if ours { Ok(id) } else { Err(say::no_such_pool(id.as_str())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_of_an_identity_pool_names_it() {
        let id = |arn: &str| id_in(arn).map(|id| id.to_string());
        let arn = "arn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu-west-1:0a";
        assert_eq!(id(arn).as_deref(), Some("eu-west-1:0a"));
        for bad in [
            "arn:aws:cognito-idp:eu-west-1:123456789012:identitypool/eu-west-1:0a",
            "arn:aws:cognito-identity:eu-west-1:123456789012:userpool/eu-west-1:0a",
            "arn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu-west-1",
            "urn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu-west-1:0a",
            "arn:aws:cognito-identity::123456789012:thing/of-theirs",
            "",
        ] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }

    #[test]
    fn fifty_tags_fit_and_a_known_key_is_no_further_one() {
        let fifty: BTreeMap<String, String> = (0..50).map(|n| (format!("k{n}"), String::new())).collect();
        let one = |key: &str| IndexMap::from([(key.to_owned(), "v".to_owned())]);
        assert_eq!(put(fifty.clone(), one("k7")).unwrap().get("k7").map(String::as_str), Some("v"));
        assert!(put(fifty, one("K7")).is_err(), "keys differ by case");
        assert!(put(BTreeMap::new(), one("Aws:x")).is_err());
    }
}
