//! Finds what a request presents: an `Authorization` header or a presigned query.

use super::key::Scope;
use super::{ALGORITHM, RequestParts, SigError, TERMINATOR, canonical, moment};
use kernel::{Secret, Time};
use std::borrow::Cow;

/// Longest header or query value that is looked at; session tokens may take 4,096 (credentials-and-iam.md 1).
const VALUE_MAX: usize = 16 * 1024;
/// Most headers that one signature may cover.
const SIGNED_MAX: usize = 100;

/// What was presented. Nothing of it is proved yet.
#[derive(Debug, Clone)]
pub struct Presented {
    pub(super) access_key_id: String,
    pub(super) scope: Scope,
    pub(super) signed_headers: String,
    pub(super) signature: [u8; 32],
    pub(super) time: Time,
    pub(super) timestamp: String,
    pub(super) expires_secs: Option<u32>,
    security_token: Option<Secret<String>>,
}

impl Presented {
    /// The access key that claims to have signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The region it signed for.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.scope.region
    }

    /// The service it signed for.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.scope.service
    }

    /// Refuses a signature for another service or for a region this server does not answer for. A service has one
    /// name in scopes, but may be served under several regions.
    ///
    /// # Errors
    /// [`SigError::OutOfScope`].
    pub fn require_scope(&self, service: &str, serves: impl FnOnce(&str) -> bool) -> Result<(), SigError> {
        if self.service() != service {
            return Err(SigError::OutOfScope(format!("Credential should be scoped to correct service: '{service}'.")));
        }
        if !serves(self.region()) {
            let region = short(self.region());
            return Err(SigError::OutOfScope(format!(
                "Credential should be scoped to a valid region, not '{region}'."
            )));
        }
        Ok(())
    }

    /// The session token, which temporary keys must bring.
    #[must_use]
    pub const fn security_token(&self) -> Option<&Secret<String>> {
        self.security_token.as_ref()
    }

    /// Whether the signature stands in the query.
    #[must_use]
    pub const fn is_presigned(&self) -> bool {
        self.expires_secs.is_some()
    }

    /// The headers that the signature covers, lower case.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.signed_headers.split(';')
    }
}

/// Finds the signature of a request; `None` when there is none.
///
/// # Errors
/// [`SigError::Incomplete`] when there is one that cannot be read, or two; [`SigError::OutOfScope`] when its dates differ.
pub fn parse(parts: &RequestParts<'_>) -> Result<Option<Presented>, SigError> {
    let mut headers = parts.header("authorization");
    let header = headers.next().filter(|value| value.starts_with(b"AWS4-"));
    let presigned =
        query_value(parts, "X-Amz-Algorithm")?.is_some() || query_value(parts, "X-Amz-Signature")?.is_some();
    match (header, presigned) {
        (None, false) => Ok(None),
        (Some(_), true) => Err(incomplete("Only one auth mechanism allowed: a header and a query are signed.")),
        (Some(_), false) if headers.next().is_some() => Err(incomplete("Only one Authorization header is allowed.")),
        (Some(header), false) => from_header(parts, header).map(Some),
        (None, true) => from_query(parts).map(Some),
    }
}

fn from_header(parts: &RequestParts<'_>, header: &[u8]) -> Result<Presented, SigError> {
    let text = std::str::from_utf8(header).ok().filter(|text| text.len() <= VALUE_MAX);
    let text = text.ok_or_else(|| incomplete("The Authorization header cannot be read."))?;
    let (algorithm, fields) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    check_algorithm(algorithm)?;
    let [mut credential, mut signed_headers, mut signature] = [None; 3];
    for field in fields.split(',').map(str::trim).filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').ok_or_else(|| {
            let field = short(field);
            incomplete(format!("'{field}' not a valid key=value pair (missing equal-sign) in Authorization header."))
        })?;
        let place = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return Err(incomplete(format!("Authorization header holds '{name}' twice.")));
        }
    }
    let require = |value: Option<&str>, name: &str| {
        value.map(str::to_owned).ok_or_else(|| incomplete(format!("Authorization header requires '{name}' parameter.")))
    };
    let credential = require(credential, "Credential")?;
    let signature = require(signature, "Signature")?;
    let signed_headers = require(signed_headers, "SignedHeaders")?;
    let time = header_time(parts)?;
    let token = single_header(parts, "x-amz-security-token")?.map(str::to_owned);
    assemble(&credential, signed_headers, &signature, time, None, token)
}

fn from_query(parts: &RequestParts<'_>) -> Result<Presented, SigError> {
    let require = |name: &str| {
        let missing = || {
            incomplete(format!(
                "AWS query-string parameters must include '{name}'. Re-examine the query-string parameters."
            ))
        };
        query_value(parts, name)?.ok_or_else(missing)
    };
    check_algorithm(&require("X-Amz-Algorithm")?)?;
    let credential = require("X-Amz-Credential")?;
    let signature = require("X-Amz-Signature")?;
    let signed_headers = require("X-Amz-SignedHeaders")?;
    let date = require("X-Amz-Date")?;
    let time = moment::parse_basic(&date).ok_or_else(|| incomplete(bad_date(&date)))?;
    let expires = require("X-Amz-Expires")?;
    let secs: u32 = expires.parse().map_err(|_| incomplete("X-Amz-Expires should be a number"))?;
    if !(1..=604_800).contains(&secs) {
        return Err(incomplete(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
        ));
    }
    let token = query_value(parts, "X-Amz-Security-Token")?;
    assemble(&credential, signed_headers, &signature, time, Some(secs), token)
}

fn assemble(
    credential: &str,
    signed_headers: String,
    signature: &str,
    time: Time,
    expires_secs: Option<u32>,
    token: Option<String>,
) -> Result<Presented, SigError> {
    let words: Vec<&str> = credential.split('/').take(7).collect();
    let [access_key_id, date, region, service, terminator] = words.as_slice() else {
        return Err(incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{}'",
            short(credential)
        )));
    };
    if *terminator != TERMINATOR {
        return Err(SigError::OutOfScope(format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{}'.",
            short(terminator)
        )));
    }
    let timestamp = moment::text(time);
    let day = timestamp.get(..8).unwrap_or_default();
    if *date != day {
        return Err(SigError::OutOfScope(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{day}', from '{timestamp}'.",
            short(date)
        )));
    }
    // Only header names: a line feed in here would let one canonical request be read as another.
    if signed_headers.split(';').count() > SIGNED_MAX || !signed_headers.split(';').all(is_header_name) {
        return Err(incomplete("SignedHeaders must be a list of lower-case header names."));
    }
    let mut decoded = [0u8; 32];
    let exact = signature.len() == 64 && data_encoding::HEXLOWER.decode_mut(signature.as_bytes(), &mut decoded).is_ok();
    if !exact {
        return Err(SigError::BadSignature); // sixty-four hexadecimal digits, or it cannot be the one
    }
    Ok(Presented {
        access_key_id: (*access_key_id).to_owned(),
        scope: Scope { date: (*date).to_owned(), region: (*region).to_owned(), service: (*service).to_owned() },
        signed_headers,
        signature: decoded,
        time,
        timestamp,
        expires_secs,
        security_token: token.map(Secret::new),
    })
}

/// A lower-case token of RFC 9110 5.6.2.
fn is_header_name(name: &str) -> bool {
    let letter = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9') || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(letter)
}

/// `X-Amz-Date`, or `Date` where that is missing.
fn header_time(parts: &RequestParts<'_>) -> Result<Time, SigError> {
    if let Some(text) = single_header(parts, "x-amz-date")? {
        return moment::parse_basic(text.trim()).ok_or_else(|| incomplete(bad_date(text)));
    }
    let text = single_header(parts, "date")?.ok_or_else(|| {
        incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    })?;
    moment::parse_date_header(text.trim()).ok_or_else(|| incomplete(bad_date(text)))
}

/// The one value of a header. Two would let signer and reader look at different ones.
fn single_header<'a>(parts: &RequestParts<'a>, name: &str) -> Result<Option<&'a str>, SigError> {
    let mut values = parts.header(name);
    let Some(value) = values.next() else { return Ok(None) };
    let text = std::str::from_utf8(value).ok().filter(|text| text.len() <= VALUE_MAX);
    match (text, values.next()) {
        (Some(text), None) => Ok(Some(text)),
        _ => Err(incomplete(format!("The header '{name}' is repeated or cannot be read."))),
    }
}

/// The one value of a query parameter, decoded.
fn query_value(parts: &RequestParts<'_>, name: &str) -> Result<Option<String>, SigError> {
    let mut found = None;
    for pair in parts.query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if canonical::decode(key) != Cow::Borrowed(name.as_bytes()) {
            continue;
        }
        let value = String::from_utf8(canonical::decode(value).into_owned()).ok().filter(|v| v.len() <= VALUE_MAX);
        let value = value.ok_or_else(|| incomplete(format!("The parameter '{name}' cannot be read.")))?;
        if found.replace(value).is_some() {
            return Err(incomplete(format!("The parameter '{name}' is repeated.")));
        }
    }
    Ok(found)
}

fn check_algorithm(algorithm: &str) -> Result<(), SigError> {
    if algorithm == ALGORITHM {
        return Ok(());
    }
    Err(incomplete(format!("Unsupported AWS 'algorithm': '{}'.", short(algorithm))))
}

fn bad_date(text: &str) -> String {
    let text = short(text);
    format!("Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601")
}

/// As much of a stranger's text as an error may repeat.
fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

fn incomplete(text: impl Into<String>) -> SigError {
    SigError::Incomplete(text.into())
}
