//! A public key as clients fetch it. There is no member for anything private, so none can be published by mistake.

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;

/// One entry of `jwks.json`: members and their order as in tokens.md 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    alg: &'static str,
    e: String,
    kid: String,
    kty: &'static str,
    n: String,
    #[serde(rename = "use")]
    usage: &'static str,
}

impl Jwk {
    pub(super) fn rsa(alg: &'static str, kid: &str, n: &[u8], e: &[u8]) -> Self {
        Self {
            alg,
            e: BASE64URL_NOPAD.encode(e),
            kid: kid.to_owned(),
            kty: "RSA",
            n: BASE64URL_NOPAD.encode(n),
            usage: "sig",
        }
    }

    /// The modulus, base64url.
    #[must_use]
    pub fn n(&self) -> &str {
        &self.n
    }

    /// The exponent, base64url.
    #[must_use]
    pub fn e(&self) -> &str {
        &self.e
    }
}
