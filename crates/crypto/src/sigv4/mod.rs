//! AWS Signature Version 4: who signed this request, and is it what they signed (credentials-and-iam.md 5).
//!
//! [`parse`] finds what was presented, the caller looks up the secret of that access key, [`Presented::verify`] checks.
//! [`sign`] and [`presign`] are the other side, for the gateway, tests and tools.

mod canonical;
pub mod chunk;
mod error;
mod key;
mod moment;
mod parse;
mod sign;
mod verify;

pub use error::{Family, SigError};
pub use key::KeyCache;
pub use parse::{Presented, parse};
pub use sign::{Credentials, Payload, Signing, presign, sign};
pub use verify::{Check, Rules};

/// A request as it came in, before anything was decoded.
#[derive(Debug, Clone, Copy)]
pub struct RequestParts<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The path as sent, still percent-encoded.
    pub path: &'a str,
    /// The query as sent, without the question mark.
    pub query: &'a str,
    /// Every header in order; names in any case. `host` must be among them, also for HTTP/2 (from `:authority`).
    pub headers: &'a [(&'a str, &'a [u8])],
}

impl<'a> RequestParts<'a> {
    /// The values of a header, in order.
    pub(crate) fn header<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// The only algorithm we speak.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The last part of every scope.
const TERMINATOR: &str = "aws4_request";
/// Stands for the hash of a body that is not signed.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
