//! `cognate dev` takes any credentials, and any web page a developer visits can reach loopback: this guard stands between.

use contract::{ErrorMeta, Fault};
use http::{HeaderMap, Uri, header};
use std::net::IpAddr;

static FORBIDDEN: ErrorMeta =
    ErrorMeta { name: "ForbiddenException", code: "ForbiddenException", status: 403, server: false };

/// Admits what a developer's own programs send, and not what a foreign page makes the browser send (DESIGN 5).
#[derive(Debug, Clone, Copy)]
pub struct LoopbackOnly;

impl LoopbackOnly {
    /// Looks at where a request believes it goes, and at the page it comes from.
    ///
    /// # Errors
    /// A fault that says what to do instead.
    pub fn admit(self, host: Option<&str>, headers: &HeaderMap, target: &Uri) -> Result<(), Fault> {
        // A name that an attacker's DNS points at 127.0.0.1 arrives here with the attacker's host name.
        if !host.is_some_and(is_loopback_host) {
            return Err(Fault::new(
                &FORBIDDEN,
                "cognate dev answers to localhost, 127.0.0.1 and [::1] only. Use --enforce to serve other names.",
            ));
        }
        // A presigned URL is a signed call too; it shows in the query rather than in a header.
        let presigned = target.query().is_some_and(|query| query.contains("X-Amz-"));
        let guarded =
            presigned || headers.contains_key(header::AUTHORIZATION) || target.path().starts_with("/_cognate/");
        // STS and IAM answer to GET, which a page sends without an Origin by nothing more than an image.
        if guarded && (has_foreign_origin(headers) || presigned && is_sent_by_another_site(headers)) {
            return Err(Fault::new(
                &FORBIDDEN,
                "cognate dev refuses signed calls and inbox reads from pages of other hosts.",
            ));
        }
        Ok(())
    }
}

/// Whether a page of another host sent this. Without an Origin it was no page, or a page of ours.
pub(crate) fn has_foreign_origin(headers: &HeaderMap) -> bool {
    headers.get_all(header::ORIGIN).iter().any(|origin| {
        let host = origin.to_str().ok().and_then(|o| o.split_once("://")).map(|(_, host)| host);
        !host.is_some_and(is_loopback_host)
    })
}

/// Whether the browser says that another site made it send this, and no Origin vouches for the page.
fn is_sent_by_another_site(headers: &HeaderMap) -> bool {
    let another = headers.get("sec-fetch-site").is_some_and(|site| site.as_bytes() == b"cross-site");
    another && !headers.contains_key(header::ORIGIN)
}

/// Whether a Host value, port or not, names this machine's loopback.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(origin: &str, signed: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        if signed {
            headers.insert(header::AUTHORIZATION, "AWS4-HMAC-SHA256 x".parse().unwrap());
        }
        headers
    }

    fn admit(host: Option<&str>, headers: &HeaderMap, target: &'static str) -> bool {
        LoopbackOnly.admit(host, headers, &Uri::from_static(target)).is_ok()
    }

    #[test]
    fn an_image_on_a_foreign_page_signs_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", "cross-site".parse().unwrap());
        let signed = "/?Action=CreateUser&UserName=eve&X-Amz-Credential=a&X-Amz-Signature=b";
        assert!(!admit(Some("localhost:9229"), &headers, signed));
        assert!(admit(Some("localhost:9229"), &headers, "/?Action=GetCallerIdentity"));
        headers.insert("sec-fetch-site", "none".parse().unwrap());
        assert!(admit(Some("localhost:9229"), &headers, signed), "typed by the developer");
    }

    #[test]
    fn loopback_names_are_admitted_and_rebound_ones_are_not() {
        let none = HeaderMap::new();
        for host in [
            "localhost",
            "localhost:9229",
            "127.0.0.1:9229",
            "127.8.8.8",
            "[::1]:9229",
            "pool.localhost:1",
            "LOCALHOST.",
        ] {
            assert!(admit(Some(host), &none, "/"), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:80", "10.0.0.1", "", "[::2]", "notlocalhost"]
        {
            assert!(!admit(Some(host), &none, "/"), "{host}");
        }
        assert!(!admit(None, &none, "/"));
    }

    #[test]
    fn a_foreign_page_may_sign_in_but_neither_administer_nor_read_the_inbox() {
        let host = Some("localhost:9229");
        let foreign = "https://shop.example";
        assert!(admit(host, &from(foreign, false), "/"));
        assert!(!admit(host, &from(foreign, true), "/"));
        assert!(!admit(host, &from(foreign, false), "/?X-Amz-Signature=00"));
        assert!(!admit(host, &from(foreign, false), "/_cognate/inbox"));
        assert!(!admit(host, &from("null", true), "/"), "sandboxed frames have the origin null");
        assert!(admit(host, &from("http://localhost:3000", true), "/"));
    }
}
