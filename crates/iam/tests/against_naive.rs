//! CR-19: the engine against a second evaluator that shares no code with it, on random policies and requests.
//!
//! `COGNATE_DRAWS` says how many requests are drawn; a million take about a minute.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::disallowed_methods)]

#[allow(dead_code)] // the other test draws identity policies alone
mod draws;
mod naive;

use std::collections::BTreeMap;

use draws::Dice;
use iam::{Context, Kind, Named, Policies, Policy, PrincipalIds, Request, decide, explain, trust};
use naive::{Ask, Caller, Documents};
use serde_json::Value;

/// Requests when nobody says otherwise.
const DRAWS: usize = 20_000;
/// Requests asked of one set of policies.
const ASKED: usize = 20;

fn draws() -> usize {
    std::env::var("COGNATE_DRAWS").map_or(DRAWS, |text| text.parse().expect("COGNATE_DRAWS is a number"))
}

fn parse(document: &Value, kind: Kind) -> Policy {
    let text = document.to_string();
    Policy::parse(&text, kind).unwrap_or_else(|refused| panic!("{refused} ({}): {text}", refused.detail()))
}

/// Documents, compiled.
struct Compiled {
    identity: Vec<Policy>,
    boundary: Option<Vec<Policy>>,
    session: Option<Vec<Policy>>,
    guardrail: Option<Vec<Policy>>,
    resource: Option<Policy>,
    trust: Option<Policy>,
}

impl Compiled {
    fn of(documents: &Documents) -> Self {
        let set = |set: &Vec<Value>| set.iter().map(|document| parse(document, Kind::Identity)).collect::<Vec<_>>();
        Self {
            identity: set(&documents.identity),
            boundary: documents.boundary.as_ref().map(set),
            session: documents.session.as_ref().map(set),
            guardrail: documents.guardrail.as_ref().map(set),
            resource: documents.resource.as_ref().map(|document| parse(document, Kind::Resource)),
            trust: documents.trust.as_ref().map(|document| parse(document, Kind::Trust)),
        }
    }

    fn with<T>(&self, ask: impl FnOnce(&Policies<'_>) -> T) -> T {
        let identity = names(&self.identity);
        let boundary = self.boundary.as_ref().map(|set| names(set.as_slice()));
        let session = self.session.as_ref().map(|set| names(set.as_slice()));
        let guardrail = self.guardrail.as_ref().map(|set| names(set.as_slice()));
        let resource = self.resource.as_ref().map(|policy| Named::new("resource", policy));
        let trust = self.trust.as_ref().map(|policy| Named::new("trust", policy));
        ask(&Policies {
            identity: &identity,
            boundary: boundary.as_deref(),
            session: session.as_deref(),
            guardrail: guardrail.as_deref(),
            resource: resource.as_ref(),
            trust: trust.as_ref(),
        })
    }
}

fn names(set: &[Policy]) -> Vec<Named<'_>> {
    set.iter().map(|policy| Named::new("policy", policy)).collect()
}

fn ids(caller: &Caller) -> PrincipalIds {
    let given = |text: &String| (!text.is_empty()).then(|| text.clone());
    PrincipalIds {
        account: given(&caller.account),
        arn: given(&caller.arn),
        role_arn: given(&caller.role),
        service: given(&caller.service),
        federated: caller.providers.clone(),
        ..PrincipalIds::default()
    }
}

fn context(ask: &Ask) -> Context {
    let mut context = Context::new();
    for (key, values) in &ask.context {
        match values.as_slice() {
            [one] => context.set(key, one.as_str()),
            _ => context.set_many(key, values.clone()),
        }
    }
    context
}

#[test]
fn cr_19_the_engine_decides_as_a_naive_evaluator_does() {
    let mut dice = Dice(2026);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..draws().div_ceil(ASKED) {
        let documents = dice.documents();
        let compiled = Compiled::of(&documents);
        for _ in 0..ASKED {
            let ask = dice.ask();
            let (who, context) = (ids(&ask.caller), context(&ask));
            let request = Request { action: &ask.action, resource: &ask.resource, principal: &who, context: &context };
            let expected = naive::decision(&documents, &ask);
            let (decided, explained) =
                compiled.with(|policies| (decide(policies, &request), explain(policies, &request).decision));
            assert_eq!(format!("{decided:?}"), expected, "{documents:#?} {ask:#?}");
            assert_eq!(explained, decided, "{documents:#?} {ask:#?}");
            if let Some(policy) = &compiled.trust {
                let alone = Documents { trust: documents.trust.clone(), ..Documents::default() };
                // Alone, being meant in any way suffices: the caller's own policies are not asked.
                let expected = naive::decision(&alone, &ask).replace("ImplicitDeny(Identity)", "Allow");
                assert_eq!(format!("{:?}", trust(policy, &request)), expected, "{documents:#?} {ask:#?}");
            }
            *seen.entry(expected).or_default() += 1;
        }
    }
    // A comparison proves little unless every outcome was among what was compared.
    let outcomes = [
        "Allow",
        "ExplicitDeny(Identity)",
        "ExplicitDeny(Session)",
        "ExplicitDeny(Boundary)",
        "ExplicitDeny(Resource)",
        "ExplicitDeny(Guardrail)",
        "ImplicitDeny(Identity)",
        "ImplicitDeny(Session)",
        "ImplicitDeny(Boundary)",
        "ImplicitDeny(Resource)",
        "ImplicitDeny(Guardrail)",
    ];
    let total: usize = seen.values().sum();
    println!("{total} requests: {seen:?}");
    for outcome in outcomes {
        assert!(
            seen.get(outcome).is_some_and(|count| count * 1000 > total),
            "{outcome} is hardly ever drawn: {seen:?}"
        );
    }
}
