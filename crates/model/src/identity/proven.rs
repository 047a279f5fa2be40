//! A login that was proved, with what its token says.

use std::borrow::Cow;

/// A token's claims.
pub type Claims = serde_json::Map<String, serde_json::Value>;

/// A login that was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenLogin<'t> {
    /// The provider's canonical key.
    pub provider: Cow<'t, str>,
    /// The keys of role mappings that it answers to, in whichever of their spellings: `provider:client` for a user pool,
    /// the provider's ARN for OIDC and SAML, else the provider's key.
    pub mapping_keys: Cow<'t, [String]>,
    /// What its token says.
    pub claims: Cow<'t, Claims>,
    /// Whether that may be which roles they have. Only a user pool of ours has a say in it: `iam:PassRole` was asked about
    /// the roles of its groups, and of a stranger's token about none.
    pub names_roles: bool,
}
