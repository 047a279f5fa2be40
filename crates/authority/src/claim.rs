//! A request as a signature sees it.

use crypto::sigv4::RequestParts;

/// A request that may be signed: its head as sent, and its body.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'r> {
    /// Method, path, query and header lines. `host` is among them: the one the caller asked for, forwarded or not.
    pub parts: RequestParts<'r>,
    /// The body as received.
    pub body: &'r [u8],
}

impl<'r> Claim<'r> {
    /// Whether the request carries a signature at all, valid or not.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.header("authorization").is_some() || self.parts.query.contains("X-Amz-Signature=")
    }

    /// The credential scope as sent, `AKID/date/region/service/aws4_request`, not looked into.
    pub(crate) fn scope(&self) -> Option<String> {
        if let Some(header) = self.header("authorization") {
            let (_, rest) = header.split_once("Credential=")?;
            return Some(rest.split([',', ' ']).next()?.to_owned());
        }
        let sent = self.parts.query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
        Some(sent.replace("%2F", "/").replace("%2f", "/"))
    }

    fn header(&self, name: &str) -> Option<&'r str> {
        let (_, value) = self.parts.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }
}
