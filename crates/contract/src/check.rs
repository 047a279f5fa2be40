//! Constraint checks: every violation of a request at once, in the service's own words (user-pools.md 1.1).

mod constraint;

use crate::shape::{Kind, Shape};
use crate::value::Value;
use constraint::constraints;
use std::fmt::{self, Write};

/// Most violations that are told about one request: a body full of empty entries must not grow into an answer thirty times its size.
pub const VIOLATIONS_MAX: usize = 200;

/// One constraint that one value does not satisfy. Prints as the clause of the service's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, `schema.1.member.name`.
    pub path: String,
    /// Which constraint, `Member must not be null`.
    pub constraint: String,
    /// What stood there, as far as it may be told.
    pub found: Found,
}

/// The offending value as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing stood there.
    Null,
    /// Sensitive, or holds something sensitive.
    Withheld,
    /// The value as text.
    Shown(String),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            Found::Null => f.write_str("Value null at ")?,
            Found::Withheld => f.write_str("Value at ")?,
            Found::Shown(value) => write!(f, "Value '{value}' at ")?,
        }
        write!(f, "'{}' failed to satisfy constraint: {}", self.path, self.constraint)
    }
}

/// The sentence for a list of violations; `None` when there are none.
#[must_use]
pub fn message(violations: &[Violation]) -> Option<String> {
    let plural = match violations.len() {
        0 => return None,
        1 => "",
        _ => "s",
    };
    let mut text = format!("{} validation error{plural} detected: ", violations.len());
    for (at, violation) in violations.iter().enumerate() {
        let _ = write!(text, "{}{violation}", if at == 0 { "" } else { "; " });
    }
    Some(text)
}

/// Every violated constraint of a value, in the order of the model's members.
#[must_use]
pub fn check(shape: &Shape, value: &Value) -> Vec<Violation> {
    let mut inspection = Inspection { found: Vec::new() };
    inspection.inside(shape, value, &Path { parent: None, step: Step::Top, withheld: false });
    inspection.found
}

/// A place in a request. Kept on the stack and only spelled out when something is wrong there.
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
    /// Something on the way here is sensitive.
    withheld: bool,
}

enum Step<'a> {
    Top,
    Member(&'a str),
    Item(usize),
    Entry(&'a str),
}

impl<'a> Path<'a> {
    fn then(&'a self, step: Step<'a>, shape: &Shape) -> Path<'a> {
        Path { parent: Some(self), step, withheld: self.withheld || shape.sensitive }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent.filter(|parent| !matches!(parent.step, Step::Top)) {
            write!(f, "{parent}.")?;
        }
        match self.step {
            Step::Top => Ok(()),
            Step::Member(name) => f.write_str(name),
            Step::Item(at) => write!(f, "{}.member", at + 1),
            Step::Entry(key) => write!(f, "{key}.value"),
        }
    }
}

struct Inspection {
    found: Vec<Violation>,
}

impl Inspection {
    /// Looks at everything inside a value; its own constraints are its holder's affair.
    fn inside(&mut self, shape: &Shape, value: &Value, path: &Path<'_>) {
        if self.found.len() >= VIOLATIONS_MAX {
            return;
        }
        match (&shape.kind, value) {
            (Kind::Struct { members }, Value::Struct(places)) => {
                for (member, place) in members.iter().zip(places) {
                    let path = path.then(Step::Member(member.camel), member.shape);
                    match place {
                        Some(value) => self.member(member.shape, value, &path),
                        None if member.required => self.tell(&path, "Member must not be null".to_owned(), Found::Null),
                        None => {}
                    }
                }
            }
            (Kind::List { member, .. }, Value::List(items)) if holds_structures(member) => {
                for (at, item) in items.iter().enumerate() {
                    self.inside(member, item, &path.then(Step::Item(at), member));
                }
            }
            (Kind::Map { value: shape, .. }, Value::Map(entries)) if holds_structures(shape) => {
                for (key, value) in entries {
                    self.inside(shape, value, &path.then(Step::Entry(key), shape));
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, shape: &Shape, value: &Value, path: &Path<'_>) {
        for constraint in constraints(shape).iter().flatten().filter(|constraint| !constraint.holds(value)) {
            let found = if path.withheld || !may_be_shown(shape, value) {
                Found::Withheld
            } else {
                Found::Shown(shown(shape, value))
            };
            self.tell(path, constraint.to_string(), found);
        }
        self.inside(shape, value, path);
    }

    fn tell(&mut self, path: &Path<'_>, constraint: String, found: Found) {
        if self.found.len() < VIOLATIONS_MAX {
            self.found.push(Violation { path: path.to_string(), constraint, found });
        }
    }
}

/// Whether structures, which have paths of their own, lie inside.
fn holds_structures(shape: &Shape) -> bool {
    match &shape.kind {
        Kind::Struct { .. } => true,
        Kind::List { member, .. } => holds_structures(member),
        Kind::Map { value, .. } => holds_structures(value),
        _ => false,
    }
}

/// Whether nothing sensitive and no bytes lie inside a value.
fn may_be_shown(shape: &Shape, value: &Value) -> bool {
    !shape.sensitive
        && match (&shape.kind, value) {
            (Kind::Blob { .. } | Kind::Document, _) => false,
            (Kind::List { member, .. }, Value::List(items)) => items.iter().all(|item| may_be_shown(member, item)),
            (Kind::Map { key, value: shape, .. }, Value::Map(entries)) => {
                !key.sensitive && entries.iter().all(|(_, value)| may_be_shown(shape, value))
            }
            (Kind::Struct { members }, Value::Struct(places)) => {
                let mut pairs = members.iter().zip(places);
                pairs.all(|(member, place)| place.as_ref().is_none_or(|value| may_be_shown(member.shape, value)))
            }
            _ => true,
        }
}

/// A value as the service prints it: `[a, b]`, `{key=value}`.
fn shown(shape: &Shape, value: &Value) -> String {
    match (&shape.kind, value) {
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::Float(number)) => number.to_string(),
        (_, Value::Bool(flag)) => flag.to_string(),
        (_, Value::Time(time)) => time.secs().to_string(),
        (Kind::List { member, .. }, Value::List(items)) => {
            let items: Vec<String> = items.iter().map(|item| shown(member, item)).collect();
            format!("[{}]", items.join(", "))
        }
        (Kind::Map { value: shape, .. }, Value::Map(entries)) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key}={}", shown(shape, value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        (Kind::Struct { members }, Value::Struct(places)) => {
            let present = members.iter().zip(places).filter_map(|(member, place)| Some((member, place.as_ref()?)));
            let present: Vec<String> =
                present.map(|(member, value)| format!("{}={}", member.camel, shown(member.shape, value))).collect();
            format!("{{{}}}", present.join(", "))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
