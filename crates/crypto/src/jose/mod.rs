//! Signed tokens (JWS, RFC 7515). User pools sign with RS256 and nothing else, since every verifier of their tokens pins it
//! (tokens.md 2); identity pools with RS512 (identity-pools.md 7). Other issuers may also sign with ECDSA or Ed25519.
//!
//! Key objects are prepared once; signing and verifying parse no keys. The algorithm belongs to the key: what a token
//! says about itself is compared with it and never followed (ST-16).

mod algorithm;
mod der;
mod jwk;
mod seen;
mod sign;
mod verify;

pub use algorithm::{Curve, RsaAlgorithm};
pub use jwk::Jwk;
pub use sign::{KeyError, SigningKey};
pub use verify::{JwtError, Unverified, VerifyingKey, verify};
