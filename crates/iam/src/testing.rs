//! Short words for tests of this crate.

use crate::{Context, Decision, Kind, Named, Policies, Policy, PrincipalIds, Request, decide};

/// Ana, the user who asks.
pub(crate) const ANA: &str = "arn:aws:iam::123456789012:user/ana";
/// Her account.
pub(crate) const ACCOUNT: &str = "123456789012";
/// An object in a bucket.
pub(crate) const OBJECT: &str = "arn:aws:s3:::bucket/key";

/// A policy of the version with variables, of these statements.
pub(crate) fn policy(kind: Kind, statements: &str) -> Policy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Policy::parse(&text, kind).unwrap_or_else(|refused| panic!("{refused} ({}): {text}", refused.detail()))
}

/// A context of keys with one value each.
pub(crate) fn context(keys: &[(&str, &str)]) -> Context {
    let mut context = Context::new();
    for (key, value) in keys {
        context.set(key, *value);
    }
    context
}

/// Whether statements of an identity policy let Ana do something.
pub(crate) fn decision(statements: &str, action: &str, resource: &str, context: &Context) -> Decision {
    let policy = policy(Kind::Identity, statements);
    let named = [Named::new("inline:p", &policy)];
    let who = PrincipalIds::user(ACCOUNT, ANA);
    let policies = Policies { identity: &named, ..Policies::default() };
    decide(&policies, &Request { action, resource, principal: &who, context })
}

/// As [`decision`], for the object and a read.
pub(crate) fn may_read(statements: &str, context: &Context) -> bool {
    decision(statements, "s3:GetObject", OBJECT, context) == Decision::Allow
}
