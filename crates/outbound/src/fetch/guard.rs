//! Which addresses the outside world consists of: whatever a URL or a name server says, nothing else is connected to.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address may be connected to: anything on the public Internet, and what the operator allowed by name.
pub(super) fn permitted(address: IpAddr, allowed: &[IpNet]) -> bool {
    let plain = address.to_canonical();
    is_public(plain) || allowed.iter().any(|network| network.contains(&plain))
}

/// Public as the registries of special addresses (RFC 6890 and its updates) see it. An IPv6 address that carries an
/// IPv4 one is what it carries: a translator on the way would bring us there.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match carried(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        (0 | 10 | 127 | 224..=255, _, _) => true,
        (100, 64..=127, _) => true, // carrier's own (RFC 6598)
        (169, 254, _) => true,      // link-local, where clouds keep their metadata
        (172, 16..=31, _) => true,
        (192, 0, 0 | 2) | (192, 88, 99) | (192, 168, _) => true,
        (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        _ => false,
    };
    !special
}

/// Only 2000::/3 is given out; within it, 2001::/23 belongs to protocols (Teredo among them), 2001:db8::/32 and
/// 3fff::/20 to examples.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let given_out = first & 0xe000 == 0x2000;
    let protocols = first == 0x2001 && second < 0x0200;
    let examples = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    given_out && !protocols && !examples
}

/// The IPv4 address inside a NAT64 (RFC 6052), 6to4 (RFC 3056) or IPv4-compatible address.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let joined = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b, c, d, e, f) {
        (0x64, 0xff9b, 0, 0, 0, 0) | (0, 0, 0, 0, 0, 0) => Some(joined(g, h)),
        (0x2002, ..) => Some(joined(b, c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(address: &str, allowed: &[&str]) -> bool {
        let allowed: Vec<IpNet> = allowed.iter().map(|network| network.parse().unwrap()).collect();
        permitted(address.parse().unwrap(), &allowed)
    }

    #[test]
    fn only_the_public_internet_is_outside() {
        for public in ["93.184.215.14", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            assert!(may(public, &[]), "{public}");
        }
        for inside in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:db8::1",
            "3fff::1",
            "100::1",
        ] {
            assert!(!may(inside, &[]), "{inside}");
        }
    }

    #[test]
    fn the_operator_may_allow_what_is_inside_and_nothing_beside_it() {
        assert!(may("127.0.0.1", &["127.0.0.0/8"]));
        assert!(may("::ffff:127.0.0.1", &["127.0.0.0/8"]), "the same machine in other clothes");
        assert!(may("fd00::7", &["10.0.0.0/8", "fd00::/64"]));
        assert!(!may("10.0.1.1", &["10.0.0.0/24"]));
        assert!(!may("::1", &["127.0.0.0/8"]));
    }
}
