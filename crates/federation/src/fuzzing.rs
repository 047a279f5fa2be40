//! Bodies of the fuzz targets: what issuers publish and what tokens say is bytes of a stranger. A stable test replays seeds and their mutants
//! (`tests/corpus.rs`).

use crate::claims::check_times;
use crate::document::{read_discovery, read_keys};
use crate::login::{Expected, meant, subject};
use kernel::Time;

/// A discovery document.
pub fn discovery(data: &[u8]) {
    if let Ok(jwks_uri) = read_discovery(data, "https://id.example/tenant") {
        assert!(jwks_uri.starts_with("https://"), "keys would be fetched in clear from {jwks_uri}");
        assert!(outbound::parse_url(&jwks_uri).is_ok(), "{jwks_uri} is no URL");
    }
}

/// A key set.
pub fn key_set(data: &[u8]) {
    if let Ok(keys) = read_keys(data) {
        assert!((1..=100).contains(&keys.len()), "{} keys", keys.len());
        let kids: std::collections::HashSet<&str> = keys.iter().map(crypto::jose::VerifyingKey::kid).collect();
        assert_eq!(kids.len(), keys.len(), "two keys of one name");
    }
}

/// What a token of a login says.
pub fn login(data: &[u8]) {
    let expected = Expected { issuers: vec!["https://id.example/tenant".to_owned()], clients: vec!["shop"] };
    if let Ok((claims, audience)) = meant(data, &expected) {
        assert_eq!(audience, "shop", "made for somebody else");
        assert_eq!(claims.get("iss").and_then(|iss| iss.as_str()), Some("https://id.example/tenant"));
        if let Ok(subject) = subject(&claims) {
            assert!((1..=255).contains(&subject.chars().count()) && !subject.contains('\0'), "{subject:?}");
        }
        let _ = check_times(&claims, Time::from_secs(1_788_249_909));
    }
}
