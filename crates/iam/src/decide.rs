//! The decision: every policy that concerns a request is asked, and their answers are combined.

use serde::Serialize;

use crate::arn::Cut;
use crate::context::Context;
use crate::policy::{Named, Policy};
use crate::principal::{PrincipalIds, Reach};
use crate::statement::{Asked, Effect};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// `service:Name`
    pub action: &'r str,
    /// The ARN it is asked of, or `*` where there is none.
    pub resource: &'r str,
    /// Who asks.
    pub principal: &'r PrincipalIds,
    /// What is known about it.
    pub context: &'r Context,
}

/// The policies that concern a request. What is `None` was never set; what is empty permits nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'p> {
    /// Of the user or role: inline, managed, and those of groups.
    pub identity: &'p [Named<'p>],
    /// The permissions boundary.
    pub boundary: Option<&'p [Named<'p>]>,
    /// What the session was narrowed to: inline and managed session policies together.
    pub session: Option<&'p [Named<'p>]>,
    /// Of the resource.
    pub resource: Option<&'p Named<'p>>,
    /// Of the role, when the request is to assume it. Unlike a resource's policy, it must allow.
    pub trust: Option<&'p Named<'p>>,
    /// Of the whole deployment: what nobody gets beyond.
    pub guardrail: Option<&'p [Named<'p>]>,
}

/// Which policies decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Source {
    /// Of the user, his groups, or the role.
    Identity,
    /// Of the session.
    Session,
    /// The permissions boundary.
    Boundary,
    /// Of the resource, or the role's trust.
    Resource,
    /// Of the deployment.
    Guardrail,
}

/// The outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Decision {
    /// He may.
    Allow,
    /// A statement forbids it.
    ExplicitDeny(Source),
    /// No statement of these permits it.
    ImplicitDeny(Source),
}

/// What the policies of one source say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Weighed {
    /// Some statement forbids.
    pub denied: bool,
    /// Some statement permits, and how far the farthest reaches.
    pub allowed: Option<Reach>,
}

impl Weighed {
    /// Takes one more statement that applies into account.
    pub(crate) fn add(&mut self, effect: Effect, reach: Reach) {
        match effect {
            Effect::Deny => self.denied = true,
            Effect::Allow => self.allowed = self.allowed.max(Some(reach)),
        }
    }
}

/// Decides.
#[must_use]
pub fn decide(policies: &Policies<'_>, request: &Request<'_>) -> Decision {
    let asked = asked(request);
    settle(policies, |_, policies| weigh(policies.iter().map(|named| named.policy), &asked))
}

/// Asks a role's trust policy alone: all there is to ask for `AssumeRoleWithWebIdentity` and `AssumeRoleWithSAML`.
#[must_use]
pub fn trust(policy: &Policy, request: &Request<'_>) -> Decision {
    let weighed = weigh(std::iter::once(policy), &asked(request));
    match weighed {
        Weighed { denied: true, .. } => Decision::ExplicitDeny(Source::Resource),
        Weighed { allowed: Some(_), .. } => Decision::Allow,
        Weighed { .. } => Decision::ImplicitDeny(Source::Resource),
    }
}

/// Prepares a request for being looked at by many statements.
pub(crate) fn asked<'r>(request: &Request<'r>) -> Asked<'r> {
    Asked {
        action: request.action.to_ascii_lowercase(),
        resource: Cut::of(request.resource),
        principal: request.principal,
        context: request.context,
    }
}

fn weigh<'p>(policies: impl Iterator<Item = &'p Policy>, asked: &Asked<'_>) -> Weighed {
    let mut weighed = Weighed::default();
    for statement in policies.flat_map(|policy| &policy.statements) {
        // Whoever has the farthest permission already gains nothing from another.
        let settled = statement.effect == Effect::Allow && weighed.allowed == Some(Reach::Whole);
        if !settled && let Ok(reach) = statement.examine(asked) {
            weighed.add(statement.effect, reach);
            if weighed.denied {
                break;
            }
        }
    }
    weighed
}

/// Combines what the sources say: a Deny anywhere is final; then each bound that was set must allow, and either the
/// caller's own policies or one of the resource that names him.
pub(crate) fn settle<'p>(
    policies: &Policies<'p>,
    mut weigh: impl FnMut(Source, &'p [Named<'p>]) -> Weighed,
) -> Decision {
    let identity = weigh(Source::Identity, policies.identity);
    let session = policies.session.map(|set| weigh(Source::Session, set));
    let boundary = policies.boundary.map(|set| weigh(Source::Boundary, set));
    let resource = policies.resource.map(|one| weigh(Source::Resource, std::slice::from_ref(one)));
    let trust = policies.trust.map(|one| weigh(Source::Resource, std::slice::from_ref(one)));
    let guardrail = policies.guardrail.map(|set| weigh(Source::Guardrail, set));

    let denies = |weighed: Option<Weighed>| weighed.is_some_and(|weighed| weighed.denied);
    let sources = [
        (Source::Identity, Some(identity)),
        (Source::Session, session),
        (Source::Boundary, boundary),
        (Source::Resource, resource),
        (Source::Resource, trust),
        (Source::Guardrail, guardrail),
    ];
    if let Some((source, _)) = sources.into_iter().find(|(_, weighed)| denies(*weighed)) {
        return Decision::ExplicitDeny(source);
    }

    let lacks = |bound: Option<Weighed>| bound.is_some_and(|bound| bound.allowed.is_none());
    if lacks(guardrail) {
        return Decision::ImplicitDeny(Source::Guardrail);
    }
    if lacks(trust) {
        return Decision::ImplicitDeny(Source::Resource);
    }
    let reach = resource.and_then(|weighed| weighed.allowed).max(trust.and_then(|weighed| weighed.allowed));
    if reach == Some(Reach::Whole) {
        return Decision::Allow;
    }
    if reach < Some(Reach::Bounded) && identity.allowed.is_none() {
        return Decision::ImplicitDeny(Source::Identity);
    }
    if lacks(boundary) {
        return Decision::ImplicitDeny(Source::Boundary);
    }
    if lacks(session) {
        return Decision::ImplicitDeny(Source::Session);
    }
    Decision::Allow
}
