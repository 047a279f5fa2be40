//! A user of IAM with a key, a role and a policy, all of one name.

use benches::sigv4::AccessKey;

use crate::questions::{Facts, GONE, Question, REFUSED, WORKS};

/// The account of a server nobody configured.
pub const ACCOUNT: &str = "123456789012";

/// A step about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The user was made.
    UserMade,
    /// A key for the user.
    KeyMade { key: AccessKey },
    /// The key was switched on or off.
    KeyStatus { active: bool },
    /// The key was deleted.
    KeyGone,
    /// The user was given this document as its inline policy.
    UserPolicy { document: String },
    /// It was taken away.
    UserPolicyGone,
    /// A policy was made.
    PolicyMade { document: String },
    /// A second version of it, in force at once.
    PolicyVersion { document: String },
    /// The policy was attached to the role.
    Attached,
    /// And detached.
    Detached,
    /// The policy was deleted.
    PolicyGone,
    /// A role was made.
    RoleMade { trust: String },
    /// Others may assume it.
    Trust { trust: String },
    /// The role was deleted.
    RoleGone,
    /// The user was deleted.
    UserGone,
}

/// The names of the kinds.
#[rustfmt::skip]
pub const KINDS: &[&str] = &[
    "UserMade", "KeyMade", "KeyStatus", "KeyGone", "UserPolicy", "UserPolicyGone", "PolicyMade", "PolicyVersion",
    "Attached", "Detached", "PolicyGone", "RoleMade", "Trust", "RoleGone", "UserGone",
];

/// What there is of one name.
#[derive(Default)]
pub struct Iam {
    user: Option<Option<String>>,
    user_gone: bool,
    key: Option<(AccessKey, bool)>,
    policy: Option<Option<(u32, String)>>,
    role: Option<Option<String>>,
    attached: bool,
}

/// The ARN of the policy of that name.
pub fn policy_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:policy/{name}")
}

impl Iam {
    /// Adds a step.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::UserMade | Step::UserPolicyGone => self.user = Some(None),
            Step::UserPolicy { document } => self.user = Some(Some(document.clone())),
            Step::UserGone => self.user_gone = true,
            Step::KeyMade { key } => self.key = Some((key.clone(), true)),
            Step::KeyStatus { active } => self.switch_key(*active),
            Step::KeyGone => self.switch_key(false),
            Step::PolicyMade { document } => self.policy = Some(Some((1, document.clone()))),
            Step::PolicyVersion { document } => self.policy = Some(Some((2, document.clone()))),
            Step::PolicyGone => self.policy = Some(None),
            Step::RoleMade { trust } | Step::Trust { trust } => self.role = Some(Some(trust.clone())),
            Step::RoleGone => self.role = Some(None),
            Step::Attached => self.attached = true,
            Step::Detached => self.attached = false,
        }
    }

    fn switch_key(&mut self, active: bool) {
        if let Some((_, status)) = &mut self.key {
            *status = active;
        }
    }

    /// What the server must answer about them.
    pub fn facts(&self, name: &str, facts: &mut Facts) {
        if let Some(document) = self.user.as_ref() {
            let inline = document.as_ref().map(|text| format!("drill: {text}")).unwrap_or_default();
            let shown = format!("trust [] inline [{inline}] attached []");
            facts.insert(Question::IamUser(name.to_owned()), if self.user_gone { GONE.to_owned() } else { shown });
        }
        if let Some((key, active)) = self.key.as_ref().filter(|(key, _)| !key.id.is_empty()) {
            let arn = format!("arn:aws:iam::{ACCOUNT}:user/{name}");
            facts.insert(Question::Key(key.clone()), if *active { arn } else { REFUSED.to_owned() });
            let may = *active && self.user.as_ref().is_some_and(Option::is_some);
            facts.insert(Question::Rights(key.clone()), if may { WORKS } else { REFUSED }.to_owned());
        }
        if let Some(policy) = &self.policy {
            let shown = policy.as_ref().map(|(version, text)| format!("v{version} {text}"));
            facts.insert(Question::Policy(policy_arn(name)), shown.unwrap_or_else(|| GONE.to_owned()));
        }
        if let Some(role) = &self.role {
            let attached = if self.attached { policy_arn(name) } else { String::new() };
            let shown = role.as_ref().map(|trust| format!("trust [{trust}] inline [] attached [{attached}]"));
            facts.insert(Question::Role(name.to_owned()), shown.unwrap_or_else(|| GONE.to_owned()));
        }
    }
}
