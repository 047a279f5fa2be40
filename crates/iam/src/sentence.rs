//! The words of a refusal.

use crate::decide::{Decision, Source};

/// What a caller is told who may not. Clients compare it, so it is the service's own wording.
#[must_use]
pub fn denied_sentence(principal_arn: &str, action: &str, resource: &str, decision: &Decision) -> String {
    let denied = format!("User: {principal_arn} is not authorized to perform: {action} on resource: {resource}");
    match decision {
        Decision::Allow => denied,
        Decision::ImplicitDeny(source) => {
            format!("{denied} because no {} allows the {action} action", named(*source))
        }
        Decision::ExplicitDeny(source) => {
            let article = if *source == Source::Identity { "an" } else { "a" };
            format!("{denied} with an explicit deny in {article} {}", named(*source))
        }
    }
}

fn named(source: Source) -> &'static str {
    match source {
        Source::Identity => "identity-based policy",
        Source::Session => "session policy",
        Source::Boundary => "permissions boundary",
        Source::Resource => "resource-based policy",
        Source::Guardrail => "service control policy",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_32_each_refusal_has_its_sentence() {
        let said = |decision| denied_sentence("arn:aws:iam::1:user/a", "s3:GetObject", "arn:aws:s3:::b/k", &decision);
        let head =
            "User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k";
        for (decision, tail) in [
            (
                Decision::ImplicitDeny(Source::Identity),
                " because no identity-based policy allows the s3:GetObject action",
            ),
            (Decision::ImplicitDeny(Source::Session), " because no session policy allows the s3:GetObject action"),
            (
                Decision::ImplicitDeny(Source::Boundary),
                " because no permissions boundary allows the s3:GetObject action",
            ),
            (
                Decision::ImplicitDeny(Source::Resource),
                " because no resource-based policy allows the s3:GetObject action",
            ),
            (
                Decision::ImplicitDeny(Source::Guardrail),
                " because no service control policy allows the s3:GetObject action",
            ),
            (Decision::ExplicitDeny(Source::Identity), " with an explicit deny in an identity-based policy"),
            (Decision::ExplicitDeny(Source::Session), " with an explicit deny in a session policy"),
            (Decision::ExplicitDeny(Source::Boundary), " with an explicit deny in a permissions boundary"),
            (Decision::ExplicitDeny(Source::Resource), " with an explicit deny in a resource-based policy"),
            (Decision::ExplicitDeny(Source::Guardrail), " with an explicit deny in a service control policy"),
        ] {
            assert_eq!(said(decision), format!("{head}{tail}"));
        }
    }
}
