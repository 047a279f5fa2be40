//! Session tokens of AWS-style credentials: sealed so that every node that holds the keyring believes them without asking
//! the database (credentials-and-iam.md 1).
//!
//! Inside: `secret (30 bytes) ‖ JSON of the rest ‖ 0 ‖ session policy ‖ zeros up to the size that was asked for`. JSON holds
//! no zero byte, and the policy stands outside of it so that its quotes need no escapes. Account and access key id are
//! bound from outside: with another key's id the token is not a text of ours at all. What every session of an identity
//! pool says is written short: tokens travel in headers.

use crypto::{Keyring, TokenError, TokenPurpose};
use data_encoding::BASE64;
use kernel::{AccountId, Entropy, EntropyExt, IdentityId, Secret, Time};
use model::{AwsSession, SessionIdentity, SessionOf};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Longest session token: it travels in a header and in presigned URLs.
pub const TOKEN_CHARS_MAX: usize = 4096;
/// What sealing adds to the payload: header, times and tag of [`Keyring::seal_token`].
const OVERHEAD: usize = 57;
const PAYLOAD_MAX: usize = TOKEN_CHARS_MAX / 4 * 3 - OVERHEAD;
/// 240 random bits are forty characters of base64 without padding.
const SECRET: usize = 30;

/// How the condition keys of identity pools begin, and how that is written inside. No issuer's name begins so.
const POOLS: (&str, &str) = ("cognito-identity.amazonaws.com:", "~");
/// The key that names the identity, written short. Its value is the session's identity and is written once.
const SUB: &str = "~sub";

/// What the client is handed.
#[derive(Debug, Clone)]
pub struct SessionCredentials {
    /// `ASIA` and 16 characters.
    pub access_key_id: String,
    /// Forty characters of base64.
    pub secret: Secret<String>,
    /// The sealed session.
    pub token: String,
    /// When they end.
    pub expires: Time,
    /// `PackedPolicySize`: how many per cent of the room for session policies and tags they take. `None` without any.
    pub packed_percent: Option<i64>,
}

/// Session policies and tags do not fit into the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("session policies and tags take {percent} % of the room there is")]
pub struct PackedTooLarge {
    /// More than 100.
    pub percent: i64,
}

/// Credentials that came back, and are honoured as far as the token goes.
#[derive(Debug, Clone)]
pub struct OpenedSession {
    /// Its secret, to check the signature with.
    pub secret: Secret<String>,
    /// Whose they are.
    pub session: AwsSession,
}

/// The sealed part of a session. A member that an older node does not know could be one that narrows the session, so it
/// refuses the whole.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inside<'s> {
    o: Whose<'s>,
    g: i64,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    t: Cow<'s, [(String, String)]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    r: Cow<'s, [String]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    a: Cow<'s, [String]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    k: Vec<(Cow<'s, str>, Cow<'s, str>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    i: Option<Cow<'s, str>>,
    /// The identity of an identity pool, and its generation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<(Cow<'s, IdentityId>, i64)>,
}

#[derive(Serialize, Deserialize)]
enum Whose<'s> {
    #[serde(rename = "r")]
    Role(Cow<'s, str>, Cow<'s, str>, Cow<'s, str>),
    #[serde(rename = "u")]
    User(Cow<'s, str>, Cow<'s, str>, Cow<'s, str>),
    #[serde(rename = "f")]
    Federated(Option<Cow<'s, str>>, Cow<'s, str>),
    #[serde(rename = "x")]
    Root,
}

/// Seals a session and draws its secret. `size_min` is the length the token has at least (`MinimumSessionTokenSize`).
///
/// # Errors
/// [`PackedTooLarge`] when the token would be longer than [`TOKEN_CHARS_MAX`].
pub fn issue(
    keyring: &Keyring,
    account: &AccountId,
    session: &AwsSession,
    size_min: usize,
    entropy: &dyn Entropy,
) -> Result<SessionCredentials, PackedTooLarge> {
    let secret = Secret::new(entropy.bytes::<SECRET>());
    let inside = inside(session);
    let length = SECRET + inside.len();
    let packed_percent = packed_percent(session, length);
    if let Some(percent) = packed_percent.filter(|_| length > PAYLOAD_MAX) {
        return Err(PackedTooLarge { percent });
    }
    let padded = (size_min.min(TOKEN_CHARS_MAX) * 3).div_ceil(4).saturating_sub(OVERHEAD).max(length);
    // Room for all of it at once: a vector that moves leaves the secret behind.
    let mut payload = Vec::with_capacity(padded);
    payload.extend_from_slice(secret.reveal());
    payload.extend_from_slice(&inside);
    payload.resize(padded, 0);
    let payload = Secret::new(payload);
    let AwsSession { access_key_id, expires, issued, .. } = session;
    let binding = [account.as_str(), access_key_id];
    let purpose = TokenPurpose::AwsSession;
    let token = keyring.seal_token(purpose, &binding, *expires, payload.reveal(), *issued, entropy);
    Ok(SessionCredentials {
        access_key_id: access_key_id.clone(),
        secret: Secret::new(BASE64.encode(secret.reveal())),
        token,
        expires: *expires,
        packed_percent,
    })
}

/// Opens the token that was presented with an access key id.
///
/// # Errors
/// [`TokenError::Expired`] for a token of this key that has ended; [`TokenError::Garbage`] for anything that is not this
/// key's token.
pub fn open(
    keyring: &Keyring,
    account: &AccountId,
    access_key_id: &str,
    token: &str,
    now: Time,
) -> Result<OpenedSession, TokenError> {
    if token.len() > TOKEN_CHARS_MAX {
        return Err(TokenError::Garbage);
    }
    let opened = keyring.open_token(TokenPurpose::AwsSession, &[account.as_str(), access_key_id], token, now)?;
    let (secret, inside, policy) = parts(opened.payload.reveal()).ok_or(TokenError::Garbage)?;
    let session = AwsSession {
        access_key_id: access_key_id.to_owned(),
        of: inside.o.into(),
        issued: opened.issued,
        expires: opened.expires,
        tags: inside.t.into_owned(),
        transitive: inside.r.into_owned(),
        policy,
        policy_arns: inside.a.into_owned(),
        keys: lengthened(inside.k, inside.p.as_ref().map(|(id, _)| &**id)),
        source_identity: inside.i.map(Cow::into_owned),
        generation: inside.g,
        identity: inside.p.map(|(id, generation)| SessionIdentity { id: id.into_owned(), generation }),
    };
    Ok(OpenedSession { secret, session })
}

fn parts(payload: &[u8]) -> Option<(Secret<String>, Inside<'_>, Option<String>)> {
    let (secret, rest) = payload.split_first_chunk::<SECRET>()?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (json, policy) = rest.split_at_checked(end)?;
    let policy = std::str::from_utf8(policy).ok()?.trim_matches('\0');
    let policy = (!policy.is_empty()).then(|| policy.to_owned());
    Some((Secret::new(BASE64.encode(secret)), serde_json::from_slice(json).ok()?, policy))
}

/// JSON, a zero, the policy.
fn inside(session: &AwsSession) -> Vec<u8> {
    let inside = Inside {
        o: (&session.of).into(),
        g: session.generation,
        t: session.tags.as_slice().into(),
        r: session.transitive.as_slice().into(),
        a: session.policy_arns.as_slice().into(),
        k: shortened(&session.keys, session.identity.as_ref().map(|identity| &identity.id)),
        i: session.source_identity.as_deref().map(Cow::Borrowed),
        p: session.identity.as_ref().map(|identity| (Cow::Borrowed(&identity.id), identity.generation)),
    };
    // Texts and numbers always have a JSON form; an empty payload would open for nobody.
    let mut out = Vec::with_capacity(1024);
    if serde_json::to_writer(&mut out, &inside).is_err() {
        out.clear();
    }
    out.push(0);
    out.extend(session.policy.as_deref().into_iter().flat_map(|policy| tightened(policy).into_bytes()));
    out
}

/// Condition keys as they are written inside.
fn shortened<'s>(keys: &'s [(String, String)], identity: Option<&IdentityId>) -> Vec<(Cow<'s, str>, Cow<'s, str>)> {
    let short = |(key, value): &'s (String, String)| {
        let key = match key.strip_prefix(POOLS.0) {
            Some("aud") => Cow::Borrowed("~aud"),
            Some("sub") => Cow::Borrowed(SUB),
            Some("amr") => Cow::Borrowed("~amr"),
            Some(rest) => Cow::Owned(format!("{}{rest}", POOLS.1)),
            None => Cow::Borrowed(key.as_str()),
        };
        let known = key == SUB && identity.is_some_and(|id| id.as_str() == value);
        (key, Cow::Borrowed(if known { "" } else { value.as_str() }))
    };
    keys.iter().map(short).collect()
}

/// Condition keys as they were before.
fn lengthened(keys: Vec<(Cow<'_, str>, Cow<'_, str>)>, identity: Option<&IdentityId>) -> Vec<(String, String)> {
    let long = |(key, value): (Cow<'_, str>, Cow<'_, str>)| {
        let value = match identity.filter(|_| key == SUB && value.is_empty()) {
            Some(id) => id.to_string(),
            None => value.into_owned(),
        };
        let long = key.strip_prefix(POOLS.1).map(|rest| format!("{}{rest}", POOLS.0));
        (long.unwrap_or_else(|| key.into_owned()), value)
    };
    keys.into_iter().map(long).collect()
}

/// How much of the room that the rest of the session leaves its policies and tags take.
fn packed_percent(session: &AwsSession, payload: usize) -> Option<i64> {
    let AwsSession { tags, transitive, policy, policy_arns, .. } = session;
    let unpacked = tags.is_empty() && transitive.is_empty() && policy.is_none() && policy_arns.is_empty();
    if unpacked && payload <= PAYLOAD_MAX {
        return None;
    }
    let bare = AwsSession {
        tags: Vec::new(),
        transitive: Vec::new(),
        policy: None,
        policy_arns: Vec::new(),
        ..session.clone()
    };
    let fixed = SECRET + inside(&bare).len();
    let (used, room) = (payload.saturating_sub(fixed), PAYLOAD_MAX.saturating_sub(fixed).max(1));
    let percent = i64::try_from((used * 100).div_ceil(room)).unwrap_or(i64::MAX);
    (used > 0 || payload > PAYLOAD_MAX).then_some(percent)
}

/// The document without the blanks between its parts: it means the same and is shorter.
fn tightened(document: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let keep = |c: &char| {
        let blank = !quoted && matches!(c, ' ' | '\t' | '\n' | '\r');
        quoted ^= *c == '"' && !escaped;
        escaped = quoted && *c == '\\' && !escaped;
        !blank
    };
    document.chars().filter(keep).collect()
}

impl<'s> From<&'s SessionOf> for Whose<'s> {
    fn from(of: &'s SessionOf) -> Self {
        match of {
            SessionOf::Role { id, name, session_name } => Self::Role(id.into(), name.into(), session_name.into()),
            SessionOf::User { id, path, name } => Self::User(id.into(), path.into(), name.into()),
            SessionOf::Federated { user, name } => Self::Federated(user.as_deref().map(Cow::Borrowed), name.into()),
            SessionOf::Root => Self::Root,
        }
    }
}

impl From<Whose<'_>> for SessionOf {
    fn from(of: Whose<'_>) -> Self {
        match of {
            Whose::Role(id, name, session_name) => {
                Self::Role { id: id.into(), name: name.into(), session_name: session_name.into() }
            }
            Whose::User(id, path, name) => Self::User { id: id.into(), path: path.into(), name: name.into() },
            Whose::Federated(user, name) => Self::Federated { user: user.map(Cow::into_owned), name: name.into() },
            Whose::Root => Self::Root,
        }
    }
}

#[cfg(test)]
#[path = "aws_session_test.rs"]
mod tests;
