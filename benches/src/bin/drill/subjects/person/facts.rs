//! What the server must answer about a person.

use super::Person;
use crate::questions::{Facts, GONE, Question, REFUSED, WORKS};

/// Dead sign-ins that are asked about, the newest: each costs a few calls at every look.
const DEAD_ASKED: usize = 3;

impl Person {
    /// What the server must answer about them.
    pub fn facts(&self, name: &str, facts: &mut Facts) {
        facts.insert(Question::Person(name.to_owned()), self.shown());
        if self.status.is_none() {
            return;
        }
        self.password_facts(name, facts);
        self.group_facts(name, facts);
        let mut refused = |question: Question| facts.insert(question, REFUSED.to_owned());
        for sign_in in self.dead.iter().rev().take(DEAD_ASKED) {
            for token in sign_in.refresh.iter().filter(|token| !token.is_empty()) {
                refused(sign_in.question(token));
            }
            for token in sign_in.access.iter().filter(|token| !token.is_empty()) {
                refused(Question::Access(token.clone()));
            }
        }
        for sign_in in &self.live {
            if let Some((last, used)) = sign_in.refresh.split_last() {
                for token in used {
                    facts.insert(sign_in.question(token), REFUSED.to_owned());
                }
                if !last.is_empty() {
                    facts.insert(sign_in.question(last), WORKS.to_owned());
                }
            }
        }
    }

    fn shown(&self) -> String {
        let Some(status) = self.status.filter(|_| !self.deleted) else { return GONE.to_owned() };
        let attributes: String = self.attributes.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        format!("{status}{}{attributes}", if self.disabled { " disabled" } else { "" })
    }

    fn password_facts(&self, name: &str, facts: &mut Facts) {
        let name = name.to_owned();
        let answer = match self.status {
            _ if self.deleted || self.disabled => REFUSED,
            Some("CONFIRMED") => WORKS,
            Some("RESET_REQUIRED") => "to be reset",
            _ => "unconfirmed",
        };
        let password = self.password.clone();
        facts.insert(Question::Password { name: name.clone(), password }, answer.to_owned());
        let mut refused = |question| facts.insert(question, REFUSED.to_owned());
        if let Some(password) = self.former.clone() {
            refused(Question::Password { name: name.clone(), password });
        }
        if let Some(code) = self.confirmed_by.clone() {
            refused(Question::ConfirmCode { name: name.clone(), code });
        }
        if let Some(code) = self.reset_by.clone() {
            refused(Question::ResetCode { name, code });
        }
        if let Some((access, code)) = self.verified_by.clone() {
            refused(Question::VerifyCode { access, code });
        }
    }

    fn group_facts(&self, name: &str, facts: &mut Facts) {
        let Some((group, description)) = &self.group else { return };
        let members = if self.member { name } else { "" };
        let groups = match (self.deleted, self.member) {
            (true, _) => GONE,
            (false, true) => group,
            (false, false) => "",
        };
        let shown = |what: &str| if description.is_some() { what.to_owned() } else { GONE.to_owned() };
        facts.insert(Question::Group(group.clone()), shown(description.as_deref().unwrap_or_default()));
        facts.insert(Question::Members(group.clone()), shown(members));
        facts.insert(Question::Groups(name.to_owned()), groups.to_owned());
    }
}
