//! What issuers publish: discovery documents and key sets (OpenID Connect Discovery 1.0, RFC 7517). Bytes of a stranger.

use crypto::jose::{Curve, RsaAlgorithm, VerifyingKey};
use outbound::parse_url;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Keys that are looked at in one set. Issuers have two or three.
const KEYS_MAX: usize = 100;
/// Longest name of a key.
const KID_CHARS_MAX: usize = 256;

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// Where the issuer's keys are. The document must name the very issuer it was fetched for (Discovery 4.3): otherwise
/// one tenant of a host could speak for another.
pub(crate) fn read_discovery(bytes: &[u8], issuer: &str) -> Result<String, &'static str> {
    let document: Discovery =
        serde_json::from_slice(object(bytes)?).map_err(|_| "the discovery document names no issuer or no jwks_uri")?;
    if document.issuer != issuer {
        return Err("the discovery document is another issuer's");
    }
    parse_url(&document.jwks_uri).map_err(|_| "its jwks_uri is not a URL")?;
    if issuer.starts_with("https://") && !document.jwks_uri.starts_with("https://") {
        return Err("its jwks_uri is not https");
    }
    Ok(document.jwks_uri)
}

#[derive(Deserialize)]
struct KeySet<'d> {
    #[serde(borrow)]
    keys: Vec<&'d RawValue>,
}

/// The members of a JWK that are looked at; one of them twice makes it unreadable.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
}

/// The keys that may sign tokens. Keys of other kinds and for other uses stand in many sets: they are passed over, and
/// so is one that cannot be read, but a set in which none is left is of no use.
pub(crate) fn read_keys(bytes: &[u8]) -> Result<Vec<VerifyingKey>, &'static str> {
    let set: KeySet<'_> = serde_json::from_slice(object(bytes)?).map_err(|_| "not a key set")?;
    if set.keys.len() > KEYS_MAX {
        return Err("a key set of more than a hundred keys");
    }
    let mut keys: Vec<VerifyingKey> = Vec::new();
    for key in set.keys.iter().filter_map(|raw| usable(raw.get())) {
        // A name that stands for two keys stands for neither.
        if keys.iter().any(|known| known.kid() == key.kid()) {
            return Err("a key set with two keys of one name");
        }
        keys.push(key);
    }
    if keys.is_empty() { Err("a key set without a key for signatures that is known here") } else { Ok(keys) }
}

/// A key that is there to verify signatures, with a name.
fn usable(raw: &str) -> Option<VerifyingKey> {
    let key: Jwk = serde_json::from_str(raw).ok()?;
    let signs = key.usage.as_deref().is_none_or(|usage| usage == "sig")
        && key.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    let named = (1..=KID_CHARS_MAX).contains(&key.kid.len());
    if signs && named { verifying(&key) } else { None }
}

/// The algorithm belongs to the key (ST-16): kind and curve say which it is, and where the key says so too they must agree.
/// An RSA key that does not say is one for RS256.
fn verifying(key: &Jwk) -> Option<VerifyingKey> {
    let agrees = |algorithms: &[&str]| key.alg.as_deref().is_none_or(|alg| algorithms.contains(&alg));
    match (key.kty.as_str(), key.crv.as_deref()) {
        ("RSA", None) => {
            let algorithm = key.alg.as_deref().map_or(Some(RsaAlgorithm::Rs256), RsaAlgorithm::parse)?;
            VerifyingKey::rsa(algorithm, &key.kid, key.n.as_deref()?, key.e.as_deref()?).ok()
        }
        ("EC", Some(name)) => {
            let curve = Curve::parse(name).filter(|curve| agrees(&[curve.algorithm()]))?;
            VerifyingKey::ec(curve, &key.kid, key.x.as_deref()?, key.y.as_deref()?).ok()
        }
        // RFC 9864 gives the algorithm the curve's name; tokens still say EdDSA.
        ("OKP", Some("Ed25519")) if agrees(&["EdDSA", "Ed25519"]) => {
            VerifyingKey::ed25519(&key.kid, key.x.as_deref()?).ok()
        }
        _ => None,
    }
}

/// serde would also fill a struct from an array.
fn object(bytes: &[u8]) -> Result<&[u8], &'static str> {
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"{") { Ok(text) } else { Err("not a JSON object") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64URL_NOPAD;

    const ISSUER: &str = "https://id.example/tenant";

    fn discovered(json: &str) -> Result<String, &'static str> {
        read_discovery(json.as_bytes(), ISSUER)
    }

    #[test]
    fn a_discovery_document_speaks_for_its_own_issuer_only() {
        let good = r#" {"issuer":"https://id.example/tenant","jwks_uri":"https://keys.example/k","x":{"y":[1]}}"#;
        assert_eq!(discovered(good).unwrap(), "https://keys.example/k");
        for issuer in [
            "https://id.example/other",
            "https://id.example/tenant/",
            "https://id.example",
            "",
            "HTTPS://id.example/tenant",
        ] {
            assert!(discovered(&format!(r#"{{"issuer":"{issuer}","jwks_uri":"https://keys.example/k"}}"#)).is_err());
        }
        for bad in [
            "",
            "[]",
            "null",
            r#"["https://id.example/tenant","https://keys.example/k"]"#,
            r#"{"issuer":"https://id.example/tenant"}"#,
            r#"{"issuer":"https://id.example/tenant","jwks_uri":null}"#,
            r#"{"issuer":"https://id.example/tenant","jwks_uri":"/keys"}"#,
            r#"{"issuer":"https://id.example/tenant","jwks_uri":"file:///etc/passwd"}"#,
            r#"{"issuer":"https://id.example/tenant","jwks_uri":"http://keys.example/k"}"#,
            r#"{"issuer":"https://evil.example","issuer":"https://id.example/tenant","jwks_uri":"https://k.example/"}"#,
        ] {
            assert!(discovered(bad).is_err(), "{bad}");
        }
    }

    fn jwk(more: &str) -> String {
        let n = BASE64URL_NOPAD.encode(&[0xc1; 256]);
        format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB"{more}}}"#)
    }

    /// A point of P-256 (RFC 7517 A.1) under another name.
    fn point(crv: &str, more: &str) -> String {
        let (x, y) = ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
        format!(r#"{{"kty":"EC","crv":"{crv}","x":"{x}","y":"{y}"{more}}}"#)
    }

    /// RFC 8037 A.2.
    fn edwards(more: &str) -> String {
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"{more}}}"#)
    }

    fn named(keys: &[String]) -> Result<Vec<(String, &'static str)>, &'static str> {
        let set = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        read_keys(set.as_bytes()).map(|keys| keys.iter().map(|key| (key.kid().to_owned(), key.algorithm())).collect())
    }

    fn kids(keys: &[String]) -> Result<Vec<String>, &'static str> {
        named(keys).map(|keys| keys.into_iter().map(|(kid, _)| kid).collect())
    }

    #[test]
    fn st_16_each_key_has_the_one_algorithm_of_its_kind() {
        let taken = [
            jwk(r#","kid":"plain""#),
            jwk(r#","kid":"384","alg":"RS384""#),
            jwk(r#","kid":"512","alg":"RS512""#),
            point("P-256", r#","kid":"p","use":"sig""#),
            point("P-256", r#","kid":"p es","alg":"ES256""#),
            edwards(r#","kid":"ed""#),
            edwards(r#","kid":"ed new","alg":"Ed25519""#),
        ];
        let passed_over = [
            jwk(r#","kid":"a","alg":"ES256""#),
            jwk(r#","kid":"b","alg":"PS256""#),
            jwk(r#","kid":"c","alg":"HS256""#),
            jwk(r#","kid":"d","crv":"P-256""#),
            point("P-256", r#","kid":"e","alg":"RS256""#),
            point("P-256", r#","kid":"f","alg":"ES384""#),
            point("P-256", r#","kid":"g","alg":"none""#),
            point("P-384", r#","kid":"h""#),
            point("secp256k1", r#","kid":"i""#),
            point("p-256", r#","kid":"j""#),
            edwards(r#","kid":"k","alg":"ES256""#),
            edwards(r#","kid":"l""#).replace("Ed25519", "X25519"),
        ];
        let all = [taken.as_slice(), passed_over.as_slice()].concat();
        let all = named(&all).unwrap();
        let all: Vec<(&str, &str)> = all.iter().map(|(kid, algorithm)| (kid.as_str(), *algorithm)).collect();
        let expected = [
            ("plain", "RS256"),
            ("384", "RS384"),
            ("512", "RS512"),
            ("p", "ES256"),
            ("p es", "ES256"),
            ("ed", "EdDSA"),
            ("ed new", "EdDSA"),
        ];
        assert_eq!(all, expected);
        assert!(kids(&passed_over).is_err());
    }

    #[test]
    fn st_16_only_keys_that_are_there_to_verify_are_taken() {
        let taken = [
            jwk(r#","kid":"plain""#),
            jwk(r#","kid":"full","alg":"RS256","use":"sig","key_ops":["verify"],"x5c":["…"]"#),
        ];
        let passed_over = [
            jwk(""),
            jwk(r#","kid":"""#),
            jwk(&format!(r#","kid":"{}""#, "x".repeat(257))),
            jwk(r#","kid":"enc","use":"enc""#),
            jwk(r#","kid":"ops","key_ops":["encrypt"]"#),
            jwk(r#","kid":"alg","alg":"RSA-OAEP""#),
            jwk(r#","kid":"none","alg":"none""#),
            jwk(r#","kid":"twice","kid":"again""#),
            r#"{"kty":"oct","kid":"oct","k":"c2VjcmV0","alg":"HS256"}"#.to_owned(),
            r#"{"kty":"EC","kid":"ec","crv":"P-256","x":"AA","y":"AA"}"#.to_owned(),
            r#"{"kty":"RSA","kid":"small","n":"wQ","e":"AQAB"}"#.to_owned(),
            "7".to_owned(),
            "null".to_owned(),
        ];
        let all = [taken.as_slice(), passed_over.as_slice()].concat();
        assert_eq!(kids(&all).unwrap(), ["plain", "full"]);
        assert!(kids(&passed_over).is_err());
        assert!(kids(&[]).is_err());
    }

    #[test]
    fn an_ambiguous_endless_or_misshapen_key_set_is_refused() {
        assert!(kids(&[jwk(r#","kid":"a""#), jwk(r#","kid":"a""#)]).is_err());
        let many: Vec<String> = (0..101).map(|n| jwk(&format!(r#","kid":"{n}""#))).collect();
        assert!(kids(&many[..100]).is_ok() && kids(&many).is_err());
        for bad in ["", "[]", "[[]]", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#, r#"{"keys":["#] {
            assert!(read_keys(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
