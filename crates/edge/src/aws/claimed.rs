//! A request as a claim of who sent it: its head in the form signatures are made over.

use crate::front::Asking;
use http::header;
use http::request::Parts;

/// Header lines as they were signed. The host is the one the caller asked for: HTTP/2 has it elsewhere, and a trusted
/// proxy forwards it.
pub(super) fn headers<'a>(asking: &'a Asking, parts: &'a Parts) -> Vec<(&'a str, &'a [u8])> {
    let host = asking.host.as_deref().map(|host| ("host", host.as_bytes()));
    let sent = parts.headers.iter().filter(|(name, _)| *name != header::HOST);
    host.into_iter().chain(sent.map(|(name, value)| (name.as_str(), value.as_bytes()))).collect()
}
