//! Why a login gets the credentials it gets, or none: what GetCredentialsForIdentity would do, step by step, told to an
//! operator. Nothing is written and nothing is handed out.

use crate::Identity;
use crate::proofs::{Proofs, Sent};
use crate::refused::Refused;
use crate::resolution::{Wanted, look};
use crate::selection::Candidate;
use contract::Fault;
use federation::LoginError;
use iam::{Decision, Effect, Explanation, Looked, Outcome};
use kernel::{IdentityId, Secret};
use model::{Caller, Identity as Row, IdentityPool, Known, Resolution};
use std::fmt::{self, Display, Formatter, Write};
use std::sync::Arc;
use store::work;

/// The checks of one token, in their order (identity-pools.md 4.1).
const CHECKS: [&str; 7] = ["provider", "form", "claims", "issuer", "signature", "lifetime", "revocation"];

/// What is to be explained.
#[derive(Debug, Clone)]
pub struct LoginQuestion {
    /// The pool's id.
    pub pool: String,
    /// The identity id that the client holds, when it does.
    pub identity: Option<String>,
    /// `Logins`, as the client sends them.
    pub logins: Sent,
    /// `CustomRoleArn`.
    pub custom_role: Option<String>,
}

/// One step, and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was looked at: `login accounts.google.com`, `identity`, `role`, `tags`, `trust`.
    pub about: String,
    /// Whether it goes on from here.
    pub passed: bool,
    /// What was found.
    pub told: String,
}

/// Everything that was looked at, in order. The last step is the one that decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoginExplanation {
    /// The steps.
    pub steps: Vec<Step>,
}

impl LoginExplanation {
    /// Whether credentials would be handed out.
    #[must_use]
    pub fn granted(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|step| step.passed)
    }

    fn note(&mut self, about: impl Into<String>, passed: bool, told: impl Into<String>) -> bool {
        self.steps.push(Step { about: about.into(), passed, told: told.into() });
        passed
    }
}

impl Display for LoginExplanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for Step { about, passed, told } in &self.steps {
            writeln!(f, "{}  {about}: {told}", if *passed { "ok " } else { "NO " })?;
        }
        f.write_str(if self.granted() { "Credentials would be handed out." } else { "Nothing would be handed out." })
    }
}

impl Identity {
    /// Explains what a client with these logins would get.
    ///
    /// # Errors
    /// When the pool is not there, or the database does not answer. Every other refusal is part of the explanation.
    pub async fn explain_login(&self, caller: &Caller, question: &LoginQuestion) -> Result<LoginExplanation, Fault> {
        let pool = self.public_pool(caller, &question.pool).await?;
        let mut told = LoginExplanation::default();
        let Some(proofs) = self.explained_logins(&pool, &question.logins, &mut told).await else { return Ok(told) };
        let Some(row) = self.explained_identity(&pool, question, &proofs, &mut told).await? else { return Ok(told) };
        let of = match self.role_of(&pool, &proofs, question.custom_role.as_deref()) {
            Ok(chosen) => {
                told.note("role", true, format!("{}, by {}", chosen.arn, chosen.why));
                let tags = self.tags_of(&pool, &proofs);
                let passed = told.note(
                    "tags",
                    tags.is_ok(),
                    match &tags {
                        Ok(tags) => in_pairs(tags),
                        Err(error) => error.to_string(),
                    },
                );
                if !passed {
                    return Ok(told);
                }
                let tags = tags.unwrap_or_default();
                Candidate { pool: &pool, row: &row, amr: proofs.amr(&pool), tags, chosen }
            }
            Err(error) => {
                told.note("role", false, error.to_string());
                return Ok(told);
            }
        };
        self.explain_role(caller, &of, &mut told).await?;
        Ok(told)
    }

    async fn explained_logins(&self, pool: &IdentityPool, sent: &Sent, told: &mut LoginExplanation) -> Option<Proofs> {
        let mut proofs = Proofs::default();
        for (key, token) in sent {
            match self.federation.verify_login(pool, key, token).await {
                Ok(verified) => {
                    let text = format!(
                        "{} of {} made for {}: {} are in order",
                        verified.login.subject,
                        verified.login.provider,
                        verified.audience,
                        CHECKS.join(", ")
                    );
                    told.note(format!("login {key}"), true, text);
                    proofs.verified.push(verified);
                }
                Err(error) => {
                    told.note(format!("login {key}"), false, failed_check(&error));
                    return None;
                }
            }
        }
        Some(proofs)
    }

    async fn explained_identity(
        &self,
        pool: &Arc<IdentityPool>,
        question: &LoginQuestion,
        proofs: &Proofs,
        told: &mut LoginExplanation,
    ) -> Result<Option<Row>, Fault> {
        let presented = match question.identity.as_deref().map(IdentityId::parse) {
            Some(Ok(id)) => Some(id),
            Some(Err(_)) => {
                told.note("identity", false, "the id that was sent is no identity id");
                return Ok(None);
            }
            None => None,
        };
        let wanted = Wanted::of(pool, presented, proofs);
        let seen: Result<(Resolution, Vec<Known>), Refused> =
            self.store.read(work!(|tx, wanted| -> Refused { look(tx, wanted).await })).await;
        let (plan, known) = match seen.map_err(Fault::from) {
            Ok(seen) => seen,
            Err(fault) if fault.kind.server => return Err(fault),
            Err(fault) => {
                told.note("identity", false, fault.message);
                return Ok(None);
            }
        };
        let (id, text) = in_plan(&plan);
        told.note("identity", true, text);
        let new = || {
            let id = IdentityId::draw(&pool.id, &*self.entropy);
            Row::new(id, pool.id.clone(), pool.account.clone(), proofs.verified.is_empty(), self.clock.now())
        };
        let there = id.and_then(|id| known.into_iter().map(|known| known.identity).find(|row| row.id == id));
        Ok(Some(there.unwrap_or_else(new)))
    }

    async fn explain_role(
        &self,
        caller: &Caller,
        of: &Candidate<'_>,
        told: &mut LoginExplanation,
    ) -> Result<(), Fault> {
        let arn = &of.chosen.arn;
        let found = self.authority.role(&caller.account, arn).await.map_err(Refused::from)?;
        let Some(role) = found else {
            told.note("trust", false, format!("the role {arn} does not exist"));
            return Ok(());
        };
        match self.explained_trust(caller, &role, of) {
            Ok(answers) => {
                for (action, answer) in answers {
                    let text = format!("{action}: {}", in_words(&answer));
                    told.note("trust", answer.decision == Decision::Allow, text);
                }
            }
            Err(error) => {
                told.note("trust", false, error.to_string());
            }
        }
        Ok(())
    }
}

/// The check that failed, and those before it.
fn failed_check(error: &LoginError) -> String {
    let before: Vec<&str> = CHECKS.into_iter().take_while(|check| *check != error.step()).collect();
    let passed = if before.len() == CHECKS.len() || before.is_empty() {
        String::new()
    } else {
        format!("{} in order; ", before.join(", "))
    };
    format!("{passed}{}: {}", error.step(), error.reason())
}

fn in_plan(plan: &Resolution) -> (Option<IdentityId>, String) {
    match plan {
        Resolution::Create { link } => (None, format!("a new one with {} login(s)", link.len())),
        Resolution::Use { id, link } if link.is_empty() => (Some(id.clone()), "the one that is known".to_owned()),
        Resolution::Use { id, link } => (Some(id.clone()), format!("{} login(s) would be linked to it", link.len())),
        Resolution::Merge { survivor, absorbed, .. } => {
            (Some(survivor.clone()), format!("{} other(s) would become part of it", absorbed.len()))
        }
    }
}

fn in_pairs(tags: &[(String, String)]) -> String {
    if tags.is_empty() {
        return "none".to_owned();
    }
    tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

/// A decision of a trust policy in one line: the statement that decided, or what spoke against each, conditions first.
pub fn in_words(explained: &Explanation) -> String {
    if let Some(deciding) = explained.deciding.first() {
        let verb = if explained.decision == Decision::Allow { "allows" } else { "denies" };
        return format!("statement {} {verb} it", numbered(deciding.index, deciding.sid.as_deref()));
    }
    let allows = explained.statements.iter().filter(|looked| looked.effect == Effect::Allow);
    let (mut failed, other): (Vec<&Looked>, Vec<&Looked>) =
        allows.partition(|looked| matches!(looked.outcome, Outcome::ConditionFailed(_)));
    failed.extend(other);
    if failed.is_empty() {
        return "no statement allows anything".to_owned();
    }
    failed.into_iter().map(speaks_against).collect::<Vec<_>>().join("; ")
}

fn speaks_against(looked: &Looked) -> String {
    let mut text = format!("statement {} ", numbered(looked.statement.index, looked.statement.sid.as_deref()));
    match &looked.outcome {
        Outcome::Applies => text.push_str("applies"),
        Outcome::OtherAction => text.push_str("is about other actions"),
        Outcome::OtherPrincipal => text.push_str("is about other principals"),
        Outcome::OtherResource => text.push_str("is about other resources"),
        Outcome::ConditionFailed(failed) => {
            let key = failed.key.to_ascii_lowercase();
            let _ = write!(text, "wants {} {}", failed.operator, failed.key);
            // Whoever holds a guest's id is that guest: it stands in no log.
            if key.ends_with(":sub") {
                text.push_str(" to be another identity");
            } else {
                let _ = write!(text, " {:?} and has {}", failed.wanted, had(&key, &failed.had));
            }
        }
    }
    text
}

/// The values a request had for a key in small letters, as far as they may stand in a log: what it had for any other than
/// these is what a token says of a person.
fn had(key: &str, values: &[String]) -> String {
    // Ways of signing in may name a developer's user.
    let is_way = |value: &&String| !value.contains(':');
    if key.ends_with(":amr") {
        format!("{:?}", values.iter().filter(is_way).collect::<Vec<_>>())
    } else if values.is_empty() || key.ends_with(":aud") || key == "sts:rolesessionname" {
        format!("{values:?}")
    } else {
        "another value".to_owned()
    }
}

fn numbered(index: usize, sid: Option<&str>) -> String {
    sid.map_or_else(|| (index + 1).to_string(), |sid| format!("{} ({sid})", index + 1))
}

/// `Logins` of texts: what was typed, or posted to an operator's address.
#[must_use]
pub fn logins_of(pairs: impl IntoIterator<Item = (String, String)>) -> Sent {
    pairs.into_iter().map(|(key, token)| (key, Secret::new(token))).collect()
}
