//! The client's side, for tests, benches and tools. The server never needs it.

use super::group::Element;
use super::key::{Claim, SessionKey};
use super::number::{from_hex, hex};
use super::server::scramble;
use super::verifier::private_key;
use super::{Identity, SrpError, multiplier};
use kernel::{Entropy, EntropyExt, Secret};
use std::fmt;

/// A sign-in in progress.
pub struct Client {
    a: Secret<Vec<u8>>,
    public: Element,
}

/// What `PASSWORD_VERIFIER` brings: `SALT` and `SRP_B`, hexadecimal.
#[derive(Debug, Clone, Copy)]
pub struct Challenge<'a> {
    /// `SALT`.
    pub salt: &'a str,
    /// `SRP_B`.
    pub srp_b: &'a str,
}

impl Client {
    /// Starts a sign-in with a random secret.
    #[must_use]
    pub fn start(entropy: &dyn Entropy) -> Self {
        Self::with_secret(&entropy.bytes::<32>())
    }

    /// Starts a sign-in with a given secret of at most 128 bytes.
    #[must_use]
    pub fn with_secret(a: &[u8]) -> Self {
        let a: Vec<u8> = a.iter().copied().take(128).collect();
        let public = Element::ONE.plus(Element::ONE).power(&a);
        Self { a: Secret::new(a), public }
    }

    /// `SRP_A`.
    #[must_use]
    pub fn srp_a(&self) -> String {
        hex(&self.public.to_bytes())
    }

    /// The key for a challenge: `S = (B - k g^x)^(a + u x)`.
    ///
    /// # Errors
    /// [`SrpError`] when the challenge holds no numbers.
    pub fn key(
        &self,
        identity: Identity<'_>,
        password: &str,
        challenge: Challenge<'_>,
    ) -> Result<SessionKey, SrpError> {
        let (u, shared) = self.agree(identity, password, challenge)?;
        Ok(SessionKey::agree(&u, &shared))
    }

    /// `PASSWORD_CLAIM_SIGNATURE` for a challenge.
    ///
    /// # Errors
    /// [`SrpError`] when the challenge holds no numbers.
    pub fn answer(
        &self,
        identity: Identity<'_>,
        password: &str,
        challenge: Challenge<'_>,
        claim: Claim<'_>,
    ) -> Result<String, SrpError> {
        Ok(self.key(identity, password, challenge)?.claim_signature(identity, claim))
    }

    pub(super) fn agree(
        &self,
        identity: Identity<'_>,
        password: &str,
        challenge: Challenge<'_>,
    ) -> Result<([u8; 32], Secret<Element>), SrpError> {
        let b = Element::from_public_bytes(&from_hex(challenge.srp_b)?).ok_or(SrpError::Number)?;
        let u = scramble(&self.public, &b);
        let x = private_key(identity, password, &from_hex(challenge.salt)?);
        let base = b.minus(multiplier().times(Element::generator_power(x.reveal())));
        // base^(a + u x) = base^a * (base^u)^x
        let shared = base.power(self.a.reveal()).times(base.power(&u).power(x.reveal()));
        Ok((u, Secret::new(shared)))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(***)")
    }
}
