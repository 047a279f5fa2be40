//! Bodies of the fuzz targets: each takes any bytes and must come back. A stable test replays seeds and their mutants.

use crate::jose::{SigningKey, VerifyingKey, verify};
use crate::sigv4::{Check, KeyCache, RequestParts, Rules, parse};
use crate::srp::{Exchange, Powers, PublicA, Verifier};
use crate::{Argon2idHash, Context, Keyring, Purpose, StoredPassword, TokenPurpose};
use kernel::{Secret, Time};
use std::sync::LazyLock;

/// What must never happen: something that a stranger made up was believed.
#[track_caller]
fn refused(believed: bool) {
    assert!(!believed, "bytes of a stranger's making were believed");
}

/// Lines: method, path, query, then headers as `name:value`.
pub fn fuzz_sigv4(data: &[u8]) {
    let mut lines = data.split(|b| *b == b'\n');
    let mut text = || lines.next().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
    let (method, path, query) = (text(), text(), text());
    let headers: Vec<(&str, &[u8])> = lines
        .filter_map(|line| {
            let colon = line.iter().position(|b| *b == b':')?;
            let (name, value) = line.split_at_checked(colon)?;
            Some((std::str::from_utf8(name).ok()?, value.get(1..)?))
        })
        .collect();
    let parts = RequestParts { method, path, query, headers: &headers };
    let Ok(Some(presented)) = parse(&parts) else { return };
    let keys = KeyCache::new(4);
    for rules in [Rules::JSON, Rules::QUERY, Rules::S3] {
        // The seeds are signed for this moment, under another secret.
        let check = Check { body_sha256: &[0; 32], rules, now: Time::from_secs(1_440_938_160) };
        refused(presented.verify(&Secret::from("not the signer's"), &parts, &check, &keys).is_ok());
    }
}

/// A token.
pub fn fuzz_jwt(data: &[u8]) {
    static KEY: LazyLock<Option<VerifyingKey>> =
        LazyLock::new(|| SigningKey::generate().and_then(|k| k.verifying_key()).ok());
    if let (Ok(token), Some(key)) = (std::str::from_utf8(data), KEY.as_ref()) {
        refused(verify(token, |_| Some(key)).is_ok());
    }
}

/// Numbers of SRP, as text and as stored bytes.
pub fn fuzz_srp(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(a) = PublicA::parse(text)
    {
        let again = PublicA::parse(&format!("{a:?}"));
        assert!(again == Ok(a), "a number changed when it was written");
    }
    let _ = (Verifier::from_bytes(data), Powers::from_bytes(data), Exchange::from_bytes(data));
}

/// A keyring's text.
pub fn fuzz_keyring(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(ring) = Keyring::parse(text)
    {
        assert!(Keyring::parse(ring.to_text().reveal()).is_ok(), "a keyring was lost when it was written");
    }
}

/// Sealed values, clients' texts and stored passwords.
pub fn fuzz_sealed(data: &[u8]) {
    static RING: LazyLock<Keyring> = LazyLock::new(|| Keyring::draw(&kernel::SystemEntropy));
    for purpose in Purpose::ALL {
        let place = Context { purpose: *purpose, table: "t", key: &["k"], column: "c", version: 1 };
        refused(RING.open(&place, data).is_ok());
    }
    if let Ok(text) = std::str::from_utf8(data) {
        for purpose in TokenPurpose::ALL {
            refused(RING.open_token(*purpose, &["b"], text, Time::default()).is_ok());
        }
        let _ = Argon2idHash::parse_phc(text);
    }
    if let Ok(stored) = StoredPassword::from_bytes(data) {
        assert!(
            StoredPassword::from_bytes(stored.to_bytes().reveal()).is_ok(),
            "a password was lost when it was written"
        );
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[should_panic(expected = "were believed")]
    fn what_was_believed_ends_the_run() {
        super::refused(true);
    }
}
