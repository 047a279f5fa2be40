//! The logins of a call: all of them are believed, or the call is over (identity-pools.md 4). Providers may have to be
//! asked, so this happens before any transaction.

use crate::{Identity, say};
use contract::Fault;
use federation::{OWN_KEY, VerifiedLogin};
use indexmap::IndexMap;
use kernel::{IdentityId, Secret};
use model::{IdentityPool, Login, ProvenLogin};
use std::borrow::Cow;
use tokens::IdentityClaims;

/// `Logins` as they are sent. Clients send an empty map where they have none.
pub type Sent = IndexMap<String, Secret<String>>;

/// How a signed-in identity is told apart in `amr` from a guest.
pub const AUTHENTICATED: &str = "authenticated";
/// What a guest's `amr` says.
pub const UNAUTHENTICATED: &str = "unauthenticated";

/// What the logins of a call prove.
#[derive(Debug, Default)]
pub struct Proofs {
    /// Logins that are believed.
    pub verified: Vec<VerifiedLogin>,
    /// The developer's word for a user of theirs: provider and identifier.
    pub developer: Option<Login>,
}

impl Proofs {
    /// The logins as identities keep them.
    pub fn logins(&self) -> Vec<Login> {
        self.verified.iter().map(|verified| verified.login.clone()).chain(self.developer.clone()).collect()
    }

    /// The logins as roles and tags are found by.
    pub fn proven(&self) -> Vec<ProvenLogin<'_>> {
        fn of(verified: &VerifiedLogin) -> ProvenLogin<'_> {
            ProvenLogin {
                provider: Cow::Borrowed(&verified.login.provider),
                mapping_keys: Cow::Borrowed(&verified.mapping_keys),
                claims: Cow::Borrowed(&verified.claims),
                names_roles: verified.names_roles,
            }
        }
        self.verified.iter().map(of).collect()
    }

    /// What they add up to in `amr` (identity-pools.md 7).
    pub fn amr(&self, pool: &IdentityPool) -> Vec<String> {
        if self.verified.is_empty() && self.developer.is_none() {
            return vec![UNAUTHENTICATED.to_owned()];
        }
        let mut amr = vec![AUTHENTICATED.to_owned()];
        for way in self.verified.iter().flat_map(|verified| &verified.amr) {
            // A provider may be presented under two of its names.
            if !amr.contains(way) {
                amr.push(way.clone());
            }
        }
        if let Some(Login { provider, subject, .. }) = &self.developer {
            amr.extend([provider.clone(), format!("{provider}:{}:{subject}", pool.id)]);
        }
        amr
    }
}

impl Identity {
    /// Believes all logins of a public call, or says about the first that fails why not.
    pub(crate) async fn proofs(&self, pool: &IdentityPool, sent: Option<&Sent>) -> Result<Proofs, Fault> {
        let sent: Vec<(&str, &Secret<String>)> =
            sent.into_iter().flatten().map(|(key, token)| (key.as_str(), token)).collect();
        if sent.is_empty() {
            return Ok(Proofs::default());
        }
        let verified = self.federation.verify_logins(pool, &sent).await.map_err(say::login_refused)?;
        Ok(Proofs { verified, developer: None })
    }

    /// The token of ours among the logins, when there is one. It speaks for an identity and not for somebody at a
    /// provider, so nothing is resolved by it and nothing may stand beside it.
    pub(crate) async fn own_token(
        &self,
        pool: &IdentityPool,
        identity: &IdentityId,
        sent: Option<&Sent>,
    ) -> Result<Option<IdentityClaims>, Fault> {
        let Some((token, sent)) = sent.and_then(|sent| Some((sent.get(OWN_KEY)?, sent))) else { return Ok(None) };
        if sent.len() > 1 {
            return Err(say::own_token_stands_alone());
        }
        let opened = self.federation.verify_identity_token(pool, token).await.map_err(say::login_refused)?;
        if opened.identity != *identity {
            return Err(say::own_token_elsewhere("the token was made for another identity"));
        }
        // A guest's token would make a person of a guest.
        if !opened.amr.iter().any(|way| way == AUTHENTICATED) {
            return Err(say::own_token_elsewhere("the token was made for a guest"));
        }
        Ok(Some(opened))
    }
}
