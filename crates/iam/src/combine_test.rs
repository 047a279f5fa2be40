//! How policies of several sources are combined: CR-14, CR-15, and what a resource's policy may stand in for.

use crate::testing::{ACCOUNT, ANA, OBJECT, policy};
use crate::{
    Context, Decision, Kind, Named, Outcome, Policies, Policy, PrincipalIds, Request, Source, decide, explain,
};

const ROLE: &str = "arn:aws:iam::123456789012:role/app";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/app/s1";

/// What one source says about the request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Says {
    /// It was never set.
    Unset,
    /// Nothing that applies.
    Nothing,
    Allow,
    Deny,
    Both,
}

const EVERY: [Says; 5] = [Says::Unset, Says::Nothing, Says::Allow, Says::Deny, Says::Both];

impl Says {
    fn denies(self) -> bool {
        matches!(self, Says::Deny | Says::Both)
    }

    fn allows(self) -> bool {
        self == Says::Allow
    }

    fn policy(self, kind: Kind, principal: &str) -> Option<Policy> {
        let of = |effect: &str, action: &str| {
            format!(r#"{{"Effect": "{effect}"{principal}, "Action": "{action}", "Resource": "*"}}"#)
        };
        let statements = match self {
            Says::Unset => return None,
            Says::Nothing => of("Allow", "s3:PutObject"),
            Says::Allow => of("Allow", "s3:GetObject"),
            Says::Deny => of("Deny", "s3:GetObject"),
            Says::Both => format!("{}, {}", of("Allow", "s3:*"), of("Deny", "s3:Get*")),
        };
        Some(policy(kind, &statements))
    }
}

/// Decides and explains; both must agree.
fn decided(policies: &Policies<'_>, who: &PrincipalIds, action: &str) -> Decision {
    let context = Context::new();
    let request = Request { action, resource: OBJECT, principal: who, context: &context };
    let decision = decide(policies, &request);
    let explained = explain(policies, &request);
    assert_eq!(explained.decision, decision);
    assert_eq!(explained.deciding.is_empty(), matches!(decision, Decision::ImplicitDeny(_)));
    for name in &explained.deciding {
        let looked = explained.statements.iter().find(|looked| looked.statement == *name).unwrap();
        assert_eq!(looked.outcome, Outcome::Applies);
    }
    decision
}

#[test]
fn cr_14_cr_15_the_matrix_of_identity_session_boundary_and_guardrail() {
    let sets: Vec<Vec<Option<Policy>>> =
        (0..4).map(|_| EVERY.iter().map(|says| says.policy(Kind::Identity, "")).collect()).collect();
    let who = PrincipalIds::role_session(ACCOUNT, SESSION, ROLE);
    for (i, identity) in EVERY.iter().enumerate() {
        for (s, session) in EVERY.iter().enumerate() {
            for (b, boundary) in EVERY.iter().enumerate() {
                for (g, guardrail) in EVERY.iter().enumerate() {
                    let set = |source: usize, says: usize| -> Vec<Named<'_>> {
                        sets[source][says].iter().map(|policy| Named::new("p", policy)).collect()
                    };
                    let (of_i, of_s, of_b, of_g) = (set(0, i), set(1, s), set(2, b), set(3, g));
                    let unless_unset = |says: &Says, set| (*says != Says::Unset).then_some(set);
                    let policies = Policies {
                        identity: &of_i,
                        session: unless_unset(session, of_s.as_slice()),
                        boundary: unless_unset(boundary, of_b.as_slice()),
                        guardrail: unless_unset(guardrail, of_g.as_slice()),
                        ..Policies::default()
                    };
                    let decision = decided(&policies, &who, "s3:GetObject");
                    let what = format!("{identity:?} {session:?} {boundary:?} {guardrail:?}");
                    let all = [identity, session, boundary, guardrail];
                    if all.iter().any(|says| says.denies()) {
                        assert!(matches!(decision, Decision::ExplicitDeny(_)), "{what}: {decision:?}");
                    } else {
                        let bounds = all[1..].iter().all(|says| **says == Says::Unset || says.allows());
                        assert_eq!(decision == Decision::Allow, identity.allows() && bounds, "{what}: {decision:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn cr_14_a_deny_is_final_whatever_the_resources_policy_allows() {
    let who = PrincipalIds::role_session(ACCOUNT, SESSION, ROLE);
    let named_himself = format!(r#", "Principal": {{"AWS": "{SESSION}"}}"#);
    for resource in EVERY {
        let own = resource.policy(Kind::Resource, &named_himself);
        let own = own.as_ref().map(|policy| Named::new("bucket", policy));
        for source in [Source::Identity, Source::Session, Source::Boundary, Source::Guardrail] {
            let denying = policy(Kind::Identity, r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#);
            let denying = [Named::new("d", &denying)];
            let mut policies = Policies { resource: own.as_ref(), ..Policies::default() };
            match source {
                Source::Identity => policies.identity = &denying,
                Source::Session => policies.session = Some(&denying),
                Source::Boundary => policies.boundary = Some(&denying),
                _ => policies.guardrail = Some(&denying),
            }
            let first = if resource.denies() && source == Source::Guardrail { Source::Resource } else { source };
            assert_eq!(decided(&policies, &who, "s3:GetObject"), Decision::ExplicitDeny(first), "{resource:?}");
        }
    }
}

/// What a resource's policy that allows `principal` makes of a caller with these policies of his own.
fn with_resource(principal: &str, who: &PrincipalIds, own: Says, boundary: Says, session: Says) -> Decision {
    let resource = Says::Allow.policy(Kind::Resource, &format!(r#", "Principal": {principal}"#)).unwrap();
    let (own, boundary, session) =
        (own.policy(Kind::Identity, ""), boundary.policy(Kind::Identity, ""), session.policy(Kind::Identity, ""));
    let own: Vec<Named<'_>> = own.iter().map(|policy| Named::new("own", policy)).collect();
    let boundary: Option<Vec<Named<'_>>> = boundary.as_ref().map(|policy| vec![Named::new("boundary", policy)]);
    let session: Option<Vec<Named<'_>>> = session.as_ref().map(|policy| vec![Named::new("session", policy)]);
    let resource = Named::new("bucket", &resource);
    let policies = Policies {
        identity: &own,
        boundary: boundary.as_deref(),
        session: session.as_deref(),
        resource: Some(&resource),
        ..Policies::default()
    };
    decided(&policies, who, "s3:GetObject")
}

#[test]
fn who_is_named_himself_needs_nothing_else() {
    let session = PrincipalIds::role_session(ACCOUNT, SESSION, ROLE);
    let user = PrincipalIds::user(ACCOUNT, ANA);
    for (arn, who) in [(SESSION, &session), (ANA, &user)] {
        let named = format!(r#"{{"AWS": "{arn}"}}"#);
        assert_eq!(with_resource(&named, who, Says::Unset, Says::Nothing, Says::Nothing), Decision::Allow);
        let denied = with_resource(&named, who, Says::Unset, Says::Deny, Says::Unset);
        assert_eq!(denied, Decision::ExplicitDeny(Source::Boundary));
    }
}

#[test]
fn whose_role_is_named_is_still_bounded() {
    let who = PrincipalIds::role_session(ACCOUNT, SESSION, ROLE);
    for named in [format!(r#"{{"AWS": "{ROLE}"}}"#), r#""*""#.to_owned(), r#"{"AWS": "*"}"#.to_owned()] {
        let decision = |own, boundary, session| with_resource(&named, &who, own, boundary, session);
        assert_eq!(decision(Says::Unset, Says::Unset, Says::Unset), Decision::Allow);
        assert_eq!(decision(Says::Unset, Says::Allow, Says::Allow), Decision::Allow);
        assert_eq!(decision(Says::Unset, Says::Nothing, Says::Allow), Decision::ImplicitDeny(Source::Boundary));
        assert_eq!(decision(Says::Allow, Says::Allow, Says::Nothing), Decision::ImplicitDeny(Source::Session));
    }
}

#[test]
fn whose_account_is_named_needs_policies_of_his_own() {
    let who = PrincipalIds::role_session(ACCOUNT, SESSION, ROLE);
    for named in [r#"{"AWS": "123456789012"}"#, r#"{"AWS": "arn:aws:iam::123456789012:root"}"#] {
        let decision = |own, boundary| with_resource(named, &who, own, boundary, Says::Unset);
        assert_eq!(decision(Says::Nothing, Says::Unset), Decision::ImplicitDeny(Source::Identity));
        assert_eq!(decision(Says::Allow, Says::Unset), Decision::Allow);
        assert_eq!(decision(Says::Allow, Says::Nothing), Decision::ImplicitDeny(Source::Boundary));
    }
}

#[test]
fn to_assume_a_role_its_trust_must_allow() {
    let user = PrincipalIds::user(ACCOUNT, ANA);
    let assume = policy(Kind::Identity, r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}"#);
    let assume = [Named::new("inline:assume", &assume)];
    let decision = |trusted: &str, own: &[Named<'_>]| {
        let statement = format!(r#"{{"Effect": "Allow", "Principal": {trusted}, "Action": "sts:AssumeRole"}}"#);
        let trusted = policy(Kind::Trust, &statement);
        let trusted = Named::new("trust", &trusted);
        let policies = Policies { identity: own, trust: Some(&trusted), ..Policies::default() };
        decided(&policies, &user, "sts:AssumeRole")
    };
    let himself = format!(r#"{{"AWS": "{ANA}"}}"#);
    assert_eq!(decision(&himself, &[]), Decision::Allow);
    assert_eq!(decision(&himself, &assume), Decision::Allow);
    assert_eq!(decision(r#"{"AWS": "123456789012"}"#, &[]), Decision::ImplicitDeny(Source::Identity));
    assert_eq!(decision(r#"{"AWS": "123456789012"}"#, &assume), Decision::Allow);
    let other = r#"{"AWS": "arn:aws:iam::123456789012:user/bea"}"#;
    assert_eq!(decision(other, &assume), Decision::ImplicitDeny(Source::Resource));
    assert_eq!(decision(r#"{"Service": "lambda.amazonaws.com"}"#, &assume), Decision::ImplicitDeny(Source::Resource));
}

#[test]
fn a_guest_has_what_role_and_session_policies_both_allow() {
    let who = PrincipalIds::role_session(ACCOUNT, SESSION, ROLE);
    let parse = |action: &str| {
        policy(Kind::Identity, &format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#))
    };
    let (role, inline, managed) = (parse("s3:*"), parse("s3:GetObject"), parse("sts:*"));
    let (role, narrowing) = ([Named::new("r", &role)], [Named::new("inline", &inline), Named::new("m", &managed)]);
    let policies = Policies { identity: &role, session: Some(&narrowing), ..Policies::default() };
    assert_eq!(decided(&policies, &who, "s3:GetObject"), Decision::Allow);
    assert_eq!(decided(&policies, &who, "s3:PutObject"), Decision::ImplicitDeny(Source::Session));
    assert_eq!(decided(&policies, &who, "sts:AssumeRole"), Decision::ImplicitDeny(Source::Identity));
}

#[test]
fn cr_32_an_explanation_names_statement_condition_and_value() {
    let own = policy(
        Kind::Identity,
        r#"{"Sid": "Tagged", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::bucket/${aws:userid}*",
            "Condition": {"StringLike": {"aws:PrincipalTag/Team": ["red*", "blue"]}}},
           {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
           {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringLike": {"aws:PrincipalTag/Team": ["red*", "blue"]}}}"#,
    );
    let named = [Named::new("arn:aws:iam::123456789012:policy/p", &own)];
    let who = PrincipalIds::user(ACCOUNT, ANA);
    let policies = Policies { identity: &named, ..Policies::default() };
    let mut context = crate::testing::context(&[("aws:PrincipalTag/team", "green")]);
    let ask = |context: &Context| {
        explain(&policies, &Request { action: "s3:GetObject", resource: OBJECT, principal: &who, context })
    };
    let refused = serde_json::to_value(ask(&context)).unwrap();
    assert_eq!(refused["decision"], serde_json::json!({"ImplicitDeny": "Identity"}));
    assert_eq!(refused["missing"], serde_json::json!(["aws:userid"]));
    assert_eq!(refused["statements"][0]["outcome"], "OtherResource");
    assert_eq!(refused["statements"][0]["statement"]["sid"], "Tagged");
    assert_eq!(refused["statements"][1]["outcome"], "OtherAction");
    assert_eq!(
        refused["statements"][2]["outcome"]["ConditionFailed"],
        serde_json::json!({
            "operator": "StringLike", "key": "aws:PrincipalTag/Team", "wanted": ["red*", "blue"], "had": ["green"],
        })
    );
    context.set("aws:PrincipalTag/team", "reddish");
    let allowed = ask(&context);
    assert_eq!(allowed.decision, Decision::Allow);
    assert_eq!(
        allowed.deciding.iter().map(|name| (name.policy.as_str(), name.index)).collect::<Vec<_>>(),
        [("arn:aws:iam::123456789012:policy/p", 2)]
    );
}
