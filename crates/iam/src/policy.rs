//! A policy: parsed, compiled, ready to be asked.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::document;
use crate::malformed::Malformed;
use crate::principal::Principal;
use crate::statement::Statement;

/// Which elements a document may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Of a user, group, role, boundary or session: says which resources, and never who.
    Identity,
    /// Of a role: says who may assume it, and never which resource.
    Trust,
    /// Of a resource: says who, and which resources.
    Resource,
}

/// A compiled policy.
#[derive(Debug)]
pub struct Policy {
    pub(crate) statements: Vec<Statement>,
    /// [`context_keys`] in lower case.
    pub(crate) keys: Arc<[String]>,
}

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Malformed`], with the sentence that goes with `MalformedPolicyDocument`.
    pub fn parse(text: &str, kind: Kind) -> Result<Policy, Malformed> {
        let statements = document::parse(text, kind)?;
        let keys = keys_of(&statements).into_iter().map(|key| key.to_ascii_lowercase()).collect();
        Ok(Policy { statements, keys })
    }

    /// How many statements it has.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        self.statements.len()
    }

    /// The users, roles and sessions that its statements name by ARN or unique id, as written, each once.
    #[must_use]
    pub fn principals(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let items = self.statements.iter().flat_map(|s| &s.principals).flat_map(|listed| &listed.items);
        let named = items.filter_map(|principal| match principal {
            Principal::Arn(name) | Principal::UniqueId(name) => Some(name.as_str()),
            _ => None,
        });
        named.filter(|name| seen.insert(*name)).collect()
    }

    /// Roughly how many bytes it keeps beside its text; for caches.
    pub(crate) fn footprint(&self) -> usize {
        let of_statement = |statement: &Statement| {
            let resources = statement.resources.as_ref().map_or(0, |listed| listed.items.len());
            let principals = statement.principals.as_ref().map_or(0, |listed| listed.items.len());
            let values: usize = statement.conditions.iter().map(|condition| 2 + condition.written.len()).sum();
            256 + 128 * (statement.actions.items.len() + 6 * resources + principals + 2 * values)
        };
        self.statements.iter().map(of_statement).sum()
    }
}

/// A policy and the name by which explanations know it: its ARN, or `inline:NAME`.
#[derive(Debug, Clone)]
pub struct Named<'p> {
    /// The name.
    pub name: Cow<'p, str>,
    /// The policy.
    pub policy: &'p Policy,
}

impl<'p> Named<'p> {
    /// Names a policy.
    #[must_use]
    pub fn new(name: impl Into<Cow<'p, str>>, policy: &'p Policy) -> Self {
        Self { name: name.into(), policy }
    }
}

/// The keys that conditions and variables of a policy ask for, each once, as first written.
#[must_use]
pub fn context_keys(policy: &Policy) -> Vec<String> {
    keys_of(&policy.statements).into_iter().map(str::to_owned).collect()
}

fn keys_of(statements: &[Statement]) -> Vec<&str> {
    let mut seen = HashSet::new();
    let keys = statements.iter().flat_map(Statement::keys);
    keys.filter(|key| seen.insert(key.to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_conditions_and_variables_are_listed_once() {
        let policy = Policy::parse(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
                "Resource": "arn:aws:s3:::b/${aws:username}/*",
                "Condition": {"StringLike": {"s3:prefix": ["${AWS:UserName}/*", "${aws:userid, 'x'}"]},
                              "Null": {"S3:Prefix": false}, "NumericEquals": {"s3:max-keys": "5"}}}}"#,
            Kind::Identity,
        )
        .unwrap();
        assert_eq!(context_keys(&policy), ["aws:username", "s3:prefix", "aws:userid", "s3:max-keys"]);
    }
}
