//! Bodies that are signed piece by piece (`STREAMING-AWS4-HMAC-SHA256-PAYLOAD`): each signature covers the one before.

use super::key::Scope;
use super::sign::{Credentials, Signing};
use super::verify::Rules;
use super::{KeyCache, Presented};
use crate::kdf::sha256;
use aws_lc_rs::hmac::Key;
use data_encoding::HEXLOWER;
use kernel::Secret;
use std::fmt;
use std::sync::Arc;

/// The chain of signatures over the pieces of one body.
pub struct Chain {
    key: Arc<Key>,
    timestamp: String,
    scope: Scope,
    previous: String,
}

impl Chain {
    /// Starts behind the verified signature of the request's head.
    #[must_use]
    pub fn behind(head: &Presented, secret: &Secret<String>, keys: &KeyCache) -> Self {
        let key = keys.key(secret, &head.scope);
        let previous = HEXLOWER.encode(&head.signature);
        Self { key, timestamp: head.timestamp.clone(), scope: head.scope.clone(), previous }
    }

    /// Starts behind a signature that was just made, for signing.
    #[must_use]
    pub fn signing(who: &Credentials, signing: &Signing<'_>, head_signature: &str) -> Self {
        let scope = signing.scope();
        let key = Arc::new(scope.signing_key(&who.secret));
        Self { key, timestamp: signing.timestamp(), scope, previous: head_signature.to_owned() }
    }

    /// The signature of the next piece; the last piece is empty.
    pub fn chunk(&mut self, data: &[u8]) -> &str {
        let (nothing, hash) = (HEXLOWER.encode(&sha256(&[])), HEXLOWER.encode(&sha256(&[data])));
        self.advance("AWS4-HMAC-SHA256-PAYLOAD", &format!("{nothing}\n{hash}"))
    }

    /// The signature of the trailer: its lines, each ending in a line feed.
    pub fn trailer(&mut self, lines: &[u8]) -> &str {
        self.advance("AWS4-HMAC-SHA256-TRAILER", &HEXLOWER.encode(&sha256(&[lines])))
    }

    /// As [`Chain::chunk`], for checking; in constant time.
    #[must_use]
    pub fn accepts_chunk(&mut self, data: &[u8], signature: &str) -> bool {
        crate::constant_time_eq(self.chunk(data).as_bytes(), signature.as_bytes())
    }

    /// As [`Chain::trailer`], for checking; in constant time.
    #[must_use]
    pub fn accepts_trailer(&mut self, lines: &[u8], signature: &str) -> bool {
        crate::constant_time_eq(self.trailer(lines).as_bytes(), signature.as_bytes())
    }

    fn advance(&mut self, algorithm: &str, hashes: &str) -> &str {
        let text = format!("{algorithm}\n{}\n{}\n{}\n{hashes}", self.timestamp, self.scope.text(), self.previous);
        self.previous = HEXLOWER.encode(super::key::signature(&self.key, &text).as_ref());
        &self.previous
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("scope", &self.scope.text()).finish_non_exhaustive()
    }
}

/// The rules under which bodies are signed piece by piece.
pub const RULES: Rules = Rules::S3;
