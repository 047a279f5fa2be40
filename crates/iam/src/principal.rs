//! Who asks, and how `Principal` elements name him.

use crate::statement::Effect;

/// The caller, as policies may name him. The default is anonymous.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrincipalIds {
    /// The account he belongs to; `None` for anonymous callers, services and identities of a provider.
    pub account: Option<String>,
    /// His own ARN: of the user, of the assumed-role session, or of the account's root.
    pub arn: Option<String>,
    /// For a session of a role: the role's ARN.
    pub role_arn: Option<String>,
    /// His unique id, which is never given out again: a user's `AIDA…`, or `AROA…:NAME` of a role's session.
    pub unique_id: Option<String>,
    /// For a session of a role: the role's unique id.
    pub role_unique_id: Option<String>,
    /// For a service that calls by itself: its name, such as `lambda.amazonaws.com`.
    pub service: Option<String>,
    /// For a web or SAML identity: every name of its provider. `cognito-identity.amazonaws.com`, or an issuer's host and
    /// path together with the ARN of the provider that was created for it.
    pub federated: Vec<String>,
    /// The canonical id of the account, for those who are named by it.
    pub canonical_user: Option<String>,
}

impl PrincipalIds {
    /// Nobody in particular: an unsigned request.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// A user.
    #[must_use]
    pub fn user(account: impl Into<String>, arn: impl Into<String>) -> Self {
        Self { account: Some(account.into()), arn: Some(arn.into()), ..Self::default() }
    }

    /// The root of an account, in the partition `aws`.
    #[must_use]
    pub fn root(account: impl Into<String>) -> Self {
        let account = account.into();
        Self { arn: Some(format!("arn:aws:iam::{account}:root")), account: Some(account), ..Self::default() }
    }

    /// A session of a role.
    #[must_use]
    pub fn role_session(
        account: impl Into<String>,
        session_arn: impl Into<String>,
        role_arn: impl Into<String>,
    ) -> Self {
        Self { role_arn: Some(role_arn.into()), ..Self::user(account, session_arn) }
    }

    /// The same, also known by unique ids: his own, and his role's where he is a session of one.
    #[must_use]
    pub fn known_as(self, unique_id: impl Into<String>, role: Option<String>) -> Self {
        Self { unique_id: Some(unique_id.into()), role_unique_id: role, ..self }
    }

    /// A service that calls by itself.
    #[must_use]
    pub fn service(name: impl Into<String>) -> Self {
        Self { service: Some(name.into()), ..Self::default() }
    }

    /// An identity of a provider, under every name the provider has.
    #[must_use]
    pub fn federated<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self { federated: names.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    fn is_anonymous(&self) -> bool {
        *self == Self::default()
    }

    fn is_root_of(&self, account: &str) -> bool {
        let own = self.account.as_deref() == Some(account);
        own && self.arn.as_deref().is_some_and(|arn| arn.ends_with(":root") && arn.matches(':').count() == 5)
    }
}

/// How far an Allow of a resource's policy reaches for the one it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// His account is named: it may hand on the permission, by policies of its own.
    Account,
    /// His role is named, or everyone: it replaces his own policies, within boundary and session.
    Bounded,
    /// He himself is named: it needs nothing else.
    Whole,
}

/// One value of a `Principal` or `NotPrincipal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// `"*"`
    Everyone,
    /// `{"AWS": "*"}`
    AnyAccount,
    /// `{"AWS": "123456789012"}`, or the ARN of its root.
    Account(String),
    /// `{"AWS": "arn:…"}`
    Arn(String),
    /// `{"AWS": "AIDA…"}`: a user or role by unique id, or a role's session, `AROA…:NAME`.
    UniqueId(String),
    /// `{"Federated": …}`
    Federated(String),
    /// `{"Service": …}`
    Service(String),
    /// `{"CanonicalUser": …}`
    CanonicalUser(String),
}

impl Principal {
    /// Reads a value of `{kind: value}`. `None`: nobody can be named so.
    pub(crate) fn parse(kind: &str, value: &str) -> Option<Self> {
        if value.is_empty() || (value != "*" && value.contains(['*', '?'])) {
            return None;
        }
        match (kind, value) {
            ("AWS", "*") => Some(Principal::AnyAccount),
            ("AWS", account) if is_account(account) => Some(Principal::Account(account.to_owned())),
            ("AWS", id) if is_unique_id(id) => Some(Principal::UniqueId(id.to_owned())),
            ("AWS", arn) => {
                let segments: Vec<&str> = arn.splitn(6, ':').collect();
                match segments.as_slice() {
                    ["arn", _, "iam", "", account, "root"] if is_account(account) => {
                        Some(Principal::Account((*account).to_owned()))
                    }
                    ["arn", _, "iam" | "sts", "", account, name] if is_account(account) && !name.is_empty() => {
                        Some(Principal::Arn(arn.to_owned()))
                    }
                    _ => None,
                }
            }
            (_, "*") => None,
            ("Federated", name) => Some(Principal::Federated(name.to_owned())),
            ("Service", name) => Some(Principal::Service(name.to_owned())),
            ("CanonicalUser", id) => Some(Principal::CanonicalUser(id.to_owned())),
            _ => None,
        }
    }

    /// How far this denotes the caller, in an element of a statement of `effect`, inverted or not.
    ///
    /// Where words could be read in two ways, the reading is the one that grants less. `{"AWS": "*"}` is everyone when it
    /// denies, and everyone but services and identities of providers when it allows. An account denotes all who belong to
    /// it, except among those whom a Deny spares (`NotPrincipal`): there it is listed beside a user so that the account
    /// itself is not locked out, and spares nobody but its root.
    pub(crate) fn denotes(&self, who: &PrincipalIds, effect: Effect, inverted: bool) -> Option<Reach> {
        let widely = (effect == Effect::Deny) != inverted;
        let spared = effect == Effect::Deny && inverted;
        let is = |own: &Option<String>, named: &String| own.as_ref() == Some(named);
        let (found, reach) = match self {
            Principal::Everyone => (true, Reach::Bounded),
            Principal::AnyAccount => (widely || who.account.is_some() || who.is_anonymous(), Reach::Bounded),
            Principal::Account(account) if spared => (who.is_root_of(account), Reach::Account),
            Principal::Account(account) => (is(&who.account, account), Reach::Account),
            Principal::Arn(arn) if is(&who.arn, arn) => (true, Reach::Whole),
            Principal::Arn(arn) => (is(&who.role_arn, arn), Reach::Bounded),
            Principal::UniqueId(id) if is(&who.unique_id, id) => (true, Reach::Whole),
            Principal::UniqueId(id) => (is(&who.role_unique_id, id), Reach::Bounded),
            Principal::Federated(name) => (who.federated.contains(name), Reach::Whole),
            Principal::Service(name) => (is(&who.service, name), Reach::Whole),
            Principal::CanonicalUser(id) => (is(&who.canonical_user, id), Reach::Account),
        };
        found.then_some(reach)
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `AIDA` or `AROA` and seventeen more; only a role's may be followed by the name of a session.
fn is_unique_id(text: &str) -> bool {
    let (id, session) = text.split_once(':').map_or((text, None), |(id, session)| (id, Some(session)));
    let drawn = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let role = id.starts_with("AROA");
    let named = session.is_none_or(|session| role && !session.is_empty());
    id.len() == 21 && id.bytes().all(drawn) && (role || id.starts_with("AIDA")) && named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_read() {
        let arn = "arn:aws:iam::123456789012:role/x";
        assert_eq!(Principal::parse("AWS", arn), Some(Principal::Arn(arn.into())));
        for account in ["123456789012", "arn:aws:iam::123456789012:root"] {
            assert_eq!(Principal::parse("AWS", account), Some(Principal::Account("123456789012".into())));
        }
        assert_eq!(Principal::parse("AWS", "*"), Some(Principal::AnyAccount));
        for id in ["AIDA234567ABCDEFGHIJK", "AROA234567ABCDEFGHIJK", "AROA234567ABCDEFGHIJK:web"] {
            assert_eq!(Principal::parse("AWS", id), Some(Principal::UniqueId(id.into())));
        }
        for (kind, value) in [
            ("AWS", "arn:aws:iam::123456789012:user/*"),
            ("AWS", "arn:aws:iam::*:root"),
            ("AWS", "arn:aws:s3:::bucket"),
            ("AWS", "arn:aws:iam::123456789012:"),
            ("AWS", "ana"),
            ("AWS", "AIDA234567ABCDEFGHIJ"),
            ("AWS", "AIDA234567ABCDEFGHIJK:web"),
            ("AWS", "AROA234567ABCDEFGHIJK:"),
            ("AWS", "AKIA234567ABCDEFGHIJK"),
            ("AWS", "aida234567abcdefghijk"),
            ("AWS", ""),
            ("Service", "*"),
            ("Federated", "*"),
            ("Federated", ""),
            ("aws", "123456789012"),
            ("Group", "x"),
        ] {
            assert_eq!(Principal::parse(kind, value), None, "{kind} {value}");
        }
    }

    #[test]
    fn an_id_names_one_whoever_bears_the_name_and_a_role_s_reaches_as_far_as_its_arn() {
        let (user, role) = ("AIDA234567ABCDEFGHIJK", "AROA234567ABCDEFGHIJK");
        let ana = PrincipalIds::user("123456789012", "arn:aws:iam::123456789012:user/ana");
        let session = PrincipalIds::role_session("123456789012", "arn:aws:sts::123456789012:assumed-role/r/s", "arn:r");
        let session = session.known_as(format!("{role}:s"), Some(role.to_owned()));
        let reach = |id: &str, who: &PrincipalIds| Principal::parse("AWS", id)?.denotes(who, Effect::Allow, false);
        assert_eq!(reach(user, &ana), None, "her ARN is another matter");
        assert_eq!(reach(user, &ana.known_as(user, None)), Some(Reach::Whole));
        assert_eq!(reach(role, &session), Some(Reach::Bounded));
        assert_eq!(reach(&format!("{role}:s"), &session), Some(Reach::Whole));
        assert_eq!(reach(&format!("{role}:t"), &session), None);
        assert_eq!(reach(user, &session), None);
    }
}
