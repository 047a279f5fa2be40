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
    for session in [full, foreign, namesake, nobody, session(), of(user), of(vouched), of(by_root), of(SessionOf::Root)]
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
