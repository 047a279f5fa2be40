//! A person, and the group they made.

mod facts;

use std::collections::BTreeMap;

use crate::questions::Question;

/// A step about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Signed up with a password and an address.
    SignUp { password: String, email: String },
    /// Confirmed with this code.
    Confirm { code: String },
    /// Signed in: what that brought.
    SignIn { refresh: String, access: String },
    /// The same through the client whose refresh tokens replace one another.
    RotatingSignIn { refresh: String, access: String },
    /// A refresh token was used for the next one.
    Turn { old: String, new: String, access: String },
    /// A used refresh token was presented again.
    Reused { refresh: String },
    /// The sign-in of this refresh token was revoked.
    Revoke { refresh: String },
    /// Signed out everywhere.
    SignOut,
    /// The administrator signed them out everywhere.
    AdminSignOut,
    /// The administrator set this password.
    SetPassword { password: String },
    /// They changed it themselves.
    ChangePassword { password: String },
    /// The administrator asked for a new one.
    ResetPassword,
    /// They asked for a code for a new one; it must come, whatever happens to the server.
    Forgot,
    /// They set it with this code.
    ConfirmForgot { code: String, password: String },
    /// They changed an attribute.
    Attribute { name: String, value: String },
    /// The administrator changed one.
    AdminAttribute { name: String, value: String },
    /// They took one away.
    AttributeGone { name: String },
    /// They asked for another address, which waits for its code.
    Email { address: String },
    /// They proved it with this code.
    VerifyEmail { access: String, code: String },
    /// Switched off.
    Disable,
    /// Switched on.
    Enable,
    /// A group was made.
    GroupMade { group: String, description: String },
    /// They joined it.
    Join { group: String },
    /// They left it.
    Leave { group: String },
    /// It was deleted.
    GroupGone { group: String },
    /// Deleted, by themselves or the administrator.
    Delete,
}

/// The names of the kinds.
#[rustfmt::skip]
pub const KINDS: &[&str] = &[
    "SignUp", "Confirm", "SignIn", "RotatingSignIn", "Turn", "Reused", "Revoke", "SignOut", "AdminSignOut", "SetPassword",
    "ChangePassword", "ResetPassword", "ConfirmForgot", "Attribute", "AdminAttribute", "AttributeGone", "VerifyEmail",
    "Disable", "Enable", "GroupMade", "Join", "Leave", "GroupGone", "Delete",
];

/// A sign-in and what came of it.
#[derive(Default)]
struct SignIn {
    rotating: bool,
    refresh: Vec<String>,
    access: Vec<String>,
}

impl SignIn {
    fn question(&self, refresh: &str) -> Question {
        if self.rotating { Question::Turn(refresh.to_owned()) } else { Question::Refresh(refresh.to_owned()) }
    }
}

/// A person as the ledger adds them up.
#[derive(Default)]
pub struct Person {
    status: Option<&'static str>,
    deleted: bool,
    disabled: bool,
    password: String,
    former: Option<String>,
    attributes: BTreeMap<String, String>,
    waiting: Option<String>,
    confirmed_by: Option<String>,
    reset_by: Option<String>,
    verified_by: Option<(String, String)>,
    live: Vec<SignIn>,
    dead: Vec<SignIn>,
    group: Option<(String, Option<String>)>,
    member: bool,
    owed: Vec<String>,
}

impl Person {
    /// Where codes were promised that nobody has used yet.
    pub fn owed(&self) -> &[String] {
        if self.deleted { &[] } else { &self.owed }
    }

    /// Adds a step.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::SignUp { .. } | Step::Confirm { .. } | Step::Disable | Step::Enable | Step::Delete => {
                self.account(step);
            }
            Step::SignIn { .. } | Step::RotatingSignIn { .. } | Step::Turn { .. } => self.signed_in(step),
            Step::Reused { refresh } | Step::Revoke { refresh } => {
                self.end(|sign_in| sign_in.refresh.iter().any(|token| token == refresh));
            }
            Step::SignOut | Step::AdminSignOut => self.end(|_| true),
            Step::SetPassword { .. }
            | Step::ChangePassword { .. }
            | Step::ResetPassword
            | Step::Forgot
            | Step::ConfirmForgot { .. } => self.passwords(step),
            Step::Attribute { .. }
            | Step::AdminAttribute { .. }
            | Step::AttributeGone { .. }
            | Step::Email { .. }
            | Step::VerifyEmail { .. } => self.attributes(step),
            Step::GroupMade { group, description } => self.group = Some((group.clone(), Some(description.clone()))),
            Step::Join { .. } => self.member = true,
            Step::Leave { .. } => self.member = false,
            Step::GroupGone { group } => (self.group, self.member) = (Some((group.clone(), None)), false),
        }
    }

    fn account(&mut self, step: &Step) {
        match step {
            Step::SignUp { password, email } => {
                self.status = Some("UNCONFIRMED");
                self.password.clone_from(password);
                self.attributes.insert("email".to_owned(), email.clone());
                self.owed.push(email.clone());
            }
            Step::Confirm { code } => {
                self.status = Some("CONFIRMED");
                self.attributes.insert("email_verified".to_owned(), "true".to_owned());
                self.confirmed_by = Some(code.clone());
                self.owed.clear();
            }
            Step::Disable => {
                self.disabled = true;
                self.end(|_| true);
            }
            Step::Enable => self.disabled = false,
            _ => {
                (self.deleted, self.member) = (true, false);
                self.end(|_| true);
            }
        }
    }

    fn signed_in(&mut self, step: &Step) {
        match step {
            Step::SignIn { refresh, access } | Step::RotatingSignIn { refresh, access } => {
                let rotating = matches!(step, Step::RotatingSignIn { .. });
                self.live.push(SignIn { rotating, refresh: vec![refresh.clone()], access: vec![access.clone()] });
            }
            Step::Turn { old, new, access } => {
                let family = self.live.iter_mut().find(|sign_in| sign_in.refresh.contains(old));
                if let Some(family) = family {
                    family.refresh.push(new.clone());
                    family.access.push(access.clone());
                }
            }
            _ => {}
        }
    }

    fn passwords(&mut self, step: &Step) {
        match step {
            Step::SetPassword { password } | Step::ChangePassword { password } => self.new_password(password),
            Step::ConfirmForgot { password, code } => {
                self.new_password(password);
                self.reset_by = Some(code.clone());
                self.owed.clear();
            }
            _ => {
                self.owed.extend(self.attributes.get("email").cloned());
                if *step == Step::ResetPassword {
                    self.status = Some("RESET_REQUIRED");
                    self.live.clear();
                }
            }
        }
    }

    /// Whether a new password ends older sign-ins is a setting, and not this drill's question.
    fn new_password(&mut self, password: &str) {
        self.status = Some("CONFIRMED");
        if self.password != password {
            self.former = Some(std::mem::replace(&mut self.password, password.to_owned()));
        }
        self.live.clear();
    }

    fn attributes(&mut self, step: &Step) {
        match step {
            Step::Attribute { name, value } | Step::AdminAttribute { name, value } => {
                self.attributes.insert(name.clone(), value.clone());
            }
            Step::AttributeGone { name } => {
                self.attributes.remove(name);
            }
            Step::Email { address } => {
                self.waiting = Some(address.clone());
                self.owed.push(address.clone());
            }
            Step::VerifyEmail { access, code } => {
                if let Some(address) = self.waiting.take() {
                    self.owed.retain(|owed| *owed != address);
                    self.attributes.insert("email".to_owned(), address);
                }
                self.verified_by = Some((access.clone(), code.clone()));
            }
            _ => {}
        }
    }

    fn end(&mut self, which: impl Fn(&SignIn) -> bool) {
        let (ended, living) = std::mem::take(&mut self.live).into_iter().partition::<Vec<_>, _>(which);
        self.live = living;
        self.dead.extend(ended);
    }
}
