//! Tokens against `jsonwebtoken` as a second opinion, and against everything a stranger may send.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crypto::jose::{Curve, JwtError, RsaAlgorithm, SigningKey, Unverified, VerifyingKey, verify};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};
use std::sync::LazyLock;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());
static PUBLIC: LazyLock<VerifyingKey> = LazyLock::new(|| KEY.verifying_key().unwrap());
const CLAIMS: &[u8] = br#"{"sub":"ana","exp":4102444800}"#;

fn check(token: &str) -> Result<Vec<u8>, JwtError> {
    verify(token, |kid| (kid == PUBLIC.kid()).then_some(&*PUBLIC))
}

/// A token with this header, signed over whatever it says with the right key.
fn signed_with_header(header: &str) -> String {
    let der = KEY.to_pkcs8().unwrap();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", BASE64.encode(der.reveal()));
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let signed = format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(CLAIMS));
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, jsonwebtoken::Algorithm::RS256).unwrap();
    format!("{signed}.{signature}")
}

fn header(members: &str) -> String {
    format!(r#"{{"kid":"{}",{members}}}"#, KEY.kid())
}

#[test]
fn tk_01_the_header_is_exactly_kid_and_alg() {
    let token = KEY.sign(CLAIMS).unwrap();
    let head = BASE64URL_NOPAD.decode(token.split('.').next().unwrap().as_bytes()).unwrap();
    assert_eq!(String::from_utf8(head).unwrap(), format!(r#"{{"kid":"{}","alg":"RS256"}}"#, KEY.kid()));
    assert_eq!((KEY.kid().len(), KEY.kid().ends_with('=')), (44, true));
}

#[test]
fn tk_02_another_library_believes_our_tokens_from_the_published_key() {
    let token = KEY.sign(CLAIMS).unwrap();
    let jwk = KEY.public_jwk();
    let key = jsonwebtoken::DecodingKey::from_rsa_components(jwk.n(), jwk.e()).unwrap();
    let rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    let seen = jsonwebtoken::decode::<Value>(&token, &key, &rules).unwrap();
    assert_eq!(seen.claims, json!({"sub": "ana", "exp": 4_102_444_800_u64}));
    assert_eq!(seen.header.kid.as_deref(), Some(KEY.kid()));
}

#[test]
fn we_believe_another_library_s_tokens_and_read_the_same_bytes() {
    assert_eq!(check(&signed_with_header(&header(r#""alg":"RS256""#))).unwrap(), CLAIMS);
    assert_eq!(check(&signed_with_header(&header(r#""typ":"JWT","alg":"RS256""#))).unwrap(), CLAIMS);
}

#[test]
fn a_key_survives_being_sealed_bytes_with_its_name() {
    let again = SigningKey::from_pkcs8(KEY.to_pkcs8().unwrap().reveal()).unwrap();
    assert_eq!(again.kid(), KEY.kid());
    assert_eq!(again.sign(CLAIMS).unwrap(), KEY.sign(CLAIMS).unwrap());
    assert!(SigningKey::from_pkcs8(b"").is_err() && SigningKey::from_pkcs8(&[0x30; 1200]).is_err());
}

#[test]
fn tk_23_the_published_key_holds_the_documented_members_in_order_and_no_others() {
    let jwk = KEY.public_jwk();
    let text = serde_json::to_string(jwk).unwrap();
    let expected =
        format!(r#"{{"alg":"RS256","e":"AQAB","kid":"{}","kty":"RSA","n":"{}","use":"sig"}}"#, KEY.kid(), jwk.n());
    assert_eq!(text, expected);
    assert_eq!(BASE64URL_NOPAD.decode(jwk.n().as_bytes()).unwrap().len(), 256);
}

#[test]
fn st_16_the_algorithm_is_the_key_s_and_never_the_token_s() {
    for alg in
        ["none", "None", "NONE", "HS256", "HS512", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", "RS256 ", ""]
    {
        let token = signed_with_header(&header(&format!(r#""alg":"{alg}""#)));
        assert_eq!(check(&token).unwrap_err(), JwtError::WrongAlgorithm, "{alg}");
        let bare = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert_eq!(check(&bare).unwrap_err(), JwtError::WrongAlgorithm, "{alg} without signature");
    }
}

#[test]
fn st_16_hs256_with_the_public_key_as_secret_is_refused() {
    let modulus = BASE64URL_NOPAD.decode(KEY.public_jwk().n().as_bytes()).unwrap();
    let signed =
        format!("{}.{}", BASE64URL_NOPAD.encode(header(r#""alg":"HS256""#).as_bytes()), BASE64URL_NOPAD.encode(CLAIMS));
    let key = jsonwebtoken::EncodingKey::from_secret(&modulus);
    let tag = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
    assert_eq!(check(&format!("{signed}.{tag}")).unwrap_err(), JwtError::WrongAlgorithm);
    let renamed = signed
        .replace(signed.split('.').next().unwrap(), &BASE64URL_NOPAD.encode(header(r#""alg":"RS256""#).as_bytes()));
    assert_eq!(check(&format!("{renamed}.{tag}")).unwrap_err(), JwtError::BadSignature);
}

#[test]
fn st_16_keys_inside_the_token_are_not_looked_at() {
    let thief = SigningKey::generate().unwrap();
    let jwk = serde_json::to_string(thief.public_jwk()).unwrap();
    let head =
        header(&format!(r#""alg":"RS256","jwk":{jwk},"jku":"https://thief.example/keys","x5u":"https://t.example""#));
    let token = thief.sign(CLAIMS).unwrap();
    let (_, rest) = token.split_once('.').unwrap();
    let token = format!("{}.{rest}", BASE64URL_NOPAD.encode(head.as_bytes()));
    assert_eq!(check(&token).unwrap_err(), JwtError::BadSignature);
    assert_eq!(check(&thief.sign(CLAIMS).unwrap()).unwrap_err(), JwtError::UnknownKey);
    for kid in ["", "../../etc/passwd", "' OR 1=1 --", "\\u0000"] {
        let token = signed_with_header(&format!(r#"{{"kid":"{kid}","alg":"RS256"}}"#));
        assert_eq!(check(&token).unwrap_err(), JwtError::UnknownKey, "{kid}");
    }
    assert_eq!(check(&signed_with_header(r#"{"alg":"RS256"}"#)).unwrap_err(), JwtError::UnknownKey);
}

#[test]
fn st_16_a_token_is_believed_under_its_own_key_s_name_only() {
    let token = signed_with_header(r#"{"kid":"another","alg":"RS256"}"#);
    let token = Unverified::parse(&token).unwrap();
    assert_eq!((token.kid(), token.unverified_payload()), (Some("another"), CLAIMS));
    assert_eq!(token.verify(&PUBLIC).unwrap_err(), JwtError::UnknownKey);
}

#[test]
fn st_16_extensions_and_ambiguous_headers_are_refused() {
    for members in [
        r#""alg":"RS256","crit":["b64"],"b64":false"#,
        r#""alg":"RS256","crit":[]"#,
        r#""crit":"exp","alg":"RS256""#,
        r#""alg":"RS256","crit":null"#,
    ] {
        assert_eq!(check(&signed_with_header(&header(members))).unwrap_err(), JwtError::Critical, "{members}");
    }
    for text in [
        header(r#""alg":"none","alg":"RS256""#),
        header(r#""alg":"RS256","alg":"RS256""#),
        header(r#""alg":"RS256","kid":"x""#),
        header(r#""alg":["RS256"]"#),
        header(r#""alg":null"#),
        r#"["RS256"]"#.to_owned(),
        "{}".to_owned(),
        String::new(),
        format!("{} x", header(r#""alg":"RS256""#)),
    ] {
        assert_eq!(check(&signed_with_header(&text)).unwrap_err(), JwtError::Malformed, "{text}");
    }
}

#[test]
fn st_17_every_changed_cut_or_extended_token_is_refused() {
    let token = KEY.sign(CLAIMS).unwrap();
    assert_eq!(check(&token).unwrap(), CLAIMS);
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(check(std::str::from_utf8(&changed).unwrap()).is_err(), "character {at}");
        assert!(check(&token[..at]).is_err(), "cut at {at}");
    }
    for strange in [
        format!("{token}A"),
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}.x"),
        format!("{token}.."),
        "..".to_owned(),
        "...".to_owned(),
        ".".to_owned(),
        String::new(),
        "ü.ü.ü".to_owned(),
    ] {
        assert!(check(&strange).is_err(), "{strange}");
    }
    assert_eq!(check(&"A".repeat(96 * 1024)).unwrap_err(), JwtError::Malformed);
    assert_eq!(check(&"A".repeat(96 * 1024 + 1)).unwrap_err(), JwtError::TooLong);
}

#[test]
fn st_16_base64url_has_one_spelling() {
    // RFC 4648 3.5: bits that do not count must be zero, or one signature has several texts.
    let token = KEY.sign(CLAIMS).unwrap();
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = alphabet.iter().position(|c| *c == token.as_bytes()[token.len() - 1]).unwrap();
    let twin = format!("{}{}", &token[..token.len() - 1], char::from(alphabet[last | 1]));
    assert_ne!(twin, token);
    assert_eq!(check(&twin).unwrap_err(), JwtError::Malformed);
}

#[test]
fn small_and_huge_keys_are_no_verifying_keys() {
    let n = |bytes: usize| BASE64URL_NOPAD.encode(&vec![0xff; bytes]);
    assert!(VerifyingKey::rs256("k", &n(128), "AQAB").is_err());
    assert!(VerifyingKey::rs256("k", &n(513), "AQAB").is_err());
    assert!(VerifyingKey::rs256("k", "", "AQAB").is_err());
    assert!(VerifyingKey::rs256("k", KEY.public_jwk().n(), "").is_err());
    assert!(VerifyingKey::rs256("k", "=", "AQAB").is_err());
    // A long exponent would make every check slow.
    let with_exponent = |bytes: usize| VerifyingKey::rs256("k", KEY.public_jwk().n(), &n(bytes));
    assert_eq!([4, 8, 9, 256].map(|bytes| with_exponent(bytes).is_ok()), [true, true, false, false]);
}

/// The same private key, for RS512: it has the same name, and its tokens are another algorithm's.
fn rs512() -> SigningKey {
    SigningKey::from_pkcs8_for(RsaAlgorithm::Rs512, "JWS", KEY.to_pkcs8().unwrap().reveal()).unwrap()
}

#[test]
fn an_rs512_key_says_so_in_header_and_key_set_and_another_library_believes_it() {
    let key = rs512();
    let token = key.sign(CLAIMS).unwrap();
    let head = BASE64URL_NOPAD.decode(token.split('.').next().unwrap().as_bytes()).unwrap();
    let expected = format!(r#"{{"kid":"{}","typ":"JWS","alg":"RS512"}}"#, KEY.kid());
    assert_eq!(String::from_utf8(head).unwrap(), expected);
    assert!(serde_json::to_string(key.public_jwk()).unwrap().starts_with(r#"{"alg":"RS512","e":"AQAB","kid":"#));
    let public = jsonwebtoken::DecodingKey::from_rsa_components(key.public_jwk().n(), key.public_jwk().e()).unwrap();
    let rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS512);
    assert_eq!(jsonwebtoken::decode::<Value>(&token, &public, &rules).unwrap().claims["sub"], "ana");
    let ours = key.verifying_key().unwrap();
    assert_eq!(verify(&token, |_| Some(&ours)).unwrap(), CLAIMS);
}

#[test]
fn st_16_a_key_for_one_algorithm_believes_no_other_even_of_the_same_private_key() {
    let (key, public) = (rs512(), rs512().verifying_key().unwrap());
    assert_eq!(verify(&KEY.sign(CLAIMS).unwrap(), |_| Some(&public)).unwrap_err(), JwtError::WrongAlgorithm);
    assert_eq!(check(&key.sign(CLAIMS).unwrap()).unwrap_err(), JwtError::WrongAlgorithm);
    // The header of one and the signature of the other.
    let ours = KEY.sign(CLAIMS).unwrap();
    let theirs = key.sign(CLAIMS).unwrap();
    let mixed = format!("{}.{}", theirs.rsplit_once('.').unwrap().0, ours.rsplit_once('.').unwrap().1);
    assert_eq!(verify(&mixed, |_| Some(&public)).unwrap_err(), JwtError::BadSignature);
}

#[test]
fn st_16_points_off_the_curve_and_of_other_lengths_are_no_keys() {
    let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    for curve in Curve::ALL {
        for size in [0, 31, 32, 48, 65, 66, 67] {
            assert!(VerifyingKey::ec(curve, "k", &text(&vec![7; size]), &text(&vec![7; size])).is_err(), "{curve:?}");
        }
    }
    assert!(VerifyingKey::ed25519("k", &text(&[7; 31])).is_err() && VerifyingKey::ed25519("k", "=").is_err());
}

#[test]
fn st_34_keys_and_tokens_print_their_names_and_nothing_that_opens_anything() {
    let name = format!("kid: \"{}\"", KEY.kid());
    assert_eq!(format!("{:?}", *KEY), format!("SigningKey {{ {name}, .. }}"));
    assert_eq!(format!("{:?}", *PUBLIC), format!("VerifyingKey {{ {name}, alg: \"RS256\", .. }}"));
    let token = KEY.sign(CLAIMS).unwrap();
    let printed = format!("{:?}", Unverified::parse(&token).unwrap());
    assert_eq!(printed, format!("Unverified {{ kid: Some(\"{}\"), .. }}", KEY.kid()));
}
