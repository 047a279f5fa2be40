//! What identity pools are to be in a deployment, and what is put together from it.

use crate::config::{Issuer, Settings, TokenAlgorithm};
use crate::open;
use crate::rooms::issuer_style;
use crypto::jose::RsaAlgorithm;
use edge::SourceRate;
use kernel::AccountId;
use std::time::Duration;
use tokens::{IdentityIssuing, IdentityTokens, Tokens};

/// What identity pools are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentityPlan {
    /// How the issuer of their tokens is spelled.
    pub issuer: Issuer,
    /// How their tokens are signed.
    pub algorithm: TokenAlgorithm,
    /// How many guests one source address may make; None: any number.
    pub guest_rate: Option<SourceRate>,
    /// After what time a guest who did not come back is forgotten; None: guests stay.
    pub guest_age: Option<Duration>,
}

impl IdentityPlan {
    /// As the settings have it.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let days = u64::from(settings.identity_guest_days);
        Self {
            issuer: settings.identity_issuer,
            algorithm: settings.identity_algorithm,
            guest_rate: open::source_rate(settings.identity_guest_rps, settings.identity_guest_burst),
            guest_age: (days > 0).then(|| Duration::from_secs(days * 24 * 3600)),
        }
    }

    /// The engine of their tokens.
    pub(crate) fn tokens(&self, tokens: Tokens, account: AccountId, public_url: &str) -> IdentityTokens {
        let algorithm = match self.algorithm {
            TokenAlgorithm::Rs512 => RsaAlgorithm::Rs512,
            TokenAlgorithm::Rs256 => RsaAlgorithm::Rs256,
        };
        let (style, public_url) = (issuer_style(self.issuer), public_url.to_owned());
        IdentityTokens::new(tokens, IdentityIssuing { account, style, public_url, algorithm })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layers;

    fn planned(text: &str) -> IdentityPlan {
        IdentityPlan::of(&Layers::default().with_text("cognate.toml", text).unwrap().settle().unwrap())
    }

    #[test]
    fn guests_of_one_address_are_bounded_and_stay_unless_configured() {
        let plan = planned("");
        assert_eq!(plan.guest_rate, Some(SourceRate { rps: 2, burst: 100, spares_loopback: false }));
        assert_eq!((plan.guest_age, plan.issuer), (None, Issuer::Public));
        let plan = planned("identity.guest_rps = 0\nidentity.guest_days = 30\nidentity.issuer = \"aws\"");
        assert_eq!((plan.guest_rate, plan.issuer), (None, Issuer::Aws));
        assert_eq!(plan.guest_age, Some(Duration::from_secs(30 * 86_400)));
        assert_eq!(planned("identity.algorithm = \"RS256\"").algorithm, TokenAlgorithm::Rs256);
    }

    #[test]
    fn another_algorithm_is_no_setting() {
        let layers = Layers::default().with_text("cognate.toml", "identity.algorithm = \"none\"").unwrap();
        assert!(layers.settle().unwrap_err().to_string().contains("RS512 or RS256"));
    }
}
