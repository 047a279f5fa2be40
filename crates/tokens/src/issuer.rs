//! The issuer of a pool's tokens (oauth-oidc.md 1.3). No trailing slash, no query; byte-identical wherever it appears.

use kernel::UserPoolId;

/// How issuers are spelled in this deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerStyle {
    /// `{public_url}/{poolId}`.
    Public,
    /// `https://cognito-idp.{region}.amazonaws.com/{poolId}`, for libraries that derive it from the pool id.
    Aws,
}

/// Spells issuers.
#[derive(Debug, Clone)]
pub struct Issuer {
    style: IssuerStyle,
    public_url: String,
}

impl Issuer {
    /// Issuers under `public_url`, or in AWS's own form.
    #[must_use]
    pub fn new(style: IssuerStyle, public_url: &str) -> Self {
        Self { style, public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// The issuer of a pool.
    #[must_use]
    pub fn of(&self, pool: &UserPoolId) -> String {
        match self.style {
            IssuerStyle::Public => self.public(pool),
            IssuerStyle::Aws => format!("https://cognito-idp.{}.amazonaws.com/{pool}", pool.region()),
        }
    }

    /// The public issuer of a pool, whichever style its tokens have now.
    #[must_use]
    pub fn public(&self, pool: &UserPoolId) -> String {
        format!("{}/{pool}", self.public_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_have_no_trailing_slash_in_either_style() {
        let pool = UserPoolId::parse("eu-west-1_Ab1").unwrap();
        assert_eq!(
            Issuer::new(IssuerStyle::Public, "https://id.example.com/").of(&pool),
            "https://id.example.com/eu-west-1_Ab1"
        );
        assert_eq!(
            Issuer::new(IssuerStyle::Aws, "https://id.example.com").of(&pool),
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1"
        );
    }
}
