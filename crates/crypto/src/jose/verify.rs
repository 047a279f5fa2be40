//! Checks tokens: ours, and those of other issuers.

use super::algorithm::{Curve, RsaAlgorithm};
use super::seen::{self, Hash};
use aws_lc_rs::signature::{ED25519, ParsedPublicKey, RsaPublicKeyComponents};
use data_encoding::BASE64URL_NOPAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Longest token that is looked at: a hundred groups with names of 128 characters make an access token of 70 KB.
const TOKEN_MAX: usize = 96 * 1024;
/// Sizes of a modulus in bytes: smaller keys can be broken, bigger ones make every check slow.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not three parts of strict base64url with a readable header.
    #[error("not a signed token")]
    Malformed,
    /// Longer than any token we look at.
    #[error("longer than any token may be")]
    TooLong,
    /// The header demands extensions, and we know none (RFC 7515 4.1.11).
    #[error("demands an extension")]
    Critical,
    /// No key of this name, or no name.
    #[error("signed with an unknown key")]
    UnknownKey,
    /// The header's algorithm is not the key's.
    #[error("not signed with the algorithm of its key")]
    WrongAlgorithm,
    /// The signature is not the key's.
    #[error("the signature does not fit")]
    BadSignature,
}

/// Bytes of an Ed25519 key.
const ED25519_KEY: usize = 32;

/// A public key with its name and its one algorithm.
pub struct VerifyingKey {
    kid: String,
    /// What `alg` must say for this key.
    algorithm: &'static str,
    key: ParsedPublicKey,
    /// Of the algorithm and the key: what was found good under it is kept by this.
    hash: Hash,
}

impl VerifyingKey {
    /// An RS256 key from the members of a JWK, each base64url.
    ///
    /// # Errors
    /// [`JwtError::Malformed`] when they are no RSA key of 2048 to 4096 bits.
    pub fn rs256(kid: &str, n: &str, e: &str) -> Result<Self, JwtError> {
        Self::rsa(RsaAlgorithm::Rs256, kid, n, e)
    }

    /// An RSA key for one algorithm.
    ///
    /// # Errors
    /// As [`Self::rs256`].
    pub fn rsa(algorithm: RsaAlgorithm, kid: &str, n: &str, e: &str) -> Result<Self, JwtError> {
        let (n, e) = (decode(n)?, decode(e)?);
        if !MODULUS.contains(&n.len()) || e.len() > 8 {
            return Err(JwtError::Malformed);
        }
        let parts = RsaPublicKeyComponents { n: n.as_slice(), e: e.as_slice() };
        let key = parts.to_parsed_public_key(algorithm.verifying()).map_err(|_| JwtError::Malformed)?;
        Ok(Self::new(kid, algorithm.name(), key, &[&n, &e]))
    }

    /// An ECDSA key from the members of a JWK, each base64url. The curve says which algorithm.
    ///
    /// # Errors
    /// [`JwtError::Malformed`] when they are no point of the curve.
    pub fn ec(curve: Curve, kid: &str, x: &str, y: &str) -> Result<Self, JwtError> {
        let (x, y) = (decode(x)?, decode(y)?);
        if x.len() != curve.coordinate() || y.len() != curve.coordinate() {
            return Err(JwtError::Malformed);
        }
        // The uncompressed form of SEC 1, 2.3.3.
        let point = [[4].as_slice(), &x, &y].concat();
        let key = ParsedPublicKey::new(curve.verifying(), point).map_err(|_| JwtError::Malformed)?;
        Ok(Self::new(kid, curve.algorithm(), key, &[&x, &y]))
    }

    /// An Ed25519 key from the member of a JWK, base64url (RFC 8037).
    ///
    /// # Errors
    /// [`JwtError::Malformed`] when it is none.
    pub fn ed25519(kid: &str, x: &str) -> Result<Self, JwtError> {
        let x = decode(x)?;
        if x.len() != ED25519_KEY {
            return Err(JwtError::Malformed);
        }
        let key = ParsedPublicKey::new(&ED25519, &x).map_err(|_| JwtError::Malformed)?;
        Ok(Self::new(kid, "EdDSA", key, &[&x]))
    }

    fn new(kid: &str, algorithm: &'static str, key: ParsedPublicKey, public: &[&[u8]]) -> Self {
        Self { kid: kid.to_owned(), algorithm, key, hash: seen::key(algorithm, public) }
    }

    /// The key's name.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Whether the signature over `message` is this key's.
    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        seen::accepts(&self.hash, message, signature, || self.key.verify_sig(message, signature).is_ok())
    }

    /// What `alg` must say for this key.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        self.algorithm
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("kid", &self.kid).field("alg", &self.algorithm).finish_non_exhaustive()
    }
}

fn decode(text: &str) -> Result<Vec<u8>, JwtError> {
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| JwtError::Malformed)
}

/// The parts of the header that are looked at. `jku`, `jwk`, `x5u`, `x5c` are not among them: keys come from us.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

/// Whatever the member holds, null included: that it stands there counts.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(from).map(|_| true)
}

/// Members that are looked at may stand there once only: serde refuses the second.
fn read_header(text: &[u8]) -> Option<Header> {
    // serde would also fill a struct from an array.
    text.starts_with(b"{").then(|| serde_json::from_slice(text).ok()).flatten()
}

/// A token that was taken apart and not yet believed.
pub struct Unverified<'t> {
    header: Header,
    signed: &'t str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Unverified<'t> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// [`JwtError::TooLong`], [`JwtError::Malformed`], [`JwtError::Critical`].
    pub fn parse(token: &'t str) -> Result<Self, JwtError> {
        if token.len() > TOKEN_MAX {
            return Err(JwtError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtError::Malformed)?;
        // A further dot is no base64url, so five-part tokens end here too.
        let header = read_header(&decode(header)?).ok_or(JwtError::Malformed)?;
        if header.crit {
            return Err(JwtError::Critical);
        }
        Ok(Self { header, signed, payload: decode(payload)?, signature: decode(signature)? })
    }

    /// The name of the key that the token claims to be signed with. A text of a stranger's choice.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The claims as written, to find out whose keys to ask. Nothing in them is true yet.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Checks the signature and gives the payload. About 20 µs for an RSA key, 1 for a token that came before.
    ///
    /// # Errors
    /// [`JwtError::WrongAlgorithm`], [`JwtError::UnknownKey`] (another key's name), [`JwtError::BadSignature`].
    pub fn verify(self, key: &VerifyingKey) -> Result<Vec<u8>, JwtError> {
        if self.header.alg != key.algorithm() {
            return Err(JwtError::WrongAlgorithm);
        }
        if self.kid() != Some(key.kid()) {
            return Err(JwtError::UnknownKey);
        }
        if key.accepts(self.signed.as_bytes(), &self.signature) {
            Ok(self.payload)
        } else {
            Err(JwtError::BadSignature)
        }
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("kid", &self.header.kid).finish_non_exhaustive()
    }
}

/// Takes a token apart, finds its key by name and gives the payload if the signature fits.
///
/// # Errors
/// [`JwtError`].
pub fn verify<'k>(token: &str, find: impl FnOnce(&str) -> Option<&'k VerifyingKey>) -> Result<Vec<u8>, JwtError> {
    let token = Unverified::parse(token)?;
    let key = token.kid().and_then(find).ok_or(JwtError::UnknownKey)?;
    token.verify(key)
}
