//! The elements of a statement that hold values: actions, resources, principals, conditions.

use crate::arn::{ArnPattern, NoArn};
use crate::condition::Condition;
use crate::document::{Head, SYNTAX};
use crate::glob::Glob;
use crate::json::Json;
use crate::malformed::Malformed;
use crate::operator::Operator;
use crate::policy::Kind;
use crate::principal::Principal;
use crate::wanted::Wanted;

const NO_VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const TWO_COLONS: &str = "Actions/Condition can contain only one colon.";
const NOT_STS: &str = "AssumeRole policy may only specify STS AssumeRole actions.";

/// `Action` or `NotAction`.
pub(crate) fn actions(value: &Json, head: Head) -> Result<Vec<Glob>, Malformed> {
    value.one_or_many().iter().map(|item| action(text(item, "an action")?, head)).collect()
}

fn action(written: &str, head: Head) -> Result<Glob, Malformed> {
    let vendor = match written.split_once(':') {
        None if written == "*" => "*",
        None => return Err(Malformed::new(NO_VENDOR, format!("action {written}"))),
        Some((_, name)) if name.contains(':') => return Err(Malformed::new(TWO_COLONS, format!("action {written}"))),
        Some((vendor, name)) => {
            let of_vendor = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '*' | '?');
            if vendor.is_empty() || !vendor.chars().all(of_vendor) {
                return Err(Malformed::new(format!("Vendor {vendor} is not valid"), format!("action {written}")));
            }
            // Names of actions are ASCII: anything else can only be meant to look like one.
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_graphic()) {
                return Err(Malformed::new(SYNTAX, format!("action {written}")));
            }
            vendor
        }
    };
    if head.kind == Kind::Trust && !vendor.eq_ignore_ascii_case("sts") {
        return Err(Malformed::new(NOT_STS, format!("action {written}")));
    }
    Ok(Glob::parse(&written.to_ascii_lowercase()))
}

/// `Resource` or `NotResource`.
pub(crate) fn resources(value: &Json, head: Head) -> Result<Vec<ArnPattern>, Malformed> {
    value.one_or_many().iter().map(|item| resource(text(item, "a resource")?, head)).collect()
}

fn resource(written: &str, head: Head) -> Result<ArnPattern, Malformed> {
    let no_arn =
        || Malformed::new(format!("Resource {written} must be in ARN format or \"*\"."), format!("resource {written}"));
    if written != "*" && !written.starts_with("arn:") {
        return Err(no_arn());
    }
    ArnPattern::parse(written, head.variables).map_err(|wrong| match wrong {
        NoArn::Short => no_arn(),
        NoArn::Variable => Malformed::new(SYNTAX, format!("a variable of resource {written}")),
    })
}

/// `Principal` or `NotPrincipal`.
pub(crate) fn principals(value: &Json) -> Result<Vec<Principal>, Malformed> {
    let Json::Object(members) = value else {
        return match value.quoted() {
            Some("*") => Ok(vec![Principal::Everyone]),
            other => Err(nobody(None, other.unwrap_or_default())),
        };
    };
    let mut principals = Vec::new();
    for (kind, values) in members {
        for item in values.one_or_many() {
            let written = text(item, "a principal")?;
            principals.push(Principal::parse(kind, written).ok_or_else(|| nobody(Some(kind), written))?);
        }
    }
    Ok(principals)
}

fn nobody(kind: Option<&str>, written: &str) -> Malformed {
    let who = match kind {
        Some(kind) => format!("\"{kind}\":\"{written}\""),
        None => format!("\"{written}\""),
    };
    Malformed::new(format!("Invalid principal in policy: {who}"), format!("principal {who}"))
}

/// `Condition`.
pub(crate) fn conditions(value: &Json, head: Head) -> Result<Vec<Condition>, Malformed> {
    let Json::Object(operators) = value else { return Err(Malformed::new(SYNTAX, "Condition is no object")) };
    let mut conditions = Vec::new();
    for (name, block) in operators {
        let operator =
            Operator::parse(name).ok_or_else(|| Malformed::new(SYNTAX, format!("condition operator {name}")))?;
        let Json::Object(keys) = block else { return Err(Malformed::new(SYNTAX, format!("{name} is no object"))) };
        for (key, values) in keys {
            conditions.push(condition(name, operator, key, values, head)?);
        }
    }
    Ok(conditions)
}

fn condition(name: &str, operator: Operator, key: &str, values: &Json, head: Head) -> Result<Condition, Malformed> {
    if key.is_empty() {
        return Err(Malformed::new(SYNTAX, format!("{name} names no key")));
    }
    let mut texts = Vec::new();
    for item in values.one_or_many() {
        let Json::Scalar { text, .. } = item else {
            return Err(Malformed::new(SYNTAX, format!("a value of {name} {key} is no scalar")));
        };
        texts.push(text.as_str());
    }
    let wanted = Wanted::compile(operator.family, &texts, head.variables)
        .map_err(|value| Malformed::new(SYNTAX, format!("value {value} of {name} {key}")))?;
    Ok(Condition {
        operator_name: name.to_owned(),
        operator,
        key: key.to_owned(),
        folded: key.to_ascii_lowercase(),
        written: texts.into_iter().map(str::to_owned).collect(),
        wanted,
    })
}

fn text<'j>(item: &'j Json, what: &str) -> Result<&'j str, Malformed> {
    item.quoted().ok_or_else(|| Malformed::new(SYNTAX, format!("{what} is no text")))
}
