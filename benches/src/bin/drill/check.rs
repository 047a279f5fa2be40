//! Comparing the server that came back with the ledger.

use anyhow::Result;
use benches::api::{Api, Outcome};
use benches::people::{self, word};
use kernel::{EntropyExt, SystemEntropy};
use serde_json::json;

use super::ledger::{Known, Step};
use super::load::Load;

/// Asks the server about people.
pub struct Checker<'a> {
    api: Api,
    load: &'a Load,
}

/// A person as the ledger adds them up.
#[derive(Default)]
struct Person {
    signed_up: bool,
    code: Option<String>,
    password: String,
    live: Vec<String>,
    revoked: Vec<String>,
    signed_out: Vec<String>,
    deleted: bool,
}

impl Person {
    fn of(known: &Known) -> Self {
        let mut person = Self::default();
        for step in &known.done {
            person.take(step);
        }
        person
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::SignUp(password) => {
                self.signed_up = true;
                self.password.clone_from(password);
            }
            Step::Confirm(code) => self.code = Some(code.clone()),
            Step::SignIn(refresh, _) => self.live.push(refresh.clone()),
            Step::Revoke(refresh) => {
                self.live.retain(|token| token != refresh);
                self.revoked.push(refresh.clone());
            }
            Step::SignOut(access) => {
                self.revoked.append(&mut self.live);
                self.signed_out.push(access.clone());
            }
            Step::Password(password) => {
                self.password.clone_from(password);
                self.live.clear(); // whether a new password ends older families is not this drill's question
            }
            Step::Delete => self.deleted = true,
        }
    }
}

impl<'a> Checker<'a> {
    /// Connects.
    pub fn new(load: &'a Load) -> Result<Self> {
        Ok(Self { api: Api::open(load.port, &load.key)?, load })
    }

    /// Everybody of the cycle that ended, and some of earlier ones. What does not hold is told.
    pub fn newest_and_some_older(mut self, older: usize) -> Result<Vec<String>> {
        let (new, old) = self.load.ledger.people();
        let mut broken = Vec::new();
        for (name, known) in &new {
            broken.extend(self.person(name, known)?);
        }
        for _ in 0..older.min(old.len()) {
            let at = u64::from_le_bytes(SystemEntropy.bytes()) % old.len() as u64;
            if let Some((name, known)) = usize::try_from(at).ok().and_then(|at| old.get(at)) {
                broken.extend(self.person(name, known)?);
            }
        }
        Ok(broken)
    }

    fn person(&mut self, name: &str, known: &Known) -> Result<Option<String>> {
        let said = match self.disagreement(name, known)? {
            Some(said) => said,
            None => return Ok(None),
        };
        Ok(Some(format!("{name}: {said}; the ledger says {known:?}")))
    }

    fn disagreement(&mut self, name: &str, known: &Known) -> Result<Option<String>> {
        let person = Person::of(known);
        let pool = &self.load.pool;
        let found = self.api.signed("AdminGetUser", &json!({"UserPoolId": pool.id, "Username": name}))?;
        let gone = found.refused_as() == Some("UserNotFoundException");
        match (&known.pending, gone) {
            (_, false) if person.deleted => return Ok(Some("a deleted person is back".into())),
            (Some(Step::SignUp(_) | Step::Delete), true) => return Ok(None),
            (_, true) if person.deleted => return Ok(None),
            (_, true) => return Ok(Some("an acknowledged person is gone".into())),
            _ => {}
        }
        let found = found.done()?;
        let status = word(&found, &["UserStatus"])?;
        let may_be_confirmed = matches!(known.pending, Some(Step::Confirm(_)));
        match (person.code.is_some(), status.as_str()) {
            (true, "CONFIRMED") | (false, "UNCONFIRMED") => {}
            (false, "CONFIRMED") if may_be_confirmed => {}
            (_, status) => return Ok(Some(format!("has status {status}"))),
        }
        if !person.signed_up {
            return Ok(self.half_a_person(&found));
        }
        if person.code.is_none() {
            return Ok(None);
        }
        self.proofs(name, &person, known.pending.as_ref())
    }

    /// A sign-up nobody acknowledged may be there, but then whole.
    fn half_a_person(&self, found: &serde_json::Value) -> Option<String> {
        let attributes = found.get("UserAttributes").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
        (attributes < 2).then(|| format!("half a person: {found}"))
    }

    fn proofs(&mut self, name: &str, person: &Person, pending: Option<&Step>) -> Result<Option<String>> {
        let pool = &self.load.pool;
        let code = person.code.as_deref().unwrap_or_default();
        let input = json!({"ClientId": pool.client, "Username": name, "ConfirmationCode": code});
        if matches!(self.api.public("ConfirmSignUp", &input)?, Outcome::Done(_)) {
            return Ok(Some("a used code was good again".into()));
        }
        for token in &person.revoked {
            if matches!(people::refresh(&mut self.api, pool, token)?, Outcome::Done(_)) {
                return Ok(Some(format!("a revoked refresh token lives: {token}")));
            }
        }
        for access in &person.signed_out {
            if matches!(self.api.public("GetUser", &json!({"AccessToken": access}))?, Outcome::Done(_)) {
                return Ok(Some("an access token lives after the sign-out".into()));
            }
        }
        let unsure = matches!(pending, Some(Step::Revoke(_) | Step::SignOut(_) | Step::Password(_) | Step::Delete));
        for token in person.live.iter().filter(|_| !unsure) {
            if let Outcome::Refused(code, sentence) = people::refresh(&mut self.api, pool, token)? {
                return Ok(Some(format!("a refresh token is lost: {code}: {sentence}")));
            }
        }
        self.passwords(name, person, pending)
    }

    fn passwords(&mut self, name: &str, person: &Person, pending: Option<&Step>) -> Result<Option<String>> {
        let pool = &self.load.pool;
        let mut works = |password: &str| -> Result<bool> {
            Ok(matches!(people::sign_in(&mut self.api, pool, name, password)?, Outcome::Done(_)))
        };
        let old = works(&person.password)?;
        match pending {
            Some(Step::Password(new)) if *new != person.password => {
                let new = works(new)?;
                Ok((old == new).then(|| format!("of two passwords, old works: {old}, new works: {new}")))
            }
            _ => Ok((!old).then(|| "the acknowledged password does not sign in".to_owned())),
        }
    }
}
