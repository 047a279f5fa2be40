//! Keys that sign tokens, prepared so that a signature costs the RSA operation and one allocation of ours.

use super::algorithm::RsaAlgorithm;
use super::der;
use super::jwk::Jwk;
use super::verify::VerifyingKey;
use crate::kdf::sha256;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use kernel::Secret;
use std::fmt;

/// Bytes of an RSA-2048 signature: the one size we make and import.
const SIGNATURE: usize = 256;

/// Why there is no key, or no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not an RSA-2048 private key in PKCS#8.
    #[error("not an RSA-2048 private key in PKCS#8")]
    Malformed,
    /// The library failed, which memory or entropy running out can cause.
    #[error("the cryptographic library failed")]
    Failed,
}

/// An RSA key of a pool or of the deployment, with its one algorithm.
pub struct SigningKey {
    pair: KeyPair,
    algorithm: RsaAlgorithm,
    kid: String,
    /// base64url of the header and its dot: the same for every token of this key.
    head: String,
    jwk: Jwk,
}

impl SigningKey {
    /// Makes a key for RS256: 50 to 100 ms. For a background thread, ahead of need, never inside a request.
    /// AWS-LC draws the primes from its own generator: this is the one place that takes no entropy as a value.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn generate() -> Result<Self, KeyError> {
        Self::new(KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Failed)?, RsaAlgorithm::Rs256, None)
    }

    /// Reads a key for RS256 from PKCS#8.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        Self::new(KeyPair::from_pkcs8(der).map_err(|_| KeyError::Malformed)?, RsaAlgorithm::Rs256, None)
    }

    /// Reads a key from PKCS#8 for another algorithm, whose tokens say of which type they are.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn from_pkcs8_for(algorithm: RsaAlgorithm, typ: &str, der: &[u8]) -> Result<Self, KeyError> {
        Self::new(KeyPair::from_pkcs8(der).map_err(|_| KeyError::Malformed)?, algorithm, Some(typ))
    }

    /// The key as PKCS#8, for sealing.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn to_pkcs8(&self) -> Result<Secret<Vec<u8>>, KeyError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| KeyError::Failed)?;
        Ok(Secret::new(der.as_ref().to_vec()))
    }

    /// The key's name in token headers: base64 of the SHA-256 of its public half.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, as published.
    #[must_use]
    pub const fn public_jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The public half, for checking our own tokens.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn verifying_key(&self) -> Result<VerifyingKey, KeyError> {
        VerifyingKey::rsa(self.algorithm, &self.kid, self.jwk.n(), self.jwk.e()).map_err(|_| KeyError::Failed)
    }

    /// A token with this payload. About 0.3 ms: for the signature threads.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn sign(&self, payload: &[u8]) -> Result<String, KeyError> {
        let body = BASE64URL_NOPAD.encode_len(payload.len());
        let mut token = String::with_capacity(self.head.len() + body + 1 + BASE64URL_NOPAD.encode_len(SIGNATURE));
        token.push_str(&self.head);
        BASE64URL_NOPAD.encode_append(payload, &mut token);
        let mut signature = [0u8; SIGNATURE];
        self.pair
            .sign(self.algorithm.signing(), &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| KeyError::Failed)?;
        token.push('.');
        BASE64URL_NOPAD.encode_append(&signature, &mut token);
        Ok(token)
    }

    fn new(pair: KeyPair, algorithm: RsaAlgorithm, typ: Option<&str>) -> Result<Self, KeyError> {
        if pair.public_modulus_len() != SIGNATURE {
            return Err(KeyError::Malformed);
        }
        let public = pair.public_key().as_ref();
        let (n, e) = der::rsa_public_key(public).ok_or(KeyError::Malformed)?;
        let kid = BASE64.encode(&sha256(&[public]));
        let jwk = Jwk::rsa(algorithm.name(), &kid, n, e);
        // Exactly these bytes: observed, and some clients read the header by position.
        let typ = typ.map(|typ| format!(r#""typ":"{typ}","#)).unwrap_or_default();
        let header = format!(r#"{{"kid":"{kid}",{typ}"alg":"{}"}}"#, algorithm.name());
        let mut head = BASE64URL_NOPAD.encode(header.as_bytes());
        head.push('.');
        Ok(Self { pair, algorithm, kid, head, jwk })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}
