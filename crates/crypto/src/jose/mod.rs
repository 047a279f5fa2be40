//! Signed tokens (JWS, RFC 7515): RS256 and nothing else, since every verifier of these tokens pins it (tokens.md 2).
//!
//! Key objects are prepared once; signing and verifying parse no keys. The algorithm belongs to the key: what a token
//! says about itself is compared with it and never followed (ST-16).

mod der;
mod jwk;
mod sign;
mod verify;

pub use jwk::Jwk;
pub use sign::{KeyError, SigningKey};
pub use verify::{JwtError, Unverified, VerifyingKey, verify};
