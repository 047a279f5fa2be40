//! Roles of a pool between the wire and rows.

use crate::refused::Refused;
use crate::say;
use contract::Fault;
use contract::cognito_identity::types::{
    AmbiguousRoleResolutionType, MappingRule, MappingRuleMatchType, RoleMapping as Mapped, RoleMappingType,
    RulesConfigurationType,
};
use indexmap::IndexMap;
use model::{Aliases, Ambiguous, IdentityPool, MappingKind, MatchType, PoolRoles, RoleMapping, Rule};
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;

/// Rules of one mapping (identity-pools.md 2); the contract would take 400.
const RULES_MAX: usize = 25;
/// The role of whoever has signed in.
const AUTHENTICATED: &str = "authenticated";
/// The role of guests.
const UNAUTHENTICATED: &str = "unauthenticated";

/// `Roles` and `RoleMappings` as answers carry them.
pub type Shown = (Option<IndexMap<String, String>>, Option<IndexMap<String, Mapped>>);

/// The roles of a request for this pool.
pub fn read(
    mut roles: IndexMap<String, String>,
    mappings: Option<IndexMap<String, Mapped>>,
    pool: &IdentityPool,
    aliases: &Aliases,
) -> Result<PoolRoles, Fault> {
    roles.values().try_for_each(|arn| role_arn(arn))?;
    let (authenticated, unauthenticated) = (roles.swap_remove(AUTHENTICATED), roles.swap_remove(UNAUTHENTICATED));
    let (mut seen, mut read) = (BTreeSet::new(), BTreeMap::new());
    for (key, mapping) in mappings.unwrap_or_default() {
        if !pool.takes_mapping(&key, aliases) {
            return Err(say::not_a_mapping_key(&key));
        }
        // One client of a user pool under two of its names is one all the same.
        if !seen.insert(aliases.canonical_mapping(&key)) {
            return Err(say::given_twice(&key));
        }
        let mapping = read_mapping(&key, mapping)?;
        // The claims that name roles are a user pool's or an assertion's. Of any other provider they would be a stranger's
        // word about which role somebody gets, and iam:PassRole was asked about none of those.
        let of_people = key.rsplit_once(':').is_some_and(|(provider, _)| aliases.user_pool(provider).is_some());
        if mapping.kind == MappingKind::Token && !of_people && !pool.providers.saml.contains(&key) {
            return Err(say::token_mapping_elsewhere(&key));
        }
        read.insert(key, mapping);
    }
    Ok(PoolRoles { authenticated, unauthenticated, mappings: read })
}

/// Refuses roles by token of user pools that are not here. Their groups are somebody else's, and so are the roles of them.
pub async fn told_by_pools_of_ours(tx: &mut Tx, pool: &IdentityPool, aliases: &Aliases) -> Result<(), Refused> {
    let by_token = pool.roles.mappings.iter().filter(|(_, mapping)| mapping.kind == MappingKind::Token);
    for (key, _) in by_token {
        let named = key.rsplit_once(':').and_then(|(provider, _)| aliases.user_pool(provider));
        if let Some(id) = named
            && tx.pools().get(&id).await?.is_none_or(|found| found.account != pool.account)
        {
            return Err(say::token_mapping_elsewhere(key).into());
        }
    }
    Ok(())
}

fn read_mapping(key: &str, given: Mapped) -> Result<RoleMapping, Fault> {
    let ambiguous = match given.ambiguous_role_resolution {
        Some(AmbiguousRoleResolutionType::AuthenticatedRole) => Ambiguous::AuthenticatedRole,
        Some(AmbiguousRoleResolutionType::Deny) => Ambiguous::Deny,
        None => return Err(say::ambiguity_unsaid(key)),
    };
    let kind = match (given.r#type, given.rules_configuration) {
        (RoleMappingType::Token, None) => MappingKind::Token,
        (RoleMappingType::Token, Some(_)) => return Err(say::rules_unread(key)),
        (RoleMappingType::Rules, None) => return Err(say::rules_missing(key)),
        (RoleMappingType::Rules, Some(rules)) if rules.rules.len() > RULES_MAX => {
            return Err(say::too_many_rules(key, RULES_MAX));
        }
        (RoleMappingType::Rules, Some(rules)) => {
            MappingKind::Rules(rules.rules.into_iter().map(read_rule).collect::<Result<_, _>>()?)
        }
    };
    Ok(RoleMapping { kind, ambiguous })
}

fn read_rule(given: MappingRule) -> Result<Rule, Fault> {
    role_arn(&given.role_arn)?;
    let match_type = match given.match_type {
        MappingRuleMatchType::Equals => MatchType::Equals,
        MappingRuleMatchType::Contains => MatchType::Contains,
        MappingRuleMatchType::StartsWith => MatchType::StartsWith,
        MappingRuleMatchType::NotEqual => MatchType::NotEqual,
    };
    Ok(Rule { claim: given.claim, match_type, value: given.value, role_arn: given.role_arn })
}

/// Whether a role could have this ARN. Whether one has is asked when somebody is to get it: roles come and go.
fn role_arn(arn: &str) -> Result<(), Fault> {
    let rest = ["arn:aws:iam::", "arn:aws-cn:iam::", "arn:aws-us-gov:iam::"].iter().find_map(|p| arn.strip_prefix(*p));
    let fits = rest.and_then(|rest| rest.split_once(":role/")).is_some_and(|(account, name)| {
        account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) && is_role_path(name)
    });
    if fits { Ok(()) } else { Err(say::role_arn_invalid(arn)) }
}

fn is_role_path(name: &str) -> bool {
    !name.is_empty() && !name.ends_with('/') && name.bytes().all(|b| b.is_ascii_graphic())
}

/// The roles of an answer. What is not set is left out.
#[must_use]
pub fn shown(roles: PoolRoles) -> Shown {
    let pairs = [(AUTHENTICATED, roles.authenticated), (UNAUTHENTICATED, roles.unauthenticated)];
    let set: IndexMap<_, _> = pairs.into_iter().filter_map(|(kind, arn)| Some((kind.to_owned(), arn?))).collect();
    let mappings: IndexMap<_, _> = roles.mappings.into_iter().map(|(key, one)| (key, shown_mapping(one))).collect();
    ((!set.is_empty()).then_some(set), (!mappings.is_empty()).then_some(mappings))
}

fn shown_mapping(mapping: RoleMapping) -> Mapped {
    let ambiguous = match mapping.ambiguous {
        Ambiguous::AuthenticatedRole => AmbiguousRoleResolutionType::AuthenticatedRole,
        Ambiguous::Deny => AmbiguousRoleResolutionType::Deny,
    };
    let (kind, rules) = match mapping.kind {
        MappingKind::Token => (RoleMappingType::Token, None),
        MappingKind::Rules(rules) => (RoleMappingType::Rules, Some(rules)),
    };
    let rules = rules.map(|rules| RulesConfigurationType { rules: rules.into_iter().map(shown_rule).collect() });
    Mapped { r#type: kind, ambiguous_role_resolution: Some(ambiguous), rules_configuration: rules }
}

fn shown_rule(rule: Rule) -> MappingRule {
    let match_type = match rule.match_type {
        MatchType::Equals => MappingRuleMatchType::Equals,
        MatchType::Contains => MappingRuleMatchType::Contains,
        MatchType::StartsWith => MappingRuleMatchType::StartsWith,
        MatchType::NotEqual => MappingRuleMatchType::NotEqual,
    };
    MappingRule { claim: rule.claim, match_type, value: rule.value, role_arn: rule.role_arn }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_by_the_arn_of_one() {
        for good in [
            "arn:aws:iam::123456789012:role/r",
            "arn:aws:iam::123456789012:role/a/b/r",
            "arn:aws-cn:iam::123456789012:role/r",
        ] {
            assert!(role_arn(good).is_ok(), "{good}");
        }
        for bad in [
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/a/",
            "arn:aws:iam::123456789012:user/r",
            "arn:aws:iam::12345678901x:role/r",
            "arn:aws:iam::1234567890123:role/r",
            "arn:aws:iam::123456789012:role/a b",
            "arn:aws:iam::123456789012:role/\0",
            "arn:aws:sts::123456789012:role/r",
            "role/r",
        ] {
            assert!(role_arn(bad).is_err(), "{bad:?}");
        }
    }
}
