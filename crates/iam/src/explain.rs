//! Why a decision fell as it did: every statement that was looked at, and what spoke for or against it.

use std::collections::HashSet;

use serde::Serialize;

use crate::condition::Condition;
use crate::context::Context;
use crate::decide::{Decision, Policies, Request, Source, Weighed, asked, settle};
use crate::policy::Named;
use crate::statement::{Asked, Effect, Miss, Statement};

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What was decided.
    pub decision: Decision,
    /// The statements that decided: those that forbid, or those that permit. None when nothing permits.
    pub deciding: Vec<StatementName>,
    /// Every statement of every policy, in the order in which they were asked.
    pub statements: Vec<Looked>,
    /// Keys that statements about this action ask for and the request does not have, each once, as first written.
    pub missing: Vec<String>,
}

/// Where a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementName {
    /// What kind of policy.
    pub source: Source,
    /// The policy's name.
    pub policy: String,
    /// The statement's `Sid`, when it has one.
    pub sid: Option<String>,
    /// Its place in the policy, from zero.
    pub index: usize,
}

/// A statement that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Looked {
    /// Which.
    pub statement: StatementName,
    /// What it does when it applies.
    pub effect: Effect,
    /// Whether it applies.
    pub outcome: Outcome,
}

/// Whether a statement applies to a request, and if not, the first thing that speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// It applies.
    Applies,
    /// It is about other actions.
    OtherAction,
    /// It is about other principals.
    OtherPrincipal,
    /// It is about other resources.
    OtherResource,
    /// A condition does not hold.
    ConditionFailed(FailedCondition),
}

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedCondition {
    /// The operator as written.
    pub operator: String,
    /// The key as written.
    pub key: String,
    /// The policy's values as written.
    pub wanted: Vec<String>,
    /// The request's values; none when the key is absent.
    pub had: Vec<String>,
}

impl FailedCondition {
    fn of(condition: &Condition, context: &Context) -> Self {
        Self {
            operator: condition.operator_name.clone(),
            key: condition.key.clone(),
            wanted: condition.written.clone(),
            had: context.folded(&condition.folded).to_vec(),
        }
    }
}

/// Decides as [`crate::decide`] does, and keeps the reasons.
#[must_use]
pub fn explain(policies: &Policies<'_>, request: &Request<'_>) -> Explanation {
    let asked = asked(request);
    let mut witness = Witness::default();
    let decision = settle(policies, |source, policies| witness.weigh(source, policies, &asked));
    let decides = |looked: &&Looked| match decision {
        Decision::Allow => looked.effect == Effect::Allow,
        Decision::ExplicitDeny(source) => looked.effect == Effect::Deny && looked.statement.source == source,
        Decision::ImplicitDeny(_) => false,
    };
    let applies = witness.statements.iter().filter(|looked| looked.outcome == Outcome::Applies);
    let deciding = applies.filter(decides).map(|looked| looked.statement.clone()).collect();
    Explanation { decision, deciding, statements: witness.statements, missing: witness.missing }
}

/// Looks at statements as [`crate::decide`] does and writes down what it sees.
#[derive(Default)]
struct Witness {
    statements: Vec<Looked>,
    missing: Vec<String>,
    noted: HashSet<String>,
}

impl Witness {
    fn weigh(&mut self, source: Source, policies: &[Named<'_>], asked: &Asked<'_>) -> Weighed {
        let mut weighed = Weighed::default();
        for named in policies {
            for (index, statement) in named.policy.statements.iter().enumerate() {
                let name = StatementName { source, policy: named.name.to_string(), sid: statement.sid.clone(), index };
                let outcome = match statement.examine(asked) {
                    Ok(reach) => {
                        weighed.add(statement.effect, reach);
                        Outcome::Applies
                    }
                    Err(Miss::Action) => Outcome::OtherAction,
                    Err(Miss::Principal) => Outcome::OtherPrincipal,
                    Err(Miss::Resource) => Outcome::OtherResource,
                    Err(Miss::Condition(failed)) => {
                        Outcome::ConditionFailed(FailedCondition::of(failed, asked.context))
                    }
                };
                if !matches!(outcome, Outcome::OtherAction | Outcome::OtherPrincipal) {
                    self.note_missing(statement, asked.context);
                }
                self.statements.push(Looked { statement: name, effect: statement.effect, outcome });
            }
        }
        weighed
    }

    fn note_missing(&mut self, statement: &Statement, context: &Context) {
        for key in statement.keys() {
            let folded = key.to_ascii_lowercase();
            if context.folded(&folded).is_empty() && self.noted.insert(folded) {
                self.missing.push(key.to_owned());
            }
        }
    }
}
