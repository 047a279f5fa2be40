//! Simulations: the policy engine is asked what it would decide, and says why.
//!
//! Every action is asked of every resource, and each such question has one answer. Nothing is simulated beside the
//! engine: what decides here is what decides requests (credentials-and-iam.md 4.3).

mod bench;
pub mod held;
pub mod parts;
mod place;
pub mod who;

use crate::{Access, say};
use bench::Bench;
use contract::Fault;
use contract::iam::types::SimulatePolicyResponse;
use model::Caller;
use parts::Parts;
use std::collections::HashSet;
use who::Who;

/// Most statements that all questions of a call may look at together: actions times resources times statements.
const STATEMENTS_MAX: usize = 50_000;
/// About how many bytes of policies the questions of one page may go through, a long resource counting several times:
/// what is more comes with the next page.
const PAGE_BYTES_MAX: usize = 16 << 20;
/// Characters of a resource that patterns are compared with at the price of one pass.
const RESOURCE_PASS: usize = 64;

/// What is asked.
#[derive(Debug)]
pub struct Question {
    /// `service:Name`, each.
    pub actions: Vec<String>,
    /// ARNs, or `*`.
    pub resources: Vec<String>,
}

/// One page of the answers.
#[derive(Debug)]
pub struct Asking<'a> {
    /// The operation.
    pub operation: &'a str,
    /// Everything the answers depend on, as text: a marker goes with it.
    pub told: String,
    /// Where the page begins.
    pub marker: Option<String>,
    /// How long it may be.
    pub max_items: Option<i64>,
}

impl Question {
    /// Checks what is asked. Without resources it is asked of `*`.
    pub fn of(actions: Vec<String>, resources: Option<Vec<String>>) -> Result<Self, Fault> {
        let resources = resources.filter(|all| !all.is_empty()).unwrap_or_else(|| vec!["*".to_owned()]);
        if let Some(wrong) = actions.iter().find(|action| !is_action(action)) {
            return Err(say::simulation::action_invalid(wrong));
        }
        if let Some(wrong) = resources.iter().find(|resource| *resource != "*" && account_of(resource).is_none()) {
            return Err(say::simulation::resource_invalid(wrong));
        }
        Ok(Self { actions, resources })
    }

    fn count(&self) -> usize {
        self.actions.len().saturating_mul(self.resources.len())
    }

    /// The question at a place: all resources of the first action, then those of the next.
    fn at(&self, place: usize) -> Option<(&str, &str)> {
        let action = self.actions.get(place.checked_div(self.resources.len())?)?;
        let resource = self.resources.get(place.checked_rem(self.resources.len())?)?;
        Some((action, resource))
    }
}

/// A service and a name, and no pattern of names.
fn is_action(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !":*?".contains(c));
    text.split_once(':').is_some_and(|(service, name)| plain(service) && plain(name))
}

/// The account segment of an ARN; `None` for what is no ARN.
fn account_of(arn: &str) -> Option<&str> {
    let segments: Vec<&str> = arn.splitn(6, ':').collect();
    match segments.as_slice() {
        ["arn", _, _, _, account, resource] if !resource.is_empty() => Some(account),
        _ => None,
    }
}

/// Members of both simulations that this engine has no answer for are refused: it knows one account and no instances.
pub fn only_served(caller: &Caller, owner: Option<&str>, handling: Option<&str>) -> Result<(), Fault> {
    if handling.is_some() {
        return Err(say::simulation::handling_not_served());
    }
    match owner {
        Some(owner) if owner != caller.account.as_str() && account_of(owner) != Some(caller.account.as_str()) => {
            Err(say::simulation::other_account(owner))
        }
        _ => Ok(()),
    }
}

/// Asks.
pub fn answer(
    access: &Access,
    caller: &Caller,
    question: &Question,
    (parts, who): (&Parts, &Who),
    asking: Asking<'_>,
) -> Result<SimulatePolicyResponse, Fault> {
    check(caller, question, parts, who)?;
    let binding = [asking.operation, caller.account.as_str(), &asking.told];
    let mut listing = access.listing(&binding, asking.marker.as_deref(), asking.max_items)?;
    listing.limit = listing.limit.min(room(question, parts));
    let (places, (is_truncated, marker)) =
        listing.page((0..question.count()).collect(), |place: &usize| format!("{place:06}"));
    let bench = Bench::of(parts, who);
    let several = question.resources.len() > 1;
    let asked = places.into_iter().filter_map(|place| question.at(place));
    let results = asked.map(|(action, resource)| bench.ask(action, resource).shown(action, resource, several));
    Ok(SimulatePolicyResponse { evaluation_results: Some(results.collect()), is_truncated, marker })
}

fn check(caller: &Caller, question: &Question, parts: &Parts, who: &Who) -> Result<(), Fault> {
    if parts.resource.is_some() {
        if !who.is_user() {
            return Err(say::simulation::caller_needed());
        }
        let elsewhere =
            |arn: &&String| account_of(arn).is_some_and(|of| !of.is_empty() && of != caller.account.as_str());
        if let Some(arn) = question.resources.iter().find(elsewhere) {
            return Err(say::simulation::other_account(arn));
        }
    }
    let looked_at = question.count().saturating_mul(parts.statement_count().max(1));
    if looked_at > STATEMENTS_MAX { Err(say::simulation::too_much(STATEMENTS_MAX)) } else { Ok(()) }
}

/// How many questions of this kind fit on a page; one always does.
fn room(question: &Question, parts: &Parts) -> u32 {
    let longest = question.resources.iter().map(String::len).max().unwrap_or_default();
    let price = parts.size().saturating_mul(1 + longest / RESOURCE_PASS);
    u32::try_from(PAGE_BYTES_MAX.checked_div(price).unwrap_or(PAGE_BYTES_MAX)).unwrap_or(u32::MAX).max(1)
}

/// Names whose case does not count, each once, as first written.
fn each_once(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.into_iter().filter(|name| seen.insert(name.to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_asked_of_every_resource() {
        let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let question = Question::of(list(&["a:A", "b:B"]), Some(list(&["arn:x:y:::1", "*"]))).unwrap();
        let asked: Vec<_> = (0..5).filter_map(|place| question.at(place)).collect();
        assert_eq!(asked, [("a:A", "arn:x:y:::1"), ("a:A", "*"), ("b:B", "arn:x:y:::1"), ("b:B", "*")]);
    }

    #[test]
    fn an_action_is_a_service_and_a_name() {
        assert!(is_action("s3:GetObject"));
        for wrong in ["s3", "s3:", ":Get", "s3:Get*", "s3:Ge?", "a:b:c", "*", "s3:Gét", "s3: Get"] {
            assert!(!is_action(wrong), "{wrong}");
        }
    }
}
