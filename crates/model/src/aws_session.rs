//! Temporary AWS-style credentials: whose they are, how long, and what narrows them. They live in the token that the
//! client holds and nowhere else (credentials-and-iam.md 1).

use kernel::entropy::BASE32;
use kernel::{AccountId, Entropy, EntropyExt, IdentityId, Time};
use std::time::Duration;

/// How the ids of temporary access keys begin; lasting ones begin with `AKIA`.
pub const ACCESS_KEY_PREFIX: &str = "ASIA";

/// Who stands behind the credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionOf {
    /// An assumed role.
    Role {
        /// `AROA` and 17 characters.
        id: String,
        /// The role's name, without its path: so the session's ARN has it.
        name: String,
        /// The name that the caller gave the session.
        session_name: String,
    },
    /// A user, by GetSessionToken.
    User {
        /// `AIDA` and 17 characters.
        id: String,
        /// The user's path, `/` or `/…/`.
        path: String,
        /// The user's name.
        name: String,
    },
    /// Somebody a user, or root, vouched for by GetFederationToken.
    Federated {
        /// The user's id; `None` when root vouched.
        user: Option<String>,
        /// The name that was given.
        name: String,
    },
    /// The account's root, by GetSessionToken.
    Root,
}

impl SessionOf {
    /// The id of the IAM user or role whose rights count and whose generation ends the session; `None` for root's.
    #[must_use]
    pub fn principal_id(&self) -> Option<&str> {
        match self {
            Self::Role { id, .. } | Self::User { id, .. } => Some(id),
            Self::Federated { user, .. } => user.as_deref(),
            Self::Root => None,
        }
    }
}

/// The identity of an identity pool that stands behind a session of a role, and where it stood when the session began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionIdentity {
    /// Which.
    pub id: IdentityId,
    /// Once it has moved on, or is disabled or gone, the session has ended.
    pub generation: i64,
}

/// One set of temporary credentials, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsSession {
    /// `ASIA` and 16 characters.
    pub access_key_id: String,
    /// Who stands behind it.
    pub of: SessionOf,
    /// When it was handed out.
    pub issued: Time,
    /// The first moment at which it is no longer good.
    pub expires: Time,
    /// Session tags, `aws:PrincipalTag/…`. They win over tags of the role of the same name.
    pub tags: Vec<(String, String)>,
    /// Keys of the tags that go on to roles assumed with this session.
    pub transitive: Vec<String>,
    /// The session policy that was passed as a document.
    pub policy: Option<String>,
    /// ARNs of the managed policies that were passed as session policies.
    pub policy_arns: Vec<String>,
    /// Condition keys of the sign-in elsewhere that the session keeps, `<issuer>:sub`; one of several values is repeated.
    pub keys: Vec<(String, String)>,
    /// `aws:SourceIdentity`, kept through every role assumed from here.
    pub source_identity: Option<String>,
    /// Where the role or user stood; once it has moved on, the session has ended (DESIGN decision 3).
    pub generation: i64,
    /// The identity it was handed out to; it stays with every session that is made of this one.
    pub identity: Option<SessionIdentity>,
}

impl AwsSession {
    /// Credentials that begin now, with an id of their own and nothing that narrows them.
    #[must_use]
    pub fn begin(of: SessionOf, generation: i64, now: Time, lifetime: Duration, entropy: &dyn Entropy) -> Self {
        Self {
            access_key_id: format!("{ACCESS_KEY_PREFIX}{}", entropy.open().text(BASE32, 16)),
            of,
            issued: now,
            expires: now + lifetime,
            tags: Vec::new(),
            transitive: Vec::new(),
            policy: None,
            policy_arns: Vec::new(),
            keys: Vec::new(),
            source_identity: None,
            generation,
            identity: None,
        }
    }

    /// Whether session policies narrow it. They do although none of their texts can be found any more: then nothing is
    /// allowed.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }

    /// The caller's ARN, as GetCallerIdentity tells it. A role's path is not part of it.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> String {
        match &self.of {
            SessionOf::Role { name, session_name, .. } => {
                format!("arn:aws:sts::{account}:assumed-role/{name}/{session_name}")
            }
            SessionOf::User { path, name, .. } => format!("arn:aws:iam::{account}:user{path}{name}"),
            SessionOf::Federated { name, .. } => format!("arn:aws:sts::{account}:federated-user/{name}"),
            SessionOf::Root => format!("arn:aws:iam::{account}:root"),
        }
    }

    /// `aws:userid`: who this is, under an id that is never given out again.
    #[must_use]
    pub fn user_id(&self, account: &AccountId) -> String {
        match &self.of {
            SessionOf::Role { id, session_name, .. } => format!("{id}:{session_name}"),
            SessionOf::User { id, .. } => id.clone(),
            SessionOf::Federated { name, .. } => format!("{account}:{name}"),
            SessionOf::Root => account.to_string(),
        }
    }

    /// The tags that a role assumed with this session inherits.
    pub fn inherited_tags(&self) -> impl Iterator<Item = &(String, String)> {
        // Keys of tags are compared without regard to case (IAM user guide, "Rules for tagging").
        self.tags.iter().filter(|(key, _)| self.transitive.iter().any(|name| name.to_lowercase() == key.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    fn of(of: SessionOf) -> AwsSession {
        AwsSession::begin(of, 3, Time::from_secs(100), Duration::from_secs(900), &SystemEntropy)
    }

    #[test]
    fn cr_10_each_kind_of_session_has_its_arn_and_user_id() {
        let account = AccountId::parse("123456789012").unwrap();
        let role = SessionOf::Role { id: "AROAX".into(), name: "back-end".into(), session_name: "ana@1".into() };
        let user = SessionOf::User { id: "AIDAX".into(), path: "/ops/".into(), name: "bob".into() };
        let federated = SessionOf::Federated { user: Some("AIDAX".into()), name: "carol".into() };
        let told = [role, user, federated, SessionOf::Root].map(|who| {
            let session = of(who);
            (session.arn(&account), session.user_id(&account))
        });
        let expected = [
            ("arn:aws:sts::123456789012:assumed-role/back-end/ana@1", "AROAX:ana@1"),
            ("arn:aws:iam::123456789012:user/ops/bob", "AIDAX"),
            ("arn:aws:sts::123456789012:federated-user/carol", "123456789012:carol"),
            ("arn:aws:iam::123456789012:root", "123456789012"),
        ];
        assert_eq!(told, expected.map(|(arn, id)| (arn.to_owned(), id.to_owned())));
    }

    #[test]
    fn a_session_has_an_id_of_its_own_and_ends_after_its_lifetime() {
        let (one, other) = (of(SessionOf::Root), of(SessionOf::Root));
        assert_ne!(one.access_key_id, other.access_key_id);
        let (prefix, rest) = one.access_key_id.split_at(4);
        assert_eq!((prefix, rest.len()), (ACCESS_KEY_PREFIX, 16));
        assert!(rest.bytes().all(|b| BASE32.contains(&b)), "{rest}");
        assert_eq!(one.expires.secs(), 1000);
    }

    #[test]
    fn only_transitive_tags_go_on_whatever_the_case_of_their_keys() {
        let pair = |key: &str| (key.to_owned(), "v".to_owned());
        let session = AwsSession {
            tags: vec![pair("Team"), pair("cost")],
            transitive: vec!["team".into(), "gone".into()],
            ..of(SessionOf::Root)
        };
        assert_eq!(session.inherited_tags().collect::<Vec<_>>(), [&pair("Team")]);
    }

    #[test]
    fn a_policy_named_only_by_arn_narrows_too() {
        assert!(!of(SessionOf::Root).is_narrowed());
        assert!(AwsSession { policy: Some("{}".into()), ..of(SessionOf::Root) }.is_narrowed());
        assert!(AwsSession { policy_arns: vec!["arn".into()], ..of(SessionOf::Root) }.is_narrowed());
    }
}
