//! One question put to the engine, and its answer in the words of the contract.

use super::each_once;
use super::parts::{Part, Parts};
use super::who::Who;
use contract::iam::types::{
    EvaluationResult, OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail, PolicyEvaluationDecisionType,
    ResourceSpecificResult, Statement,
};
use iam::{Decision, Effect, Explanation, Named, Outcome, Policies, Request, Source, StatementName, explain};

/// The policies laid out for the engine, once for all questions.
pub struct Bench<'p> {
    /// By number: the engine knows each by its place here.
    shelf: Vec<&'p Part>,
    identity: Vec<Named<'p>>,
    boundary: Option<Vec<Named<'p>>>,
    resource: Option<Named<'p>>,
    levels: Vec<Vec<Named<'p>>>,
    who: &'p Who,
}

/// What the engine says.
#[derive(Debug)]
pub struct Verdict {
    decision: PolicyEvaluationDecisionType,
    matched: Vec<Statement>,
    missing: Vec<String>,
    /// Whether the boundary allows it, where there is one.
    bounded: Option<bool>,
    /// Whether every level of the organization allows it, where there are any.
    organized: Option<bool>,
}

fn numbered<'p>(shelf: &mut Vec<&'p Part>, part: &'p Part) -> Named<'p> {
    shelf.push(part);
    Named::new((shelf.len() - 1).to_string(), &part.policy)
}

impl<'p> Bench<'p> {
    /// Lays them out.
    pub fn of(parts: &'p Parts, who: &'p Who) -> Self {
        let mut shelf = Vec::new();
        let mut all = |parts: &'p [Part]| parts.iter().map(|part| numbered(&mut shelf, part)).collect::<Vec<_>>();
        let identity = all(&parts.identity);
        let boundary = parts.boundary.as_deref().map(&mut all);
        let levels = parts.levels.iter().map(|level| all(level)).collect();
        let resource = parts.resource.as_ref().map(|part| numbered(&mut shelf, part));
        Self { shelf, identity, boundary, resource, levels, who }
    }

    /// Asks. With several levels of an organization each is asked about by itself: a Deny of any of them is final, and
    /// so is one level's silence.
    pub fn ask(&self, action: &str, resource: &str) -> Verdict {
        let request = Request { action, resource, principal: &self.who.ids, context: &self.who.context };
        let within = |level: Option<&Vec<Named<'p>>>| {
            let policies = Policies {
                identity: &self.identity,
                boundary: self.boundary.as_deref(),
                resource: self.resource.as_ref(),
                guardrail: level.map(Vec::as_slice),
                ..Policies::default()
            };
            explain(&policies, &request)
        };
        let mut levels = self.levels.iter();
        let mut told = within(levels.next());
        let mut organized = allowed_by(&told, Source::Guardrail);
        for level in levels {
            let next = within(Some(level));
            organized = organized && allowed_by(&next, Source::Guardrail);
            let missing = each_once(told.missing.iter().chain(&next.missing).cloned());
            told = if gravity(&next.decision) > gravity(&told.decision) { next } else { told };
            told.missing = missing;
        }
        Verdict {
            decision: decided(told.decision),
            matched: told.deciding.iter().map(|name| self.statement(name)).collect(),
            bounded: self.boundary.as_ref().map(|_| allowed_by(&told, Source::Boundary)),
            organized: (!self.levels.is_empty()).then_some(organized),
            missing: told.missing,
        }
    }

    fn statement(&self, name: &StatementName) -> Statement {
        let part = name.policy.parse::<usize>().ok().and_then(|at| self.shelf.get(at));
        let (start_position, end_position) = part.and_then(|part| part.places.get(name.index)).cloned().unzip();
        Statement {
            source_policy_id: part.map(|part| part.id.clone()),
            source_policy_type: part.map(|part| part.kind),
            start_position,
            end_position,
        }
    }
}

/// What outweighs what.
fn gravity(decision: &Decision) -> u8 {
    match decision {
        Decision::Allow => 0,
        Decision::ImplicitDeny(_) => 1,
        Decision::ExplicitDeny(_) => 2,
    }
}

fn decided(decision: Decision) -> PolicyEvaluationDecisionType {
    match decision {
        Decision::Allow => PolicyEvaluationDecisionType::Allowed,
        Decision::ImplicitDeny(_) => PolicyEvaluationDecisionType::ImplicitDeny,
        Decision::ExplicitDeny(_) => PolicyEvaluationDecisionType::ExplicitDeny,
    }
}

/// Whether the policies of one source, asked alone, would let it pass.
fn allowed_by(told: &Explanation, source: Source) -> bool {
    let applies = told.statements.iter().filter(|looked| looked.outcome == Outcome::Applies);
    let mut effects = applies.filter(|looked| looked.statement.source == source).map(|looked| looked.effect);
    let allowed = effects.next();
    allowed == Some(Effect::Allow) && effects.all(|effect| effect == Effect::Allow)
}

impl Verdict {
    /// As the answer shows it. Where there are several resources, each result carries the one of its own resource too.
    pub fn shown(self, action: &str, resource: &str, several: bool) -> EvaluationResult {
        let bounded = self
            .bounded
            .map(|allowed| PermissionsBoundaryDecisionDetail { allowed_by_permissions_boundary: Some(allowed) });
        let of_resource = several.then(|| ResourceSpecificResult {
            eval_resource_name: resource.to_owned(),
            eval_resource_decision: self.decision,
            matched_statements: Some(self.matched.clone()),
            missing_context_values: Some(self.missing.clone()),
            eval_decision_details: None,
            permissions_boundary_decision_detail: bounded.clone(),
        });
        EvaluationResult {
            eval_action_name: action.to_owned(),
            eval_resource_name: Some(resource.to_owned()),
            eval_decision: self.decision,
            matched_statements: Some(self.matched),
            missing_context_values: Some(self.missing),
            organizations_decision_detail: self
                .organized
                .map(|allowed| OrganizationsDecisionDetail { allowed_by_organizations: Some(allowed) }),
            permissions_boundary_decision_detail: bounded,
            eval_decision_details: None,
            resource_specific_results: of_resource.map(|one| vec![one]),
        }
    }
}
