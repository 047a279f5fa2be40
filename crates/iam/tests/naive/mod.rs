//! A second evaluator, slow and plain: it reads the document as JSON each time it is asked, keeps nothing, and shares no
//! code with the crate. Where the two differ, one of them is wrong.

use std::collections::BTreeMap;

use serde_json::Value;

mod compare;
mod texts;

/// Who asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caller {
    /// His account.
    pub account: String,
    /// His own ARN.
    pub arn: String,
    /// The ARN of his role.
    pub role: String,
    /// The service's name.
    pub service: String,
    /// Names of his provider.
    pub providers: Vec<String>,
}

/// What is asked. Keys are in lower case.
#[derive(Debug, Clone)]
pub struct Ask {
    /// `service:Name`
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// Who asks.
    pub caller: Caller,
    /// What is known.
    pub context: BTreeMap<String, Vec<String>>,
}

/// Documents by source.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    /// Of the caller.
    pub identity: Vec<Value>,
    /// The boundary.
    pub boundary: Option<Vec<Value>>,
    /// Of the session.
    pub session: Option<Vec<Value>>,
    /// Of the resource.
    pub resource: Option<Value>,
    /// Of the role.
    pub trust: Option<Value>,
    /// Of the deployment.
    pub guardrail: Option<Vec<Value>>,
}

/// How the caller is meant by the statement that allows: not by name, through his account, through his role or with
/// everyone, himself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Meant {
    No,
    Account,
    RoleOrAll,
    Himself,
}

/// The decision, written as the engine writes its own.
pub fn decision(documents: &Documents, ask: &Ask) -> String {
    let as_list = |one: &Option<Value>| one.as_ref().map(|one| vec![one.clone()]);
    let (resource, trust) = (as_list(&documents.resource), as_list(&documents.trust));
    let all = [
        ("Identity", Some(&documents.identity)),
        ("Session", documents.session.as_ref()),
        ("Boundary", documents.boundary.as_ref()),
        ("Resource", resource.as_ref()),
        ("Resource", trust.as_ref()),
        ("Guardrail", documents.guardrail.as_ref()),
    ];
    for (name, set) in all {
        if set.is_some_and(|set| !applying(set, "Deny", ask).is_empty()) {
            return format!("ExplicitDeny({name})");
        }
    }
    let allowed = |set: &Vec<Value>| !applying(set, "Allow", ask).is_empty();
    if documents.guardrail.as_ref().is_some_and(|set| !allowed(set)) {
        return "ImplicitDeny(Guardrail)".into();
    }
    if trust.as_ref().is_some_and(|set| !allowed(set)) {
        return "ImplicitDeny(Resource)".into();
    }
    let mut meant = Meant::No;
    for set in [&resource, &trust].into_iter().flatten() {
        meant = applying(set, "Allow", ask).into_iter().fold(meant, Meant::max);
    }
    if meant == Meant::Himself {
        return "Allow".into();
    }
    if meant != Meant::RoleOrAll && !allowed(&documents.identity) {
        return "ImplicitDeny(Identity)".into();
    }
    if documents.boundary.as_ref().is_some_and(|set| !allowed(set)) {
        return "ImplicitDeny(Boundary)".into();
    }
    if documents.session.as_ref().is_some_and(|set| !allowed(set)) {
        return "ImplicitDeny(Session)".into();
    }
    "Allow".into()
}

fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

fn strings(value: &Value) -> Vec<String> {
    let plain = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
    list(value).iter().map(plain).collect()
}

/// The statements of this effect that apply.
fn applying(documents: &[Value], effect: &str, ask: &Ask) -> Vec<Meant> {
    let mut found = Vec::new();
    for document in documents {
        let variables = document["Version"] == "2012-10-17";
        for statement in list(&document["Statement"]) {
            if statement["Effect"] == effect
                && action_applies(&statement, ask)
                && resource_applies(&statement, ask, variables)
                && conditions_hold(&statement, ask, variables)
            {
                match principal_applies(&statement, &ask.caller) {
                    Meant::No => {}
                    meant => found.push(meant),
                }
            }
        }
    }
    found
}

fn action_applies(statement: &Value, ask: &Ask) -> bool {
    let asked = ask.action.to_lowercase();
    let any = |listed: &Value| strings(listed).iter().any(|one| texts::plain_glob(&one.to_lowercase(), &asked));
    match statement.get("Action") {
        Some(listed) => any(listed),
        None => !any(&statement["NotAction"]),
    }
}

fn resource_applies(statement: &Value, ask: &Ask, variables: bool) -> bool {
    let matches = |one: &String| texts::arn(one, &ask.resource, &ask.context, variables);
    if let Some(listed) = statement.get("Resource") {
        return strings(listed).iter().any(matches);
    }
    let Some(listed) = statement.get("NotResource") else { return true };
    let known = strings(listed).iter().all(|one| texts::is_resolved(one, &ask.context, variables));
    if !known && statement["Effect"] == "Allow" {
        return false;
    }
    !strings(listed).iter().any(matches)
}

fn principal_applies(statement: &Value, who: &Caller) -> Meant {
    let (element, inverted) = match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(element), _) => (element, false),
        (_, Some(element)) => (element, true),
        _ => return Meant::Himself,
    };
    let deny = statement["Effect"] == "Deny";
    let mut best = Meant::No;
    if element == "*" {
        best = Meant::RoleOrAll;
    }
    for (kind, values) in element.as_object().into_iter().flatten() {
        for value in strings(values) {
            let own = match kind.as_str() {
                "AWS" => aws(&value, who, deny, inverted),
                "Service" if value == who.service => Meant::Himself,
                "Federated" if who.providers.contains(&value) => Meant::Himself,
                _ => Meant::No,
            };
            best = best.max(own);
        }
    }
    match (inverted, best) {
        (false, best) => best,
        (true, Meant::No) => Meant::RoleOrAll,
        (true, _) => Meant::No,
    }
}

fn aws(value: &str, who: &Caller, deny: bool, inverted: bool) -> Meant {
    if value == "*" {
        let outsider = !who.service.is_empty() || !who.providers.is_empty();
        let counts = !outsider || (deny && !inverted) || (!deny && inverted);
        return if counts { Meant::RoleOrAll } else { Meant::No };
    }
    let root = format!("arn:aws:iam::{}:root", who.account);
    if value == who.account || (value == root && !who.account.is_empty()) {
        let counts = !(deny && inverted) || who.arn == root;
        return if counts { Meant::Account } else { Meant::No };
    }
    if value == who.arn {
        Meant::Himself
    } else if value == who.role {
        Meant::RoleOrAll
    } else {
        Meant::No
    }
}

fn conditions_hold(statement: &Value, ask: &Ask, variables: bool) -> bool {
    let Some(Value::Object(block)) = statement.get("Condition") else { return true };
    for (operator, keys) in block {
        for (key, values) in keys.as_object().unwrap() {
            let values = strings(values);
            let had = ask.context.get(&key.to_lowercase()).cloned().unwrap_or_default();
            if !holds(operator, &values, &had, ask, variables, statement["Effect"] == "Allow") {
                return false;
            }
        }
    }
    true
}

fn holds(operator: &str, values: &[String], had: &[String], ask: &Ask, variables: bool, allow: bool) -> bool {
    if operator == "Null" {
        return values.iter().any(|value| (value.to_lowercase() == "true") == had.is_empty());
    }
    let (for_all, rest) = operator.strip_prefix("ForAllValues:").map_or((false, operator), |rest| (true, rest));
    let (for_any, rest) = rest.strip_prefix("ForAnyValue:").map_or((false, rest), |rest| (true, rest));
    let (if_exists, rest) = rest.strip_suffix("IfExists").map_or((false, rest), |rest| (true, rest));
    let negated = rest.contains("Not");
    let positive = rest.replace("Not", "");
    let takes_variables = positive.starts_with("String") || positive.starts_with("Arn");
    let resolved = |value: &String| texts::is_resolved(value, &ask.context, variables);
    if negated && allow && takes_variables && !values.iter().all(resolved) {
        return false;
    }
    if had.is_empty() {
        return if_exists || for_all || (negated && !for_any);
    }
    let good = |own: &&String| {
        let matched = values.iter().any(|value| compare::matches(&positive, value, own, &ask.context, variables));
        matched != negated
    };
    let count = had.iter().filter(good).count();
    if for_all || (negated && !for_any) { count == had.len() } else { count > 0 }
}
