//! Forwarded headers, believed only from the proxies the configuration names (ST-18).

use http::{HeaderMap, header};
use ipnet::IpNet;
use std::net::IpAddr;

/// Networks whose `X-Forwarded-*` headers are believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Believes these networks, and nobody else.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether this address is one of them. IPv4 callers on an IPv6 socket count as IPv4.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whom the request comes from: the nearest address in the chain that is no trusted proxy.
    #[must_use]
    pub fn source(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut source = peer.to_canonical();
        // Read from the near end: what stands further left was written by whoever came before, perhaps a liar.
        let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
        for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.trusts(source) {
                break;
            }
            match parse(entry.trim()) {
                Some(address) => source = address,
                None => break,
            }
        }
        source
    }

    /// The host the caller asked for: the forwarded one behind a trusted proxy, else the request's own.
    #[must_use]
    pub fn host<'h>(&self, peer: IpAddr, headers: &'h HeaderMap) -> Option<&'h str> {
        let forwarded = self.trusts(peer).then(|| headers.get("x-forwarded-host")).flatten();
        forwarded.or_else(|| headers.get(header::HOST)).and_then(|value| value.to_str().ok())
    }

    /// Whether the caller's own connection is encrypted: ours, or the one to a trusted proxy as it tells.
    #[must_use]
    pub fn secure(&self, peer: IpAddr, encrypted: bool, headers: &HeaderMap) -> bool {
        let told = self.trusts(peer).then(|| headers.get("x-forwarded-proto")).flatten();
        told.map_or(encrypted, |scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
    }
}

fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(entry, |(inside, _)| inside);
    bare.parse::<IpAddr>()
        .ok()
        .or_else(|| entry.parse::<std::net::SocketAddr>().ok().map(|a| a.ip()))
        .map(|a| a.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(chain: &[&str]) -> HeaderMap {
        chain.iter().map(|line| (http::HeaderName::from_static("x-forwarded-for"), line.parse().unwrap())).collect()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn st_18_a_stranger_cannot_claim_another_address() {
        let nobody = TrustedProxies::default();
        assert_eq!(nobody.source(ip("203.0.113.9"), &headers(&["127.0.0.1"])), ip("203.0.113.9"));
        let mut forged = HeaderMap::new();
        forged.insert("x-forwarded-host", "evil.example".parse().unwrap());
        forged.insert("host", "idp.example".parse().unwrap());
        assert_eq!(nobody.host(ip("203.0.113.9"), &forged), Some("idp.example"));
    }

    #[test]
    fn only_a_trusted_proxy_tells_whether_the_caller_came_encrypted() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut told = HeaderMap::new();
        told.insert("x-forwarded-proto", "https".parse().unwrap());
        assert!(proxies.secure(ip("10.0.0.1"), false, &told));
        assert!(!proxies.secure(ip("203.0.113.9"), false, &told), "a stranger's word");
        assert!(proxies.secure(ip("203.0.113.9"), true, &HeaderMap::new()));
        told.insert("x-forwarded-proto", "http".parse().unwrap());
        assert!(!proxies.secure(ip("10.0.0.1"), true, &told), "plain up to the proxy");
    }

    #[test]
    fn behind_trusted_proxies_the_nearest_stranger_is_the_caller() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let chain = headers(&["127.0.0.1, 203.0.113.9", "10.1.1.1"]);
        assert_eq!(
            proxies.source(ip("10.0.0.1"), &chain),
            ip("203.0.113.9"),
            "the leftmost entry is the caller's own claim"
        );
        assert_eq!(proxies.source(ip("::ffff:10.0.0.1"), &headers(&["[2001:db8::1]:443"])), ip("2001:db8::1"));
        assert_eq!(proxies.source(ip("10.0.0.1"), &headers(&["nonsense"])), ip("10.0.0.1"));
    }
}
