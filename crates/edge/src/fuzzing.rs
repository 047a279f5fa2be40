//! Body of the fuzz target: forwarded headers of any bytes in; whoever is not trusted decides nothing.

use crate::loopback::{has_foreign_origin, is_loopback_host};
use crate::proxies::TrustedProxies;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// Lines of header values: the chain of addresses three times, the forwarded host, the host, the origin.
pub fn forwarded(data: &[u8]) {
    let names = ["x-forwarded-for", "x-forwarded-for", "x-forwarded-for", "x-forwarded-host", "host", "origin"];
    let mut headers = HeaderMap::new();
    for (name, line) in names.into_iter().zip(data.split(|byte| *byte == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    let peer = IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3));
    let nobody = TrustedProxies::default();
    assert_eq!(nobody.source(peer, &headers), peer, "a stranger said whom a request comes from");
    assert_eq!(nobody.host(peer, &headers).is_some(), is_text(headers.get(header::HOST)));
    let proxies = TrustedProxies::new(vec![IpNet::from(IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3)))]);
    let source = proxies.source(peer, &headers);
    assert!(source == peer || headers.contains_key("x-forwarded-for"), "an address came from nowhere");
    let _ = proxies.host(peer, &headers);
    let _ = has_foreign_origin(&headers);
    if let Some(host) = proxies.host(peer, &headers) {
        let _ = is_loopback_host(host);
    }
}

fn is_text(value: Option<&HeaderValue>) -> bool {
    value.is_some_and(|value| value.to_str().is_ok())
}
