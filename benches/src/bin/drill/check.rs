//! Comparing the server that came back with the ledger.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use benches::api::Api;
use kernel::{EntropyExt, SystemEntropy};

use crate::ledger::Known;
use crate::load::Load;
use crate::questions::{Asker, Facts, Question};
use crate::subjects::{KINDS, Step, facts, person};

/// How long mail may take that was promised before the last kill: whoever died while sending had its row leased for 150 s.
const MAIL_MAX: Duration = Duration::from_secs(200);

/// Asks the server about what the ledger knows.
pub struct Checker<'a> {
    asker: Asker<'a>,
    load: &'a Load,
}

/// How often each kind of step decided what an answer had to be: a step that never does is not tested by the drill.
#[derive(Default)]
pub struct Tally(BTreeMap<String, u64>);

impl<'a> Checker<'a> {
    /// Connects.
    pub fn new(load: &'a Load) -> Result<Self> {
        let api = Api::open(load.port, &load.key)?;
        Ok(Self { asker: Asker { api, plain: &load.pool, rotating: &load.rotating, changed: Vec::new() }, load })
    }

    /// Everybody of the cycle that ended, and some of earlier ones. What does not hold is told.
    pub fn newest_and_some_older(mut self, older: usize, tally: &mut Tally) -> Result<Vec<String>> {
        let (new, old) = self.load.ledger.subjects();
        let mut broken = Vec::new();
        for (name, known) in &new {
            broken.extend(self.subject(name, known, tally)?);
        }
        for _ in 0..older.min(old.len()) {
            let at = u64::from_le_bytes(SystemEntropy.bytes()) % old.len() as u64;
            if let Some(name) = usize::try_from(at).ok().and_then(|at| old.get(at)) {
                broken.extend(self.subject(name, &self.load.ledger.known(name), tally)?);
            }
        }
        Ok(broken)
    }

    fn subject(&mut self, name: &str, known: &Known, tally: &mut Tally) -> Result<Option<String>> {
        let done = facts(name, &known.done);
        let both = known.pending.as_ref().map(|pending| facts(name, known.done.iter().chain([pending])));
        let mut told = Facts::new();
        for question in in_order(&done, both.as_ref(), known.seen) {
            let answer = self.asker.ask(&question)?;
            told.insert(question, answer);
        }
        let mut happened = std::mem::take(&mut self.asker.changed);
        if differs(&done, &told).is_some() {
            match (both.as_ref().map(|both| differs(both, &told)), &known.pending) {
                (Some(None), Some(pending)) => happened.insert(0, pending.clone()),
                _ => return Ok(Some(disagreement(name, known, &done, &told))),
            }
        } else {
            tally.count(name, known, &done);
        }
        self.load.ledger.settle(name, happened);
        Ok(None)
    }
}

/// What must work is asked before what must not: a used refresh token ends the sign-in of a good one. Used codes come
/// once: each counts as a guess, and too many guesses lock the person.
fn in_order(done: &Facts, both: Option<&Facts>, seen: bool) -> Vec<Question> {
    let refused = |question: &Question| done.get(question).is_some_and(|answer| answer == crate::questions::REFUSED);
    let only_both = both.into_iter().flat_map(Facts::keys).filter(|q| !done.contains_key(q) && !q.spends());
    let from_done = done.keys().filter(|question| !(seen && question.spends()));
    let (last, mut first): (Vec<Question>, Vec<Question>) = from_done.chain(only_both).cloned().partition(refused);
    first.extend(last);
    first
}

/// The first thing that was asked and answered otherwise.
fn differs<'a>(expected: &'a Facts, told: &Facts) -> Option<(&'a Question, &'a String)> {
    expected.iter().find(|(question, answer)| told.get(question).is_some_and(|told| told != *answer))
}

fn disagreement(name: &str, known: &Known, done: &Facts, told: &Facts) -> String {
    let (question, expected) = match differs(done, told) {
        Some((question, expected)) => (format!("{question:?}"), expected.clone()),
        None => Default::default(),
    };
    let got = differs(done, told).and_then(|(question, _)| told.get(question)).cloned().unwrap_or_default();
    format!("{name}: {question} should answer {expected:?} and answers {got:?}; the ledger says {known:?}")
}

impl Tally {
    /// Leaves out each acknowledged step once, as a server would that had lost it, and looks whether it would be seen.
    fn count(&mut self, name: &str, known: &Known, done: &Facts) {
        for left_out in 0..known.done.len() {
            let kept = known.done.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, step)| step);
            if let Some(step) = known.done.get(left_out).filter(|_| facts(name, kept) != *done) {
                *self.0.entry(step.kind()).or_default() += 1;
            }
        }
    }

    /// Kinds of steps that were never put to the test.
    pub fn untested(&self) -> Vec<&'static str> {
        KINDS.iter().flat_map(|kinds| kinds.iter().copied()).filter(|kind| !self.0.contains_key(*kind)).collect()
    }

    /// How often each was, in one line.
    pub fn told(&self) -> String {
        self.0.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", ")
    }
}

/// Mail that was promised and never came, though the server had time enough since its last start.
pub fn mail_owed(load: &Load) -> Vec<String> {
    let (new, old) = load.ledger.subjects();
    let mut owed = Vec::new();
    for name in new.iter().map(|(name, _)| name).chain(&old) {
        let mut person = person::Person::default();
        for step in &load.ledger.known(name).done {
            if let Step::Person(step) = step {
                person.take(step);
            }
        }
        owed.extend(person.owed().iter().map(|address| (name.clone(), address.clone())));
    }
    let watch = kernel::Stopwatch::start();
    owed.retain(|(_, address)| load.sink.code_for(address, MAIL_MAX.saturating_sub(watch.elapsed())).is_none());
    owed.into_iter().map(|(name, address)| format!("{name}: the code promised to {address} never came")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subjects::person::Step as OfPerson;

    fn ana() -> Vec<Step> {
        let of_ana = [
            OfPerson::SignUp { password: "p".into(), email: "a@b".into() },
            OfPerson::Confirm { code: "1".into() },
            OfPerson::RotatingSignIn { refresh: "r1".into(), access: "a1".into() },
            OfPerson::Turn { old: "r1".into(), new: "r2".into(), access: "a2".into() },
            OfPerson::Revoke { refresh: "r2".into() },
        ];
        of_ana.into_iter().map(Step::Person).collect()
    }

    #[test]
    fn every_acknowledged_step_that_is_left_out_is_missed() {
        let known = Known { done: ana(), ..Known::default() };
        let done = facts("ana", &known.done);
        for left_out in 0..known.done.len() {
            let mut lost = known.done.clone();
            let step = lost.remove(left_out);
            assert!(differs(&facts("ana", &lost), &done).is_some() || facts("ana", &lost) != done, "{step:?}");
        }
        let mut tally = Tally::default();
        tally.count("ana", &known, &done);
        assert_eq!(tally.0.len(), known.done.len(), "{}", tally.told());
        assert!(tally.untested().contains(&"Join") && !tally.untested().contains(&"Turn"));
    }

    #[test]
    fn a_server_that_lost_or_invented_something_disagrees() {
        let done = facts("ana", &ana());
        for (question, answer) in &done {
            let mut told = done.clone();
            told.insert(question.clone(), format!("not {answer}"));
            assert_eq!(differs(&done, &told).map(|(question, _)| question), Some(question));
        }
        assert!(differs(&done, &done).is_none());
    }

    #[test]
    fn a_code_that_may_still_be_good_is_not_spent_by_asking() {
        let done = facts("ana", &ana()[..1]);
        let both = facts("ana", &ana()[..2]);
        assert!(both.keys().any(Question::spends));
        assert!(!in_order(&done, Some(&both), false).iter().any(Question::spends));
        let order = in_order(&facts("ana", &ana()[..4]), None, false);
        let at = |token: &str| order.iter().position(|q| *q == Question::Turn(token.into()));
        assert!(at("r2") < at("r1"), "the good token before the used one: {order:?}");
    }
}
