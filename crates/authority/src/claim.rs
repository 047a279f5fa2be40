//! A request as a signature sees it.

use aws_lc_rs::digest::{SHA256, digest};
use crypto::sigv4::RequestParts;

/// A request that may be signed: its head as sent, and the hash of its body.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'r> {
    /// Method, path, query and header lines. `host` is among them: the one the caller asked for, forwarded or not.
    pub parts: RequestParts<'r>,
    /// SHA-256 of the body as received.
    pub body_sha256: [u8; 32],
}

/// What a claim says of a body. It takes as long as the body is long.
#[must_use]
pub fn body_sha256(body: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, body).as_ref());
    out
}

/// Whether a request carries a signature at all, valid or not.
#[must_use]
pub fn is_signed(parts: &RequestParts<'_>) -> bool {
    header(parts, "authorization").is_some() || parts.query.contains("X-Amz-Signature=")
}

fn header<'r>(parts: &RequestParts<'r>, name: &str) -> Option<&'r str> {
    let (_, value) = parts.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    std::str::from_utf8(value).ok()
}

impl Claim<'_> {
    /// The credential scope as sent, `AKID/date/region/service/aws4_request`, not looked into.
    pub(crate) fn scope(&self) -> Option<String> {
        if let Some(header) = header(&self.parts, "authorization") {
            let (_, rest) = header.split_once("Credential=")?;
            return Some(rest.split([',', ' ']).next()?.to_owned());
        }
        let sent = self.parts.query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
        Some(sent.replace("%2F", "/").replace("%2f", "/"))
    }
}
