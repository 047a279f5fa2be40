//! One compiled statement, and whether it concerns a request.

use serde::Serialize;

use crate::arn::{ArnPattern, Cut};
use crate::condition::Condition;
use crate::context::Context;
use crate::glob::Glob;
use crate::principal::{Principal, PrincipalIds, Reach};

/// What a statement does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// It permits.
    Allow,
    /// It forbids, whatever others permit.
    Deny,
}

/// An element's values, and whether the element is its `Not…` form.
#[derive(Debug, Clone)]
pub(crate) struct Listed<T> {
    /// The `Not…` form.
    pub inverted: bool,
    /// The values.
    pub items: Vec<T>,
}

/// A statement.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// Its `Sid`, when it has one.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Patterns in lower case.
    pub actions: Listed<Glob>,
    /// `None` in trust policies: the resource is the role.
    pub resources: Option<Listed<ArnPattern>>,
    /// `None` in identity policies: the principal is who holds them.
    pub principals: Option<Listed<Principal>>,
    /// All must hold.
    pub conditions: Vec<Condition>,
}

/// A request, prepared once for all statements.
#[derive(Debug)]
pub(crate) struct Asked<'r> {
    /// The action in lower case.
    pub action: String,
    /// The resource, cut.
    pub resource: Cut<'r>,
    /// Who asks.
    pub principal: &'r PrincipalIds,
    /// What is known.
    pub context: &'r Context,
}

/// Why a statement does not apply.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Miss<'s> {
    /// It is about other actions.
    Action,
    /// It is about others.
    Principal,
    /// It is about other resources.
    Resource,
    /// This condition does not hold; those before it do.
    Condition(&'s Condition),
}

impl Statement {
    /// Whether it applies, and then how far it reaches for this caller; else the first thing that speaks against it.
    pub(crate) fn examine(&self, asked: &Asked<'_>) -> Result<Reach, Miss<'_>> {
        if self.actions.items.iter().any(|action| action.matches(&asked.action)) == self.actions.inverted {
            return Err(Miss::Action);
        }
        let reach = self.reach(asked.principal).ok_or(Miss::Principal)?;
        if !self.concerns(&asked.resource, asked.context) {
            return Err(Miss::Resource);
        }
        match self.conditions.iter().find(|condition| !condition.holds(self.effect, asked.context)) {
            Some(failed) => Err(Miss::Condition(failed)),
            None => Ok(reach),
        }
    }

    fn reach(&self, who: &PrincipalIds) -> Option<Reach> {
        let Some(Listed { inverted, items }) = &self.principals else { return Some(Reach::Whole) };
        let found = items.iter().filter_map(|principal| principal.denotes(who, self.effect, *inverted)).max();
        match (*inverted, found) {
            (false, found) => found,
            (true, Some(_)) => None,
            (true, None) => Some(Reach::Bounded),
        }
    }

    fn concerns(&self, resource: &Cut<'_>, context: &Context) -> bool {
        let Some(Listed { inverted, items }) = &self.resources else { return true };
        // CR-18: "everything but what cannot be resolved" would be everything. A Deny may say that, an Allow may not.
        if *inverted && self.effect == Effect::Allow && items.iter().any(|item| item.is_unresolved(context)) {
            return false;
        }
        items.iter().any(|item| item.matches(resource, context)) != *inverted
    }

    /// Keys of the request it asks for, as written; some more than once.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let resources = self.resources.iter().flat_map(|listed| &listed.items).flat_map(ArnPattern::variables);
        resources.chain(self.conditions.iter().flat_map(Condition::keys))
    }
}
