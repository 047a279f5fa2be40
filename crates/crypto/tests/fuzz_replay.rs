//! ST-33: the fuzz targets over their seeds and mutants of them, on the stable compiler.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crypto::fuzzing::{fuzz_jwt, fuzz_keyring, fuzz_sealed, fuzz_sigv4, fuzz_srp};
use crypto::jose::SigningKey;
use crypto::srp::Identity;
use crypto::{Context, Keyring, Purpose, StoredPassword};
use kernel::SystemEntropy;

/// Small and repeatable; quality does not matter here.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    /// A few bytes changed, removed, doubled or inserted.
    fn mutant(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.roll(4) {
            let at = self.roll(bytes.len());
            match self.roll(5) {
                0 if !bytes.is_empty() => bytes[at] = u8::try_from(self.roll(256)).unwrap(),
                1 if !bytes.is_empty() => bytes[at] ^= 1 << self.roll(8),
                2 => bytes.truncate(at),
                3 => {
                    let tail = bytes[at..].to_vec();
                    bytes.extend(tail);
                }
                _ => {
                    const TELLING: &[u8] = b"\0 =&%/.:;,\n\xff\x80A0+-";
                    bytes.insert(at, TELLING[self.roll(TELLING.len())]);
                }
            }
        }
        bytes
    }
}

fn replay(target: fn(&[u8]), rounds: usize, seeds: &[&[u8]]) {
    let mut dice = Dice(2026);
    for seed in seeds.iter().chain([&&b""[..]]) {
        target(seed);
        for _ in 0..rounds {
            target(&dice.mutant(seed));
        }
    }
}

#[test]
fn st_33_sigv4() {
    let header = b"POST\n/a%3Ab//../c\nk=v&a=%20\nhost:localhost\nx-amz-date:20150830T123600Z\nx-amz-target:X.Y\nauthorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    let query = b"GET\n/\nX-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20150830%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404\nhost:x";
    replay(fuzz_sigv4, 4000, &[header, query]);
}

#[test]
fn st_33_jwt() {
    let token = SigningKey::generate().unwrap().sign(br#"{"sub":"ana"}"#).unwrap();
    let none = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none"}"#);
    replay(fuzz_jwt, 4000, &[token.as_bytes(), format!("{none}.e30.").as_bytes()]);
}

#[test]
fn st_33_srp_numbers() {
    let long = "f".repeat(768);
    replay(fuzz_srp, 1000, &[b"0", b"aBc", long.as_bytes(), &[1; 384], &[255; 384 + 64]]);
}

#[test]
fn st_33_keyring_and_sealed_values() {
    let ring = Keyring::draw(&SystemEntropy);
    let text = ring.to_text().expose();
    replay(fuzz_keyring, 2000, &[text.as_bytes()]);
    let place = Context { purpose: Purpose::Outbox, table: "t", key: &["k"], column: "c", version: 1 };
    let sealed = ring.seal(&place, b"value", &SystemEntropy);
    let who = Identity { pool_name: "p", user_id: "u" };
    let srp = StoredPassword::make_srp(who, "p", [1; 16]).unwrap().to_bytes();
    let argon = StoredPassword::make_argon2id("p", [1; 16]).unwrap().to_bytes();
    replay(fuzz_sealed, 500, &[&sealed, srp.reveal(), argon.reveal(), &argon.reveal()[10..]]);
}
