//! Feature tiers (user-pools.md 6.4). By default they are names only; a deployment may enforce them as Cognito does.

use contract::Fault;
use contract::cognito_idp::fault;
use contract::cognito_idp::types::{
    AdvancedSecurityModeType, AuthFactorType, StatusType, UserPoolTierType, UserPoolType,
};

/// What pool tiers mean in this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tiers {
    /// Every feature in every tier.
    #[default]
    Open,
    /// A feature above a pool's tier is refused.
    Enforced,
}

impl Tiers {
    /// Refuses settings that need a higher tier than the pool has.
    ///
    /// # Errors
    /// FeatureUnavailableInTierException, naming the feature.
    pub fn check(self, settings: &UserPoolType) -> Result<(), Fault> {
        if self == Self::Open {
            return Ok(());
        }
        let tier = settings.user_pool_tier.unwrap_or(UserPoolTierType::Essentials);
        if tier == UserPoolTierType::Lite
            && let Some(feature) = above_lite(settings)
        {
            return Err(refusal(feature, "Essentials or Plus feature plan"));
        }
        let add_ons = settings.user_pool_add_ons.as_ref();
        let protected = add_ons.is_some_and(|a| a.advanced_security_mode != AdvancedSecurityModeType::Off);
        if protected && tier != UserPoolTierType::Plus {
            return Err(refusal("Threat protection", "Plus feature plan"));
        }
        Ok(())
    }

    /// Refuses the parts of SetUserPoolMfaConfig that need a higher tier than the pool has.
    ///
    /// # Errors
    /// FeatureUnavailableInTierException, naming the feature.
    pub fn check_mfa(self, settings: &UserPoolType, mail: bool, passkeys: bool) -> Result<(), Fault> {
        if self == Self::Open || settings.user_pool_tier != Some(UserPoolTierType::Lite) {
            return Ok(());
        }
        match (mail, passkeys) {
            (true, _) => Err(refusal("E-mail MFA", "Essentials or Plus feature plan")),
            (_, true) => Err(refusal("Passkey sign-in", "Essentials or Plus feature plan")),
            _ => Ok(()),
        }
    }
}

fn refusal(feature: &str, plan: &str) -> Fault {
    fault::feature_unavailable_in_tier(format!("{feature} requires the {plan}."))
}

/// The first feature that LITE pools do not have.
fn above_lite(settings: &UserPoolType) -> Option<&'static str> {
    let policies = settings.policies.as_ref();
    let history = policies.and_then(|p| p.password_policy.as_ref()).and_then(|p| p.password_history_size);
    let factors = policies.and_then(|p| p.sign_in_policy.as_ref()).and_then(|p| p.allowed_first_auth_factors.as_ref());
    if history.is_some_and(|size| size > 0) {
        Some("Password history")
    } else if factors.is_some_and(|list| list.iter().any(|factor| *factor != AuthFactorType::Password)) {
        Some("Passwordless sign-in")
    } else if settings.acr_configuration.as_ref().is_some_and(|levels| !levels.is_empty()) {
        Some("Authentication context levels")
    } else if settings.dcr_configuration.as_ref().is_some_and(|dcr| dcr.enable_status != Some(StatusType::Disabled)) {
        Some("Dynamic client registration")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::cognito_idp::types::{PasswordPolicyType, UserPoolPolicyType};

    fn with_history(tier: UserPoolTierType) -> UserPoolType {
        UserPoolType {
            user_pool_tier: Some(tier),
            policies: Some(UserPoolPolicyType {
                password_policy: Some(PasswordPolicyType {
                    password_history_size: Some(3),
                    ..PasswordPolicyType::default()
                }),
                ..UserPoolPolicyType::default()
            }),
            ..UserPoolType::default()
        }
    }

    #[test]
    fn enforced_tiers_refuse_what_lite_does_not_have_and_open_ones_nothing() {
        let refused = Tiers::Enforced.check(&with_history(UserPoolTierType::Lite)).unwrap_err();
        assert_eq!(refused.kind.name, "FeatureUnavailableInTierException");
        assert_eq!(refused.message, "Password history requires the Essentials or Plus feature plan.");
        assert!(Tiers::Enforced.check(&with_history(UserPoolTierType::Essentials)).is_ok());
        assert!(Tiers::Open.check(&with_history(UserPoolTierType::Lite)).is_ok());
    }
}
