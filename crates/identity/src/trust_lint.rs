//! Roles that trust more identities than they should (ST-29, CVE-2024-28056). The trust policy is asked the questions that
//! somebody would ask who should not get the role, so whatever words it uses, what counts is what it answers.

use crate::Identity;
use crate::proofs::{AUTHENTICATED, UNAUTHENTICATED};
use iam::{Context, Decision, Kind, Policy, PrincipalIds, Request};
use kernel::{AccountId, IdentityPoolId};
use model::{IdentityPool, MappingKind};
use store::StoreError;
use tokens::PolicyNames;

/// A pool that nobody has.
const SOME_POOL: &str = "us-east-1:00000000-0000-4000-8000-000000000000";
const SOME_IDENTITY: &str = "us-east-1:00000000-0000-4000-8000-000000000001";

/// What is weak about a role's trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Identities of every pool get it, also of pools of others: `aud` is not asked about.
    #[error(
        "identities of any identity pool can have it: its trust policy lacks a condition on cognito-identity.amazonaws.com:aud"
    )]
    AnyPool,
    /// Guests get it although it is the role of people, or people although it is that of guests: `amr` is not asked about.
    #[error("guests can have it: its trust policy lacks a condition on cognito-identity.amazonaws.com:amr")]
    Guests,
}

/// A role that trusts too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeakRole {
    /// Its ARN.
    pub arn: String,
    /// In what.
    pub weakness: Weakness,
}

/// Whether a role's trust policy lets in identities of pools that it was never written for, under any name of their issuer.
#[must_use]
pub fn trusts_any_pool(trust: &Policy, role: &str, known: &PolicyNames) -> bool {
    [AUTHENTICATED, UNAUTHENTICATED].iter().any(|amr| lets_in(trust, role, known, SOME_POOL, amr))
}

fn lets_in(trust: &Policy, role: &str, known: &PolicyNames, pool: &str, amr: &str) -> bool {
    let mut context = Context::new();
    for [aud, sub, signed_in] in &known.keys {
        context.set(aud, pool);
        context.set(sub, SOME_IDENTITY);
        context.set_many(signed_in, vec![amr.to_owned()]);
    }
    context.set("sts:RoleSessionName", "CognitoIdentityCredentials");
    let who = PrincipalIds::federated(known.principals.clone());
    let action = "sts:AssumeRoleWithWebIdentity";
    iam::trust(trust, &Request { action, resource: role, principal: &who, context: &context }) == Decision::Allow
}

fn weaknesses(
    trust: &Policy,
    role: &str,
    known: &PolicyNames,
    pool: &IdentityPoolId,
    for_guests: bool,
) -> Vec<Weakness> {
    let mut found = Vec::new();
    if trusts_any_pool(trust, role, known) {
        found.push(Weakness::AnyPool);
    }
    if !for_guests && lets_in(trust, role, known, pool.as_str(), UNAUTHENTICATED) {
        found.push(Weakness::Guests);
    }
    found
}

impl Identity {
    /// The roles of a pool that trust more identities than they should.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn weak_roles(&self, account: &AccountId, pool: &IdentityPool) -> Result<Vec<WeakRole>, StoreError> {
        let mut weak = Vec::new();
        for (arn, for_guests) in roles(pool) {
            let Some(role) = self.authority.role(account, arn).await? else { continue };
            // One that cannot be read lets nobody in.
            let Ok(trust) = self.policies.get(&role.trust, Kind::Trust) else { continue };
            let found = weaknesses(&trust, arn, self.tokens.policy_names(), &pool.id, for_guests).into_iter();
            weak.extend(found.map(|weakness| WeakRole { arn: arn.to_owned(), weakness }));
        }
        Ok(weak)
    }

    /// Warns in the log about the weak roles of a pool whose roles were just set. Nobody is refused for them.
    pub(crate) async fn warn_of_weak_roles(&self, account: &AccountId, pool: &IdentityPool) {
        match self.weak_roles(account, pool).await {
            Ok(weak) => {
                for WeakRole { arn, weakness } in weak {
                    tracing::warn!(pool.id = %pool.id, role = arn, "a role of an identity pool is weak: {weakness}");
                }
            }
            Err(error) => tracing::debug!(op = "identity.weak_roles", %error, "the roles of a pool were not looked at"),
        }
    }
}

/// Every role that the pool hands out, and whether guests get it.
fn roles(pool: &IdentityPool) -> Vec<(&str, bool)> {
    let mut all: Vec<(&str, bool)> = Vec::new();
    all.extend(pool.roles.authenticated.as_deref().map(|arn| (arn, false)));
    all.extend(pool.roles.unauthenticated.as_deref().map(|arn| (arn, true)));
    for mapping in pool.roles.mappings.values() {
        if let MappingKind::Rules(rules) = &mapping.kind {
            all.extend(rules.iter().map(|rule| (rule.role_arn.as_str(), false)));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokens::identity_token::AWS_NAME;

    const POOL: &str = "eu-west-1:4ab3c1d2-0000-4000-8000-000000000001";
    const ROLE: &str = "arn:aws:iam::123456789012:role/shop";

    fn found(condition: &str, for_guests: bool) -> Vec<Weakness> {
        found_of(AWS_NAME, condition, for_guests)
    }

    fn found_of(federated: &str, condition: &str, for_guests: bool) -> Vec<Weakness> {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Federated":"{federated}"}},
            "Action":"sts:AssumeRoleWithWebIdentity"{condition}}}}}"#
        );
        let trust = Policy::parse(&text, Kind::Trust).unwrap();
        let known = PolicyNames::of(&AccountId::parse("123456789012").unwrap(), "https://id.example");
        weaknesses(&trust, ROLE, &known, &IdentityPoolId::parse(POOL).unwrap(), for_guests)
    }

    #[test]
    fn st_29_a_role_that_trusts_by_the_deployments_own_name_must_ask_just_so() {
        let own = |key: &str, value: &str| format!(r#""StringEquals":{{"id.example:{key}":"{value}"}}"#);
        for federated in ["id.example", "arn:aws:iam::123456789012:oidc-provider/id.example"] {
            assert_eq!(found_of(federated, "", false), [Weakness::AnyPool, Weakness::Guests], "{federated}");
            let aud = format!(r#","Condition":{{{}}}"#, own("aud", POOL));
            assert_eq!(found_of(federated, &aud, false), [Weakness::Guests], "{federated}");
            assert_eq!(found_of(federated, &aud, true), [], "{federated}");
        }
        assert_eq!(found_of("id.elsewhere.example", "", false), [], "another issuer's tokens are none of ours");
    }

    #[test]
    fn st_29_a_role_of_people_must_ask_for_pool_and_sign_in() {
        let aud = format!(r#""StringEquals":{{"{AWS_NAME}:aud":"{POOL}"}}"#);
        let amr = format!(r#""ForAnyValue:StringLike":{{"{AWS_NAME}:amr":"authenticated"}}"#);
        let condition = |all: &str| format!(r#","Condition":{{{all}}}"#);
        assert_eq!(found("", false), [Weakness::AnyPool, Weakness::Guests]);
        assert_eq!(found(&condition(&amr), false), [Weakness::AnyPool]);
        assert_eq!(found(&condition(&aud), false), [Weakness::Guests]);
        assert_eq!(found(&condition(&format!("{aud},{amr}")), false), []);
        assert_eq!(found(&condition(&aud), true), [], "a role of guests is for guests");
        assert_eq!(found("", true), [Weakness::AnyPool]);
    }

    #[test]
    fn st_29_words_that_only_look_like_a_condition_on_the_pool_do_not_count() {
        for loose in [
            format!(r#""StringLike":{{"{AWS_NAME}:aud":"*"}}"#),
            format!(r#""StringNotEquals":{{"{AWS_NAME}:aud":"eu-west-1:other"}}"#),
            format!(r#""ForAllValues:StringEquals":{{"{AWS_NAME}:azp":"{POOL}"}}"#),
        ] {
            let told = found(&format!(r#","Condition":{{{loose}}}"#), false);
            assert!(told.contains(&Weakness::AnyPool), "{loose}");
        }
    }
}
