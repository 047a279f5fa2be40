//! Wycheproof's vectors, through our own leaves and not past them. The counts tell that the sets are whole.

use crate::jose::{Curve, RsaAlgorithm, VerifyingKey};
use crate::kdf;
use crate::keyring::master::{aead, decrypt, encrypt};
use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use wycheproof::TestResult;

#[test]
fn wycheproof_aes_256_gcm_siv() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcmSiv).unwrap();
    let mut seen = (0, 0);
    for group in set.test_groups.iter().filter(|g| g.key_size == 256 && g.nonce_size == 96) {
        for test in &group.tests {
            let key = aead(&test.key.to_vec().try_into().unwrap());
            let nonce = test.nonce.to_vec().try_into().unwrap();
            let sealed = [test.ct.as_slice(), &test.tag].concat();
            let opened = decrypt(&key, nonce, &test.aad, &sealed);
            match test.result {
                TestResult::Valid => {
                    assert_eq!(opened.unwrap().reveal(), test.pt.as_slice(), "{}", test.tc_id);
                    assert_eq!(encrypt(&key, nonce, &test.aad, test.pt.to_vec(), 0), sealed, "{}", test.tc_id);
                    seen.0 += 1;
                }
                _ => {
                    assert!(opened.is_none(), "{}", test.tc_id);
                    seen.1 += 1;
                }
            }
        }
    }
    assert_eq!(seen, (69, 34), "valid and invalid vectors");
}

#[test]
fn wycheproof_hmac_sha256() {
    let set = wycheproof::mac::TestSet::load(wycheproof::mac::TestName::HmacSha256).unwrap();
    let mut seen = (0, 0);
    for group in set.test_groups.iter().filter(|g| g.tag_size == 256) {
        for test in &group.tests {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &test.key), &test.msg);
            let equal = crate::constant_time_eq(tag.as_ref(), &test.tag);
            assert_eq!(equal, test.result == TestResult::Valid, "{}", test.tc_id);
            if equal { seen.0 += 1 } else { seen.1 += 1 }
        }
    }
    assert_eq!(seen, (33, 54), "valid and invalid vectors");
}

#[test]
fn wycheproof_hkdf_sha256_first_block() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut seen = 0;
    for test in set.test_groups.iter().flat_map(|g| &g.tests).filter(|t| t.result == TestResult::Valid) {
        let block = kdf::expand(&kdf::extract(&test.salt, &test.ikm), &test.info);
        let length = test.size.min(32);
        assert_eq!(block[..length], test.okm[..length], "{}", test.tc_id);
        seen += 1;
    }
    assert_eq!(seen, 83);
}

/// Every size of RSA key we take, through the leaf every token's signature goes through. The sets of whole tokens
/// (`json_web_signature`, `json_web_key`) are in no package: the crate leaves them out.
#[test]
fn st_16_wycheproof_rsa_pkcs1_sha256_verify() {
    use wycheproof::rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256};
    let verify = |name| rsa_verify(RsaAlgorithm::Rs256, name);
    assert_eq!(verify(Rsa2048Sha256), (9, 249, 1), "valid, invalid and acceptable vectors");
    assert_eq!(verify(Rsa3072Sha256), (8, 250, 1), "valid, invalid and acceptable vectors");
    assert_eq!(verify(Rsa4096Sha256), (7, 250, 1), "valid, invalid and acceptable vectors");
}

#[test]
fn st_16_wycheproof_rsa_pkcs1_sha384_and_sha512_verify() {
    use wycheproof::rsa_pkcs1_verify::TestName::{Rsa2048Sha384, Rsa2048Sha512, Rsa4096Sha512};
    assert_eq!(rsa_verify(RsaAlgorithm::Rs384, Rsa2048Sha384), (7, 250, 1), "valid, invalid and acceptable vectors");
    assert_eq!(rsa_verify(RsaAlgorithm::Rs512, Rsa2048Sha512), (8, 250, 1), "valid, invalid and acceptable vectors");
    assert_eq!(rsa_verify(RsaAlgorithm::Rs512, Rsa4096Sha512), (7, 251, 1), "valid, invalid and acceptable vectors");
}

fn rsa_verify(algorithm: RsaAlgorithm, name: wycheproof::rsa_pkcs1_verify::TestName) -> (u32, u32, u32) {
    let set = wycheproof::rsa_pkcs1_verify::TestSet::load(name).unwrap();
    let mut seen = (0, 0, 0);
    for group in &set.test_groups {
        let text = |number: &[u8]| {
            let first = number.iter().position(|b| *b != 0).unwrap();
            BASE64URL_NOPAD.encode(&number[first..])
        };
        let key = VerifyingKey::rsa(algorithm, "k", &text(&group.key.n), &text(&group.key.e)).unwrap();
        for test in &group.tests {
            let accepted = key.accepts(&test.msg, &test.sig);
            match test.result {
                TestResult::Valid => {
                    assert!(accepted, "{}", test.tc_id);
                    seen.0 += 1;
                }
                TestResult::Invalid => {
                    assert!(!accepted, "{}", test.tc_id);
                    seen.1 += 1;
                }
                TestResult::Acceptable => seen.2 += 1,
            }
        }
    }
    seen
}

/// RSA keys of sizes we refuse never become a key, whatever they signed: 8192 bits would make each check slow.
#[test]
fn st_16_wycheproof_rsa_keys_beyond_4096_bits_are_refused() {
    let name = wycheproof::rsa_pkcs1_verify::TestName::Rsa8192Sha256;
    let set = wycheproof::rsa_pkcs1_verify::TestSet::load(name).unwrap();
    assert!(!set.test_groups.is_empty());
    for group in &set.test_groups {
        let (n, e) = (BASE64URL_NOPAD.encode(&group.key.n), BASE64URL_NOPAD.encode(&group.key.e));
        assert!(VerifyingKey::rs256("k", &n, &e).is_err());
    }
}

/// The signatures of other issuers, zeros for both halves among them (CVE-2022-21449), as JOSE writes them.
#[test]
fn st_16_wycheproof_ecdsa_verify() {
    use wycheproof::ecdsa::TestName::{
        EcdsaSecp256r1Sha256P1363, EcdsaSecp384r1Sha384P1363, EcdsaSecp521r1Sha512P1363,
    };
    for (curve, name, expected) in [
        (Curve::P256, EcdsaSecp256r1Sha256P1363, (173, 89)),
        (Curve::P384, EcdsaSecp384r1Sha384P1363, (193, 87)),
        (Curve::P521, EcdsaSecp521r1Sha512P1363, (231, 87)),
    ] {
        let set = wycheproof::ecdsa::TestSet::load(name).unwrap();
        let mut seen = (0, 0);
        for group in &set.test_groups {
            let (x, y) = group.key.key[1..].split_at((group.key.key.len() - 1) / 2);
            let key = VerifyingKey::ec(curve, "k", &BASE64URL_NOPAD.encode(x), &BASE64URL_NOPAD.encode(y)).unwrap();
            for test in &group.tests {
                let accepted = key.accepts(&test.msg, &test.sig);
                assert_eq!(accepted, test.result == TestResult::Valid, "{curve:?} {}", test.tc_id);
                if accepted { seen.0 += 1 } else { seen.1 += 1 }
            }
        }
        assert_eq!(seen, expected, "valid and invalid vectors of {curve:?}");
    }
}

#[test]
fn st_16_wycheproof_ed25519_verify() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut seen = (0, 0);
    for group in &set.test_groups {
        let key = VerifyingKey::ed25519("k", &BASE64URL_NOPAD.encode(&group.key.pk)).unwrap();
        for test in &group.tests {
            let accepted = key.accepts(&test.msg, &test.sig);
            assert_eq!(accepted, test.result == TestResult::Valid, "{}", test.tc_id);
            if accepted { seen.0 += 1 } else { seen.1 += 1 }
        }
    }
    assert_eq!(seen, (88, 63), "valid and invalid vectors");
}
