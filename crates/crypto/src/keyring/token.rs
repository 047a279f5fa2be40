//! Opaque texts that clients hold: `version ‖ key id ‖ day ‖ nonce ‖ AES-256-GCM-SIV(issued ‖ expires ‖ payload)`.
//!
//! Each day has its own key, so that no key meets many nonces; the nonce names the text, so that it can be used up.

use super::Keyring;
use super::master::{KeyId, decrypt, encrypt};
use super::purpose::TokenPurpose;
use aws_lc_rs::aead::NONCE_LEN;
use data_encoding::{BASE64, BASE64URL_NOPAD, Encoding};
use kernel::{Entropy, EntropyExt, Secret, Time};

const VERSION: u8 = 1;
const HEADER: usize = 1 + 4 + 4 + 16;
/// Longest text that is looked at; what we hand out stays far below (credentials-and-iam.md 1 names 4,096).
const TEXT_MAX: usize = 16 * 1024;
const DAY_SECS: i64 = 86_400;

/// What a client's text said.
#[derive(Debug, Clone)]
pub struct OpenedToken {
    /// The payload given at sealing.
    pub payload: Secret<Vec<u8>>,
    /// Names this text and no other. Single use: insert it where it must be unique.
    pub nonce: [u8; 16],
    /// When it was handed out.
    pub issued: Time,
    /// The first moment at which it is no longer good.
    pub expires: Time,
}

/// Why a client's text did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not ours, changed, or made for another purpose or binding.
    #[error("not a text of ours for this use")]
    Garbage,
    /// Ours and for this use, but too late. Only said of authentic texts.
    #[error("expired")]
    Expired,
}

impl Keyring {
    /// Seals `payload` into a text for a client, good before `expires` and only with the same `binding`
    /// (pool, client, user, operation: whatever must be equal when it comes back).
    #[must_use]
    pub fn seal_token(
        &self,
        purpose: TokenPurpose,
        binding: &[&str],
        expires: Time,
        payload: &[u8],
        now: Time,
        entropy: &dyn Entropy,
    ) -> String {
        let master = self.active_master();
        let day = u32::try_from(now.secs().div_euclid(DAY_SECS)).unwrap_or(0);
        let nonce: [u8; 16] = entropy.open().bytes();
        let mut out = Vec::with_capacity(HEADER + 16 + payload.len() + 16);
        out.push(VERSION);
        out.extend_from_slice(&master.id().bytes());
        out.extend_from_slice(&day.to_be_bytes());
        out.extend_from_slice(&nonce);
        let associated = associated(&out, binding);
        out.extend_from_slice(&now.millis().to_be_bytes());
        out.extend_from_slice(&expires.millis().to_be_bytes());
        out.extend_from_slice(payload);
        let sealed = master.daily(purpose, day, |key| encrypt(key, cipher_nonce(&nonce), &associated, out, HEADER));
        encoding(purpose).encode(&sealed)
    }

    /// Opens a client's text.
    ///
    /// # Errors
    /// [`TokenError::Expired`] for an authentic text that is too old, [`TokenError::Garbage`] for anything else.
    pub fn open_token(
        &self,
        purpose: TokenPurpose,
        binding: &[&str],
        text: &str,
        now: Time,
    ) -> Result<OpenedToken, TokenError> {
        let opened = self.authentic(purpose, binding, text).ok_or(TokenError::Garbage)?;
        if now < opened.expires { Ok(opened) } else { Err(TokenError::Expired) }
    }

    fn authentic(&self, purpose: TokenPurpose, binding: &[&str], text: &str) -> Option<OpenedToken> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let bytes = encoding(purpose).decode(text.as_bytes()).ok()?;
        let (header, sealed) = bytes.split_at_checked(HEADER)?;
        let (version, rest) = header.split_first()?;
        let (id, rest) = rest.split_first_chunk::<4>()?;
        let (day, nonce) = rest.split_first_chunk::<4>()?;
        let nonce: [u8; 16] = nonce.try_into().ok()?;
        if *version != VERSION {
            return None;
        }
        let master = self.master(KeyId::from_bytes(*id))?;
        let (day, associated) = (u32::from_be_bytes(*day), associated(header, binding));
        let opened = master.daily(purpose, day, |key| decrypt(key, cipher_nonce(&nonce), &associated, sealed))?;
        let (issued, rest) = opened.reveal().split_first_chunk::<8>()?;
        let (expires, payload) = rest.split_first_chunk::<8>()?;
        Some(OpenedToken {
            payload: Secret::new(payload.to_vec()),
            nonce,
            issued: Time::from_millis(i64::from_be_bytes(*issued)),
            expires: Time::from_millis(i64::from_be_bytes(*expires)),
        })
    }
}

/// Standard base64 only where clients decode the text themselves (authentication.md 4.2).
fn encoding(purpose: TokenPurpose) -> Encoding {
    match purpose {
        TokenPurpose::SecretBlock => BASE64,
        _ => BASE64URL_NOPAD,
    }
}

/// What is authenticated beside the text: all 128 bits of the nonce among it.
fn associated(header: &[u8], binding: &[&str]) -> Vec<u8> {
    let mut associated = Vec::with_capacity(128);
    crate::framing::put(&mut associated, header);
    for part in binding {
        crate::framing::put(&mut associated, part.as_bytes());
    }
    associated
}

/// The cipher takes 96 bits of the nonce.
fn cipher_nonce(nonce: &[u8; 16]) -> [u8; NONCE_LEN] {
    let mut cipher_nonce = [0u8; NONCE_LEN];
    for (to, from) in cipher_nonce.iter_mut().zip(nonce) {
        *to = *from;
    }
    cipher_nonce
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;
    use std::time::Duration;

    const NOW: Time = Time::from_secs(1_788_249_909);
    const BINDING: &[&str] = &["pool-a", "client", "ana"];

    fn sealed(ring: &Keyring, purpose: TokenPurpose) -> String {
        ring.seal_token(purpose, BINDING, NOW + Duration::from_secs(180), b"payload", NOW, &SystemEntropy)
    }

    #[test]
    fn a_text_comes_back_with_its_payload_times_and_a_nonce_of_its_own() {
        let ring = Keyring::draw(&SystemEntropy);
        let mut nonces = std::collections::HashSet::new();
        for purpose in TokenPurpose::ALL {
            let text = sealed(&ring, *purpose);
            let opened = ring.open_token(*purpose, BINDING, &text, NOW).unwrap();
            assert_eq!(opened.payload.reveal(), b"payload");
            assert_eq!((opened.issued, opened.expires), (NOW, NOW + Duration::from_secs(180)));
            assert!(nonces.insert(opened.nonce));
        }
    }

    #[test]
    fn a_secret_block_is_standard_base64_and_every_other_text_goes_into_a_url() {
        let ring = Keyring::draw(&SystemEntropy);
        for purpose in TokenPurpose::ALL {
            let text = sealed(&ring, *purpose);
            let standard = BASE64.decode(text.as_bytes()).is_ok();
            assert_eq!(standard, *purpose == TokenPurpose::SecretBlock, "{purpose:?}");
            assert_ne!(standard, BASE64URL_NOPAD.decode(text.as_bytes()).is_ok(), "{purpose:?}");
        }
    }

    #[test]
    fn a_text_of_the_greatest_length_opens_and_a_longer_one_does_not() {
        let ring = Keyring::draw(&SystemEntropy);
        let of = |payload: usize| {
            let payload = vec![7; payload];
            ring.seal_token(
                TokenPurpose::Session,
                BINDING,
                NOW + Duration::from_secs(180),
                &payload,
                NOW,
                &SystemEntropy,
            )
        };
        // Around the payload: the header, two moments and the tag.
        let most = TEXT_MAX / 4 * 3 - HEADER - 16 - 16;
        let (longest, longer) = (of(most), of(most + 1));
        assert_eq!((longest.len(), longer.len()), (TEXT_MAX, TEXT_MAX + 2));
        assert!(ring.open_token(TokenPurpose::Session, BINDING, &longest, NOW).is_ok());
        let refused = ring.open_token(TokenPurpose::Session, BINDING, &longer, NOW);
        assert_eq!(refused.unwrap_err(), TokenError::Garbage);
    }

    #[test]
    fn only_an_authentic_text_is_called_expired() {
        let ring = Keyring::draw(&SystemEntropy);
        let text = sealed(&ring, TokenPurpose::Session);
        let late = NOW + Duration::from_secs(180);
        let open = |binding: &[&str], now| ring.open_token(TokenPurpose::Session, binding, &text, now).map(|_| ());
        assert_eq!(open(BINDING, late - Duration::from_millis(1)), Ok(()));
        assert_eq!(open(BINDING, late), Err(TokenError::Expired));
        assert_eq!(open(&["pool-a", "client", "bob"], late), Err(TokenError::Garbage));
    }

    #[test]
    fn st_17_no_text_opens_for_another_purpose_pool_client_or_user() {
        let ring = Keyring::draw(&SystemEntropy);
        for purpose in TokenPurpose::ALL {
            let text = sealed(&ring, *purpose);
            let bindings: [&[&str]; 6] = [
                &["pool-b", "client", "ana"],
                &["pool-a", "other", "ana"],
                &["pool-a", "client", "bob"],
                &["pool-a", "client"],
                &["pool-a", "client", "ana", ""],
                &["pool-a", "clientana", ""],
            ];
            for binding in bindings {
                assert_eq!(ring.open_token(*purpose, binding, &text, NOW).unwrap_err(), TokenError::Garbage);
            }
            for other in TokenPurpose::ALL.iter().filter(|o| *o != purpose) {
                let bytes = encoding(*purpose).decode(text.as_bytes()).unwrap();
                let text = encoding(*other).encode(&bytes);
                assert_eq!(ring.open_token(*other, BINDING, &text, NOW).unwrap_err(), TokenError::Garbage);
            }
        }
    }

    #[test]
    fn st_17_changed_cut_and_extended_texts_are_garbage() {
        let ring = Keyring::draw(&SystemEntropy);
        let text = sealed(&ring, TokenPurpose::Session);
        let open = |text: &str| ring.open_token(TokenPurpose::Session, BINDING, text, NOW);
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&changed).unwrap_err(), TokenError::Garbage, "character {at}");
            assert_eq!(open(&text[..at]).unwrap_err(), TokenError::Garbage, "cut at {at}");
        }
        for strange in ["", "=", "ü", &format!("{text}A"), &format!("{text}="), &"A".repeat(1_000_000)] {
            assert_eq!(open(strange).unwrap_err(), TokenError::Garbage);
        }
    }
}
