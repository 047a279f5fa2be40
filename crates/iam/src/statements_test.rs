//! Which statements apply: actions, resources, principals, and their inverted forms.

use crate::principal::Principal;
use crate::testing::{ACCOUNT, ANA, OBJECT, context, decision, policy};
use crate::{Context, Decision, Kind, Named, Policies, PrincipalIds, Request, Source, decide, trust};

const ROLE: &str = "arn:aws:iam::123456789012:role/app";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/app/s1";

fn allows(statement: &str, action: &str, resource: &str) -> bool {
    let statement = format!(r#"{{"Effect": "Allow", {statement}}}"#);
    decision(&statement, action, resource, &Context::new()) == Decision::Allow
}

#[test]
fn cr_16_action_and_not_action() {
    // Listed, asked for, whether Action matches; NotAction is the opposite each time.
    for (listed, asked, matches) in [
        (r#""*""#, "s3:GetObject", true),
        (r#""*:*""#, "s3:GetObject", true),
        (r#""s3:*""#, "s3:GetObject", true),
        (r#""s3:*""#, "s3:", true),
        (r#""s3:*""#, "sts:AssumeRole", false),
        (r#""s3:Get*""#, "s3:GetObject", true),
        (r#""s3:Get*""#, "s3:PutObject", false),
        (r#""s3:Get?bject""#, "s3:GetObject", true),
        (r#""s3:Get?""#, "s3:GetObject", false),
        (r#""S3:GETOBJECT""#, "s3:getObject", true),
        (r#""s3:GetObject""#, "s3:GetObjectAcl", false),
        (r#"["s3:PutObject", "s3:GetObject"]"#, "s3:GetObject", true),
        (r#"["s3:PutObject", "s3:DeleteObject"]"#, "s3:GetObject", false),
        // The Kelvin sign is no letter of ours.
        (r#""kms:Decrypt""#, "\u{212a}ms:Decrypt", false),
    ] {
        let of = |element: &str| allows(&format!(r#""{element}": {listed}, "Resource": "*""#), asked, OBJECT);
        assert_eq!(of("Action"), matches, "{listed} {asked}");
        assert_eq!(of("NotAction"), !matches, "not {listed} {asked}");
    }
}

#[test]
fn cr_16_resource_and_not_resource() {
    for (listed, asked, matches) in [
        (r#""*""#, OBJECT, true),
        (r#""*""#, "*", true),
        (r#""arn:aws:s3:::*""#, OBJECT, true),
        (r#""arn:aws:s3:::*""#, "*", false),
        (r#""arn:aws:s3:::bucket""#, OBJECT, false),
        (r#""arn:aws:s3:::bucket/*""#, OBJECT, true),
        (r#""arn:aws:s3:::Bucket/*""#, OBJECT, false),
        (r#""arn:*:*:*:*:*key""#, OBJECT, true),
        (r#""arn:aws:s3*""#, OBJECT, true),
        (r#""arn:aws:s3:eu-west-1::bucket/*""#, OBJECT, false),
        (r#"["arn:aws:s3:::other/*", "arn:aws:s3:::b?cket/key"]"#, OBJECT, true),
        (r#"["arn:aws:s3:::other/*", "arn:aws:sns:*:*:bucket/key"]"#, OBJECT, false),
        (r#""arn:aws:s3:::bucket/${*}""#, OBJECT, false),
        (r#""arn:aws:s3:::bucket/${*}""#, "arn:aws:s3:::bucket/*", true),
    ] {
        let of = |element: &str| allows(&format!(r#""Action": "*", "{element}": {listed}"#), "s3:GetObject", asked);
        assert_eq!(of("Resource"), matches, "{listed} {asked}");
        assert_eq!(of("NotResource"), !matches, "not {listed} {asked}");
    }
}

/// The callers of the table below.
fn callers() -> [(&'static str, PrincipalIds); 6] {
    [
        ("user", PrincipalIds::user(ACCOUNT, ANA)),
        ("session", PrincipalIds::role_session(ACCOUNT, SESSION, ROLE)),
        ("root", PrincipalIds::root(ACCOUNT)),
        ("service", PrincipalIds::service("lambda.amazonaws.com")),
        ("web", PrincipalIds::federated(["cognito-identity.amazonaws.com"])),
        ("anonymous", PrincipalIds::anonymous()),
    ]
}

#[test]
fn cr_16_principal_and_not_principal() {
    // Element, then who is denoted by it: in an Allow, in a Deny, by an Allow's Not…, spared by a Deny's Not….
    let every = "user session root service web anonymous";
    for (element, allow, deny, not_allow, spared) in [
        (r#""*""#, every, every, every, every),
        (r#"{"AWS": "*"}"#, "user session root anonymous", every, every, "user session root anonymous"),
        (r#"{"AWS": "123456789012"}"#, "user session root", "user session root", "user session root", "root"),
        (
            r#"{"AWS": "arn:aws:iam::123456789012:root"}"#,
            "user session root",
            "user session root",
            "user session root",
            "root",
        ),
        (r#"{"AWS": "210987654321"}"#, "", "", "", ""),
        (r#"{"AWS": "arn:aws:iam::123456789012:user/ana"}"#, "user", "user", "user", "user"),
        (r#"{"AWS": "arn:aws:iam::123456789012:user/Ana"}"#, "", "", "", ""),
        (r#"{"AWS": "arn:aws:iam::123456789012:role/app"}"#, "session", "session", "session", "session"),
        (r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/app/s1"}"#, "session", "session", "session", "session"),
        (r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/app/s2"}"#, "", "", "", ""),
        (r#"{"Service": "lambda.amazonaws.com"}"#, "service", "service", "service", "service"),
        (r#"{"Federated": "cognito-identity.amazonaws.com"}"#, "web", "web", "web", "web"),
        (
            r#"{"Service": ["a.b", "lambda.amazonaws.com"], "AWS": ["arn:aws:iam::123456789012:user/ana"]}"#,
            "user service",
            "user service",
            "user service",
            "user service",
        ),
    ] {
        for (effect, inverted, denoted) in
            [("Allow", false, allow), ("Deny", false, deny), ("Allow", true, not_allow), ("Deny", true, spared)]
        {
            let name = if inverted { "NotPrincipal" } else { "Principal" };
            let trusted = policy(
                Kind::Trust,
                &format!(r#"{{"Effect": "{effect}", "{name}": {element}, "Action": "sts:AssumeRole"}}"#),
            );
            for (caller, who) in callers() {
                let context = Context::new();
                let request = Request { action: "sts:AssumeRole", resource: ROLE, principal: &who, context: &context };
                let applies = denoted.split(' ').any(|name| name == caller) != inverted;
                let expected = match (applies, effect) {
                    (false, _) => Decision::ImplicitDeny(Source::Resource),
                    (true, "Allow") => Decision::Allow,
                    (true, _) => Decision::ExplicitDeny(Source::Resource),
                };
                assert_eq!(trust(&trusted, &request), expected, "{effect} {name} {element} for {caller}");
            }
        }
    }
}

#[test]
fn a_provider_is_known_by_each_of_its_names() {
    let arn = "arn:aws:iam::123456789012:oidc-provider/issuer.example/pool";
    let who = PrincipalIds::federated(["issuer.example/pool", arn]);
    for name in ["issuer.example/pool", arn] {
        let listed = Principal::parse("Federated", name).unwrap();
        assert!(listed.denotes(&who, crate::Effect::Allow, false).is_some());
    }
    let other = Principal::parse("Federated", "arn:aws:iam::210987654321:oidc-provider/issuer.example/pool").unwrap();
    assert!(other.denotes(&who, crate::Effect::Allow, false).is_none());
}

#[test]
fn a_resources_policy_is_about_principal_and_resource() {
    let own = policy(
        Kind::Resource,
        r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/ana"}, "Action": "s3:*",
            "Resource": "arn:aws:s3:::bucket/*", "Condition": {"Bool": {"aws:SecureTransport": true}}}"#,
    );
    let named = Named::new("bucket", &own);
    let who = PrincipalIds::user(ACCOUNT, ANA);
    let decision = |resource: &str, secure: &str| {
        let context = context(&[("aws:SecureTransport", secure)]);
        let request = Request { action: "s3:GetObject", resource, principal: &who, context: &context };
        decide(&Policies { resource: Some(&named), ..Policies::default() }, &request)
    };
    assert_eq!(decision(OBJECT, "true"), Decision::Allow);
    assert_eq!(decision(OBJECT, "false"), Decision::ImplicitDeny(Source::Identity));
    assert_eq!(decision("arn:aws:s3:::other/key", "true"), Decision::ImplicitDeny(Source::Identity));
}
