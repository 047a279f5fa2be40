//! The signer's side: for the gateway, tests and tools.

use super::key::{Scope, signature, string_to_sign};
use super::verify::Rules;
use super::{ALGORITHM, RequestParts, UNSIGNED_PAYLOAD, canonical, moment};
use data_encoding::HEXLOWER;
use kernel::{Secret, Time};

/// Who signs.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// Its secret.
    pub secret: Secret<String>,
    /// The session token of a temporary key. For [`sign`] the caller also sends it as `x-amz-security-token`.
    pub token: Option<Secret<String>>,
}

/// For what, when and how.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// The region.
    pub region: &'a str,
    /// The service.
    pub service: &'a str,
    /// The moment; for [`sign`] also sent as `x-amz-date` ([`Signing::timestamp`]).
    pub time: Time,
    /// The service's rules.
    pub rules: Rules,
}

impl Signing<'_> {
    /// The value of `x-amz-date`.
    #[must_use]
    pub fn timestamp(&self) -> String {
        moment::text(self.time)
    }

    pub(super) fn scope(&self) -> Scope {
        let date = self.timestamp().chars().take(8).collect();
        Scope { date, region: self.region.to_owned(), service: self.service.to_owned() }
    }
}

/// What stands for the body in the signature.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// Its SHA-256.
    Sha256(&'a [u8; 32]),
    /// A word: `UNSIGNED-PAYLOAD`, `STREAMING-…`.
    Named(&'a str),
}

impl Payload<'_> {
    fn text(self) -> String {
        match self {
            Self::Sha256(hash) => HEXLOWER.encode(hash),
            Self::Named(name) => name.to_owned(),
        }
    }
}

/// The `Authorization` header for a request, covering every header in `parts`.
#[must_use]
pub fn sign(parts: &RequestParts<'_>, who: &Credentials, signing: &Signing<'_>, payload: Payload<'_>) -> String {
    let names = names(parts);
    let canonical = canonical::request(parts, &signing.rules, &names, None, &payload.text());
    let signature = finish(who, signing, &canonical);
    let scope = signing.scope().text();
    format!("{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", who.access_key_id)
}

/// The query of a presigned request, good for `expires_secs`, covering every header in `parts`.
#[must_use]
pub fn presign(parts: &RequestParts<'_>, who: &Credentials, signing: &Signing<'_>, expires_secs: u32) -> String {
    let names = names(parts);
    let mut query = parts.query.to_owned();
    let credential = format!("{}/{}", who.access_key_id, signing.scope().text());
    add(&mut query, "X-Amz-Algorithm", ALGORITHM);
    add(&mut query, "X-Amz-Credential", &credential);
    add(&mut query, "X-Amz-Date", &signing.timestamp());
    add(&mut query, "X-Amz-Expires", &expires_secs.to_string());
    add(&mut query, "X-Amz-SignedHeaders", &names);
    if let Some(token) = &who.token {
        add(&mut query, "X-Amz-Security-Token", token.reveal());
    }
    let empty = crate::kdf::sha256(&[]);
    let payload =
        if signing.rules.unsigned_payload { Payload::Named(UNSIGNED_PAYLOAD) } else { Payload::Sha256(&empty) };
    let asked = RequestParts { query: &query, ..*parts };
    let canonical = canonical::request(&asked, &signing.rules, &names, None, &payload.text());
    let signature = finish(who, signing, &canonical);
    add(&mut query, "X-Amz-Signature", &signature);
    query
}

fn names(parts: &RequestParts<'_>) -> String {
    let mut names: Vec<String> = parts.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    names.join(";")
}

fn finish(who: &Credentials, signing: &Signing<'_>, canonical: &str) -> String {
    let scope = signing.scope();
    let text = string_to_sign(&signing.timestamp(), &scope, canonical);
    HEXLOWER.encode(signature(&scope.signing_key(&who.secret), &text).as_ref())
}

fn add(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    canonical::encode(query, value.as_bytes());
}
