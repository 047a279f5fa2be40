//! From a document's text to its statements: which elements may stand where, and what is said of those that may not.

use std::collections::HashSet;

use crate::element;
use crate::json::{self, Json};
use crate::malformed::Malformed;
use crate::policy::Kind;
use crate::statement::{Effect, Listed, Statement};

/// What the models of IAM allow a document to measure.
const CHARACTERS_MAX: usize = 131_072;

/// What identity policies are told whatever is wrong with their grammar.
pub(crate) const SYNTAX: &str = "Syntax errors in policy.";
const VERSION: &str = "Policy document must be version 2012-10-17 or greater.";
const NO_ACTIONS: &str = "Policy statement must contain actions.";
const NO_RESOURCES: &str = "Policy statement must contain resources.";
const A_PRINCIPAL: &str = "Policy document should not specify a principal.";
const SID_TWICE: &str = "Statement IDs (SID) in a single policy must be unique.";
const SID_FORM: &str =
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";
const NO_JSON: &str = "This policy contains invalid Json";

/// What the document says about itself, for the parts below it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    /// Which elements it may carry.
    pub kind: Kind,
    /// Whether `${…}` is a variable in it.
    pub variables: bool,
}

/// Reads a document.
pub(crate) fn parse(text: &str, kind: Kind) -> Result<Vec<Statement>, Malformed> {
    if text.len() > CHARACTERS_MAX && text.chars().count() > CHARACTERS_MAX {
        return Err(Malformed::new(SYNTAX, format!("longer than {CHARACTERS_MAX} characters")));
    }
    let sentence = if kind == Kind::Identity { SYNTAX } else { NO_JSON };
    let tree = json::read(text).map_err(|error| Malformed::new(sentence, error.to_string()))?;
    let Json::Object(members) = tree else { return Err(Malformed::new(SYNTAX, "the document is no object")) };
    let mut head = Head { kind, variables: false };
    let mut statements = None;
    for (name, value) in &members {
        match name.as_str() {
            "Version" => head.variables = version(value)?,
            "Id" if value.quoted().is_some() => {}
            "Id" => return Err(Malformed::new(SYNTAX, "Id is no text")),
            "Statement" => statements = Some(value),
            other => return Err(unknown(kind, other)),
        }
    }
    let Some(statements) = statements else {
        return Err(missing(kind, "Statement", SYNTAX));
    };
    let statements = statements.one_or_many();
    if statements.is_empty() {
        return Err(missing(kind, "Statement", SYNTAX));
    }
    let mut read = Vec::new();
    for (at, value) in (1u32..).zip(statements) {
        read.push(statement(value, head).map_err(|refused| refused.at(&format!("statement {at}")))?);
    }
    unique(&read)?;
    Ok(read)
}

/// No `Sid` names two statements; an empty one names none.
fn unique(statements: &[Statement]) -> Result<(), Malformed> {
    let mut sids = HashSet::new();
    for sid in statements.iter().filter_map(|statement| statement.sid.as_deref()) {
        if !sid.is_empty() && !sids.insert(sid) {
            return Err(Malformed::new(SID_TWICE, format!("Sid {sid}")));
        }
    }
    Ok(())
}

/// Whether the version has variables.
fn version(value: &Json) -> Result<bool, Malformed> {
    match value.quoted() {
        Some("2012-10-17") => Ok(true),
        Some("2008-10-17") => Ok(false),
        other => Err(Malformed::new(VERSION, format!("Version {}", other.unwrap_or("is no text")))),
    }
}

/// Elements of a statement, by what they say.
#[derive(Default)]
struct Elements<'j> {
    sid: Option<&'j Json>,
    effect: Option<&'j Json>,
    action: Option<(bool, &'j Json)>,
    resource: Option<(bool, &'j Json)>,
    principal: Option<(bool, &'j Json)>,
    condition: Option<&'j Json>,
}

impl<'j> Elements<'j> {
    fn of(value: &'j Json, kind: Kind) -> Result<Self, Malformed> {
        let Json::Object(members) = value else { return Err(Malformed::new(SYNTAX, "is no object")) };
        let mut elements = Self::default();
        for (name, value) in members {
            let (place, inverted) = match name.as_str() {
                "Sid" => {
                    elements.sid = Some(value);
                    continue;
                }
                "Effect" => {
                    elements.effect = Some(value);
                    continue;
                }
                "Condition" => {
                    elements.condition = Some(value);
                    continue;
                }
                "Action" | "NotAction" => (&mut elements.action, name == "NotAction"),
                "Resource" | "NotResource" if kind == Kind::Trust => {
                    return Err(Malformed::new(format!("Has prohibited field {name}"), "a role is its own resource"));
                }
                "Resource" | "NotResource" => (&mut elements.resource, name == "NotResource"),
                "Principal" | "NotPrincipal" if kind == Kind::Identity => {
                    return Err(Malformed::new(A_PRINCIPAL, name.as_str()));
                }
                "Principal" | "NotPrincipal" => (&mut elements.principal, name == "NotPrincipal"),
                other => return Err(unknown(kind, other)),
            };
            if place.replace((inverted, value)).is_some() {
                return Err(Malformed::new(SYNTAX, format!("{name} beside its opposite")));
            }
        }
        Ok(elements)
    }
}

fn statement(value: &Json, head: Head) -> Result<Statement, Malformed> {
    let elements = Elements::of(value, head.kind)?;
    let sid = elements.sid.map(|value| sid(value, head.kind)).transpose()?;
    let effect = match elements.effect.map(Json::quoted) {
        Some(Some("Allow")) => Effect::Allow,
        Some(Some("Deny")) => Effect::Deny,
        Some(other) => return Err(Malformed::new(SYNTAX, format!("Effect {}", other.unwrap_or("is no text")))),
        None => return Err(missing(head.kind, "Effect", SYNTAX)),
    };
    let (inverted, actions) = elements.action.ok_or_else(|| missing(head.kind, "Action", NO_ACTIONS))?;
    let items = element::actions(actions, head)?;
    if items.is_empty() {
        return Err(missing(head.kind, "Action", NO_ACTIONS));
    }
    let actions = Listed { inverted, items };
    let resources = match elements.resource {
        Some((inverted, value)) => {
            let items = element::resources(value, head)?;
            if items.is_empty() {
                return Err(missing(head.kind, "Resource", NO_RESOURCES));
            }
            Some(Listed { inverted, items })
        }
        None if head.kind == Kind::Trust => None,
        None => return Err(missing(head.kind, "Resource", NO_RESOURCES)),
    };
    let principals = match elements.principal {
        Some((inverted, value)) => {
            let items = element::principals(value)?;
            if items.is_empty() {
                return Err(missing(head.kind, "Principal", SYNTAX));
            }
            Some(Listed { inverted, items })
        }
        None if head.kind == Kind::Identity => None,
        None => return Err(missing(head.kind, "Principal", SYNTAX)),
    };
    let conditions = elements.condition.map_or_else(|| Ok(Vec::new()), |value| element::conditions(value, head))?;
    Ok(Statement { sid, effect, actions, resources, principals, conditions })
}

fn sid(value: &Json, kind: Kind) -> Result<String, Malformed> {
    let Some(sid) = value.quoted() else { return Err(Malformed::new(SYNTAX, "Sid is no text")) };
    if kind == Kind::Identity && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Malformed::new(SID_FORM, format!("Sid {sid}")));
    }
    Ok(sid.to_owned())
}

/// A required element is not there. Observed: trust policies are told its name, identity policies a sentence of its own.
fn missing(kind: Kind, field: &str, to_identity: &str) -> Malformed {
    let detail = format!("{field} is missing or empty");
    match kind {
        Kind::Identity => Malformed::new(to_identity, detail),
        Kind::Trust | Kind::Resource => Malformed::new(format!("Missing required field {field}"), detail),
    }
}

fn unknown(kind: Kind, field: &str) -> Malformed {
    let detail = format!("{field} is no element");
    match kind {
        Kind::Identity => Malformed::new(SYNTAX, detail),
        Kind::Trust | Kind::Resource => Malformed::new(format!("Unknown field {field}"), detail),
    }
}
