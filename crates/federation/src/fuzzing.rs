//! Bodies of the fuzz targets: what issuers publish is bytes of a stranger. A stable test replays seeds and their mutants
//! (`tests/corpus.rs`).

use crate::document::{read_discovery, read_keys};

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
