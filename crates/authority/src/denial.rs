//! A no, and why: the sentence for the caller, the reasons sealed for whoever may have them opened
//! (`sts:DecodeAuthorizationMessage`, credentials-and-iam.md 2).

use crate::Estate;
use crypto::{Keyring, TokenError, TokenPurpose};
use iam::{Context, Decision, Effect, Explanation, Looked, Outcome, PrincipalIds, Request};
use kernel::{AccountId, Time};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// Reasons are asked for while somebody looks into a refusal.
const LIFETIME: Duration = Duration::from_secs(7 * 86_400);
/// The sealed reasons travel in a header, and proxies have no more than four kilobytes for all of them.
const REASONS_BYTES_MAX: usize = 2_100;

/// A refusal by policies. Displayed, it is the service's own sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// For the caller.
    pub sentence: String,
    /// The reasons, sealed; none where there are none to tell, or too many.
    pub encoded: Option<String>,
}

impl Denial {
    /// Without reasons: nobody was asked.
    pub(crate) fn plain(sentence: String) -> Self {
        Self { sentence, encoded: None }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl From<Denial> for String {
    fn from(denial: Denial) -> Self {
        denial.sentence
    }
}

/// Seals the reasons of a decision for the account it fell in.
pub(crate) fn seal(
    estate: &Estate,
    request: &Request<'_>,
    arn: &str,
    explained: &Explanation,
    now: Time,
) -> Option<String> {
    let mut told = reasons(request, arn, explained)?.into_bytes();
    // One is as long as another: nobody learns from the length what else the policies say, or whether a role is there.
    told.resize(REASONS_BYTES_MAX, b' ');
    let (purpose, binding) = (TokenPurpose::Denial, [estate.account.as_str()]);
    Some(estate.keyring.seal_token(purpose, &binding, now + LIFETIME, &told, now, &*estate.entropy))
}

/// Opens what [`Denial::encoded`] held.
///
/// # Errors
/// As [`Keyring::open_token`]: not ours, another account's, or too old.
pub fn open_denial(keyring: &Keyring, account: &AccountId, text: &str, now: Time) -> Result<String, TokenError> {
    let opened = keyring.open_token(TokenPurpose::Denial, &[account.as_str()], text, now)?;
    let told = std::str::from_utf8(opened.payload.reveal()).map_err(|_| TokenError::Garbage)?;
    Ok(told.trim_end().to_owned())
}

/// In the shape of the service's own messages. What does not fit is left out, the least telling first.
fn reasons(request: &Request<'_>, arn: &str, explained: &Explanation) -> Option<String> {
    let near: Vec<&Looked> = explained.statements.iter().filter(|looked| is_near(looked)).collect();
    let known = conditions(request.context);
    let whole = |most: usize, near: &[&Looked], known: &[Value]| {
        let failures: Vec<Value> = near.iter().map(|looked| statement(looked)).collect();
        let deciding = explained.statements.iter().filter(|looked| explained.deciding.contains(&looked.statement));
        json!({
            "allowed": explained.decision == Decision::Allow,
            "explicitDeny": matches!(explained.decision, Decision::ExplicitDeny(_)),
            "matchedStatements": { "items": deciding.take(most).map(statement).collect::<Vec<_>>() },
            "failures": { "items": failures },
            "missingContextKeys": { "items": explained.missing },
            "context": {
                "principal": principal(request.principal, request.context, arn),
                "action": request.action,
                "resource": request.resource,
                "conditions": { "items": known },
            },
        })
        .to_string()
    };
    let few = near.get(..3).unwrap_or(&near);
    let all = usize::MAX;
    let tries: [(usize, &[&Looked], &[Value]); 5] =
        [(all, &near, &known), (all, few, &known), (all, few, &[]), (all, &[], &[]), (1, &[], &[])];
    tries.into_iter().map(|(most, near, known)| whole(most, near, known)).find(|told| told.len() <= REASONS_BYTES_MAX)
}

/// Statements about this action and caller that did not apply: what was nearly meant.
fn is_near(looked: &Looked) -> bool {
    matches!(looked.outcome, Outcome::OtherResource | Outcome::ConditionFailed(_))
}

fn statement(looked: &Looked) -> Value {
    let name = &looked.statement;
    let failure = match &looked.outcome {
        Outcome::OtherResource => json!("Resource"),
        Outcome::ConditionFailed(failed) => {
            json!({ "condition": failed.operator, "key": failed.key, "wanted": failed.wanted, "had": failed.had })
        }
        Outcome::Applies | Outcome::OtherAction | Outcome::OtherPrincipal => Value::Null,
    };
    json!({
        "statementId": name.sid.as_deref().unwrap_or_default(),
        "effect": if looked.effect == Effect::Deny { "DENY" } else { "ALLOW" },
        "policy": name.policy,
        "policyKind": name.source,
        "statement": name.index + 1,
        "failure": failure,
    })
}

fn principal(who: &PrincipalIds, context: &Context, arn: &str) -> Value {
    let id = context.get("aws:userid").first().or(who.unique_id.as_ref());
    let name = arn.rsplit(['/', ':']).next().unwrap_or_default();
    json!({ "id": id, "name": name, "arn": arn })
}

/// What was known about the request, by key.
fn conditions(context: &Context) -> Vec<Value> {
    let mut all: Vec<(&str, &[String])> = context.iter().collect();
    all.sort_unstable();
    let values = |values: &[String]| values.iter().map(|value| json!({ "value": value })).collect::<Vec<_>>();
    all.into_iter().map(|(key, held)| json!({ "key": key, "values": { "items": values(held) } })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use iam::{Kind, Named, Policies, Policy};

    const ANA: &str = "arn:aws:iam::123456789012:user/ana";

    fn told(statements: &str, context: &Context) -> Value {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let policy = Policy::parse(&text, Kind::Identity).unwrap();
        let (who, named) = (PrincipalIds::user("123456789012", ANA), [Named::new("inline:own", &policy)]);
        let request = Request { action: "s3:GetObject", resource: "arn:aws:s3:::b/k", principal: &who, context };
        let explained = iam::explain(&Policies { identity: &named, ..Policies::default() }, &request);
        let told = reasons(&request, ANA, &explained).unwrap();
        assert!(told.len() <= REASONS_BYTES_MAX);
        serde_json::from_str(&told).unwrap()
    }

    fn context() -> Context {
        let mut context = Context::new();
        context.set("aws:userid", "AIDA234567ABCDEFGHIJK");
        context.set("aws:SourceIp", "198.51.100.7");
        context
    }

    #[test]
    fn cr_32_the_reasons_name_the_statement_that_denies() {
        let told = told(r#"{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"}"#, &context());
        assert_eq!((&told["allowed"], &told["explicitDeny"]), (&json!(false), &json!(true)));
        let denying = &told["matchedStatements"]["items"][0];
        assert_eq!((&denying["statementId"], &denying["effect"]), (&json!("No"), &json!("DENY")));
        assert_eq!((&denying["policy"], &denying["policyKind"]), (&json!("inline:own"), &json!("Identity")));
        let context = &told["context"];
        assert_eq!(context["principal"], json!({ "id": "AIDA234567ABCDEFGHIJK", "name": "ana", "arn": ANA }));
        assert_eq!((&context["action"], &context["resource"]), (&json!("s3:GetObject"), &json!("arn:aws:s3:::b/k")));
        let first = json!({ "key": "aws:sourceip", "values": { "items": [{ "value": "198.51.100.7" }] } });
        assert_eq!(context["conditions"]["items"][0], first);
    }

    #[test]
    fn cr_32_where_nothing_allows_the_reasons_name_what_nearly_did() {
        let nearly = r#"{"Sid":"A","Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}},
            {"Sid":"B","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::other/*"},
            {"Sid":"C","Effect":"Allow","Action":"s3:Put*","Resource":"*"}"#;
        let told = told(nearly, &context());
        assert_eq!((&told["explicitDeny"], &told["matchedStatements"]["items"]), (&json!(false), &json!([])));
        let failures = told["failures"]["items"].as_array().unwrap();
        assert_eq!(failures.len(), 2, "{told}");
        let wanted = json!({ "condition": "IpAddress", "key": "aws:SourceIp", "wanted": ["203.0.113.0/24"], "had": ["198.51.100.7"] });
        assert_eq!((&failures[0]["failure"], &failures[1]["failure"]), (&wanted, &json!("Resource")));
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_the_deciding_statement_last() {
        let mut context = context();
        for n in 0..40 {
            context.set(&format!("aws:PrincipalTag/{n}"), "v".repeat(200));
        }
        let deny = r#"{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
        let told = told(deny, &context);
        assert_eq!(told["matchedStatements"]["items"][0]["statementId"], "No");
        assert_eq!(told["context"]["conditions"]["items"], json!([]));
    }
}
