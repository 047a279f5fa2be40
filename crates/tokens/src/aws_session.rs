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
    let mut payload = secret.reveal().to_vec();
    payload.extend_from_slice(&inside(session));
    let packed_percent = packed_percent(session, payload.len());
    if let Some(percent) = packed_percent.filter(|_| payload.len() > PAYLOAD_MAX) {
        return Err(PackedTooLarge { percent });
    }
    let padded = (size_min.min(TOKEN_CHARS_MAX) * 3).div_ceil(4).saturating_sub(OVERHEAD);
    payload.resize(payload.len().max(padded), 0);
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
mod tests {
    use super::*;
    use kernel::SystemEntropy;
    use std::time::Duration;

    const NOW: Time = Time::from_secs(1_788_249_909);
    const HOUR: Duration = Duration::from_secs(3600);

    fn account() -> AccountId {
        AccountId::parse("123456789012").unwrap()
    }

    fn pairs(count: usize, key: &str, value: &str) -> Vec<(String, String)> {
        (0..count).map(|n| (format!("{key}{n}"), format!("{value}{n}"))).collect()
    }

    /// As an identity of an identity pool would have it.
    fn session() -> AwsSession {
        let of = SessionOf::Role {
            id: "AROAQWERTZUIOPASDFGHJ".into(),
            name: "Cognito_ShopAuthenticated_Role".into(),
            session_name: "CognitoIdentityCredentials".into(),
        };
        let key = |name: &str, value: &str| (format!("cognito-identity.amazonaws.com:{name}"), value.to_owned());
        let id = "eu-central-1:4ab3c1d2-0000-4000-8000-00000000000";
        let provider = "cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab1Cd2Ef3";
        let person = format!("{provider}:CognitoSignIn:4ab3c1d2-0000-4000-8000-000000000003");
        let amr = ["authenticated", provider, &person].map(|value| key("amr", value));
        let identity = SessionIdentity { id: IdentityId::parse(&format!("{id}2")).unwrap(), generation: 12 };
        AwsSession {
            keys: [vec![key("aud", &format!("{id}1")), key("sub", &format!("{id}2"))], amr.to_vec()].concat(),
            identity: Some(identity),
            ..AwsSession::begin(of, 7, NOW, HOUR, &SystemEntropy)
        }
    }

    fn issued(ring: &Keyring, session: &AwsSession) -> SessionCredentials {
        issue(ring, &account(), session, 0, &SystemEntropy).unwrap()
    }

    fn reopened(ring: &Keyring, made: &SessionCredentials, now: Time) -> Result<OpenedSession, TokenError> {
        open(ring, &account(), &made.access_key_id, &made.token, now)
    }

    fn refused(result: Result<OpenedSession, TokenError>) -> TokenError {
        result.expect_err("no session")
    }

    #[test]
    fn a_session_comes_back_whole_with_its_secret() {
        let ring = Keyring::draw(&SystemEntropy);
        let full = AwsSession {
            tags: pairs(3, "täg\0\"", "\u{1}wert"),
            transitive: vec!["täg0".into()],
            policy: Some(r#"{"Statement":[{"Sid":"a \\\" b","Effect":"Allow"}]}"#.into()),
            policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".into()],
            source_identity: Some("ana@example.com".into()),
            ..session()
        };
        // Sessions of other issuers, and one whose `sub` is not its identity, are written as they are.
        let foreign = AwsSession {
            keys: vec![
                ("id.example:sub".into(), "ana".into()),
                ("cognito-identity.amazonaws.com:sub".into(), "other".into()),
            ],
            ..session()
        };
        // Another issuer may call somebody by the same text as the identity.
        let alike = session().identity.map(|identity| ("id.example:sub".to_owned(), identity.id.to_string()));
        let namesake = AwsSession { keys: [session().keys, alike.into_iter().collect()].concat(), ..session() };
        let nobody = AwsSession { identity: None, ..session() };
        let user = SessionOf::User { id: "AIDAX".into(), path: "/a/".into(), name: "bob".into() };
        let vouched = SessionOf::Federated { user: Some("AIDAX".into()), name: "carol".into() };
        let by_root = SessionOf::Federated { user: None, name: "dan".into() };
        let of = |of| AwsSession { of, ..session() };
        for session in
            [full, foreign, namesake, nobody, session(), of(user), of(vouched), of(by_root), of(SessionOf::Root)]
        {
            let made = issued(&ring, &session);
            let opened = reopened(&ring, &made, NOW).unwrap();
            assert_eq!(opened.session, session);
            assert!(opened.secret.matches(made.secret.reveal()));
            assert_eq!((made.secret.reveal().len(), made.expires), (40, NOW + HOUR));
        }
        let (one, other) = (issued(&ring, &session()), issued(&ring, &session()));
        assert!(!one.secret.matches(other.secret.reveal()) && one.token != other.token);
    }

    #[test]
    fn cr_30_a_token_with_ten_tags_is_at_most_1400_bytes_long() {
        let ring = Keyring::draw(&SystemEntropy);
        let tags = pairs(10, "department", "engineering-europe");
        let made = issued(&ring, &AwsSession { transitive: vec!["department0".into()], tags, ..session() });
        assert!(made.token.len() <= 1400, "{}", made.token.len());
    }

    #[test]
    fn cr_30_a_master_key_is_rotated_under_live_sessions_without_a_refusal() {
        let before = Keyring::draw(&SystemEntropy);
        let (distributed, id) = before.add(&SystemEntropy);
        let active = distributed.activate(id).unwrap();
        let live = session();
        // In each phase some nodes have the keyring of the phase before: whatever one seals, the other opens.
        for (one, other) in [(&before, &distributed), (&distributed, &active)] {
            for (seals, opens) in [(one, other), (other, one), (one, one), (other, other)] {
                assert_eq!(reopened(opens, &issued(seals, &live), NOW + HOUR / 2).unwrap().session, live);
            }
        }
        let (old, new) = (issued(&before, &live), issued(&active, &live));
        assert!(reopened(&active, &old, NOW).is_ok(), "sessions of the time before live on until the key is retired");
        let retired = active.retire(before.active_id()).unwrap();
        assert!(reopened(&retired, &new, NOW).is_ok());
        assert_eq!(refused(reopened(&retired, &old, NOW)), TokenError::Garbage);
    }

    #[test]
    fn cr_06_an_expired_token_is_told_apart_from_one_that_is_not_this_key_s() {
        let ring = Keyring::draw(&SystemEntropy);
        let (one, other) = (issued(&ring, &session()), issued(&ring, &session()));
        assert!(reopened(&ring, &one, NOW + HOUR - Duration::from_millis(1)).is_ok());
        assert_eq!(refused(reopened(&ring, &one, NOW + HOUR)), TokenError::Expired);
        for now in [NOW, NOW + HOUR] {
            let crossed = open(&ring, &account(), &other.access_key_id, &one.token, now);
            assert_eq!(refused(crossed), TokenError::Garbage, "another key's token is not even expired");
        }
        let elsewhere = AccountId::parse("210987654321").unwrap();
        assert_eq!(refused(open(&ring, &elsewhere, &one.access_key_id, &one.token, NOW)), TokenError::Garbage);
        assert_eq!(refused(reopened(&Keyring::draw(&SystemEntropy), &one, NOW)), TokenError::Garbage);
    }

    #[test]
    fn st_17_changed_cut_extended_and_foreign_tokens_are_garbage() {
        let ring = Keyring::draw(&SystemEntropy);
        let made = issued(&ring, &session());
        let garbage = |token: &str| {
            let result = open(&ring, &account(), &made.access_key_id, token, NOW);
            assert_eq!(refused(result), TokenError::Garbage, "{token}");
        };
        for at in 0..made.token.len() {
            let mut changed = made.token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            garbage(std::str::from_utf8(&changed).unwrap());
            garbage(&made.token[..at]);
        }
        for strange in ["", "=", "ü", &format!("{}A", made.token), &format!("{}=", made.token), &"A".repeat(20_000)] {
            garbage(strange);
        }
        // Authentic texts of ours that were made for something else, under the same binding.
        let binding = [account().to_string(), made.access_key_id.clone()];
        let binding = [binding[0].as_str(), binding[1].as_str()];
        for purpose in TokenPurpose::ALL {
            garbage(&ring.seal_token(*purpose, &binding, NOW + HOUR, &[7; 200], NOW, &SystemEntropy));
        }
    }

    #[test]
    fn a_payload_of_a_later_version_is_refused_and_not_half_understood() {
        let ring = Keyring::draw(&SystemEntropy);
        let open_with = |json: &str| {
            let payload = [&[1; SECRET][..], json.as_bytes(), &[0]].concat();
            let binding = [account().to_string(), "ASIAX".to_owned()];
            let binding = [binding[0].as_str(), binding[1].as_str()];
            let token = ring.seal_token(TokenPurpose::AwsSession, &binding, NOW + HOUR, &payload, NOW, &SystemEntropy);
            open(&ring, &account(), "ASIAX", &token, NOW)
        };
        assert_eq!(open_with(r#"{"o":"x","g":0}"#).unwrap().session.of, SessionOf::Root);
        for json in [r#"{"o":"x","g":0,"narrowing":1}"#, r#"{"o":"y","g":0}"#, r#"{"o":"x"}"#, "{}", ""] {
            assert_eq!(refused(open_with(json)), TokenError::Garbage, "{json}");
        }
    }

    #[test]
    fn policies_and_tags_that_do_not_fit_are_refused_with_the_room_they_take() {
        let ring = Keyring::draw(&SystemEntropy);
        assert_eq!(issued(&ring, &session()).packed_percent, None, "nothing was packed");
        let with_policy = |chars: usize| {
            let policy = format!(r#"{{"Statement":"{}"}}"#, "x".repeat(chars - 16));
            issue(&ring, &account(), &AwsSession { policy: Some(policy), ..session() }, 0, &SystemEntropy)
        };
        let full = with_policy(2048).unwrap();
        assert!(full.token.len() <= TOKEN_CHARS_MAX && full.packed_percent.is_some_and(|p| (75..=99).contains(&p)));
        let room = PAYLOAD_MAX - SECRET - inside(&session()).len();
        let exact = with_policy(room).unwrap();
        assert_eq!((exact.token.len(), exact.packed_percent), (TOKEN_CHARS_MAX, Some(100)));
        assert!(reopened(&ring, &exact, NOW).is_ok());
        assert_eq!(with_policy(room + 1).unwrap_err(), PackedTooLarge { percent: 101 });
        for packed in [
            AwsSession { tags: pairs(1, "k", "v"), ..session() },
            AwsSession { transitive: vec!["k".into()], ..session() },
            AwsSession { policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".into()], ..session() },
        ] {
            assert!(issued(&ring, &packed).packed_percent.is_some_and(|percent| percent > 0), "{packed:?}");
        }
        let tags = pairs(50, &"k".repeat(120), &"v".repeat(250));
        let refusal = issue(&ring, &account(), &AwsSession { tags, ..session() }, 0, &SystemEntropy).unwrap_err();
        assert!(refusal.percent > 300, "{refusal}");
    }

    #[test]
    fn a_session_that_is_too_long_without_policies_and_tags_is_refused_too() {
        let ring = Keyring::draw(&SystemEntropy);
        let with_source = |chars: usize| AwsSession { source_identity: Some("x".repeat(chars)), ..session() };
        let room = PAYLOAD_MAX - SECRET - inside(&with_source(0)).len();
        let exact = issued(&ring, &with_source(room));
        assert_eq!((exact.token.len(), exact.packed_percent), (TOKEN_CHARS_MAX, None));
        let refusal = issue(&ring, &account(), &with_source(room + 1), 0, &SystemEntropy).unwrap_err();
        assert_eq!(refusal, PackedTooLarge { percent: 0 });
    }

    #[test]
    fn a_token_is_as_long_as_was_asked_for_and_says_the_same() {
        let ring = Keyring::draw(&SystemEntropy);
        let narrowed = AwsSession { policy: Some("{}".into()), ..session() };
        for (asked, session) in [(4096, &session()), (3001, &narrowed), (9999, &narrowed)] {
            let made = issue(&ring, &account(), session, asked, &SystemEntropy).unwrap();
            assert!(made.token.len() >= asked.min(4096) && made.token.len() <= asked.min(4093) + 3, "{asked}");
            assert_eq!(&reopened(&ring, &made, NOW).unwrap().session, session);
        }
    }

    #[test]
    fn blanks_between_the_parts_of_a_document_go_and_those_inside_texts_stay() {
        let written = "{\n \"Sid\" :\t\"a b\\\" c \\\\\" , \"x\": [ 1, 2 ]\r\n}";
        assert_eq!(tightened(written), r#"{"Sid":"a b\" c \\","x":[1,2]}"#);
    }
}
