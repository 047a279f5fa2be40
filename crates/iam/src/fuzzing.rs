//! Bodies of the fuzz targets: any bytes in, never a panic, and what was decided must be explained alike.
//!
//! A stable test replays the committed corpus and its mutants through the same function (`tests/fuzz_replay.rs`).

use std::sync::LazyLock;

use crate::{
    Context, Decision, Kind, Named, Policies, Policy, PrincipalIds, Request, context_keys, decide, explain, trust,
};

/// Who asks: one of each sort.
static CALLERS: LazyLock<[PrincipalIds; 4]> = LazyLock::new(|| {
    let session = "arn:aws:sts::123456789012:assumed-role/app/s1";
    [
        PrincipalIds::user("123456789012", "arn:aws:iam::123456789012:user/ana"),
        PrincipalIds::role_session("123456789012", session, "arn:aws:iam::123456789012:role/app"),
        PrincipalIds::federated(["cognito-identity.amazonaws.com"]),
        PrincipalIds::anonymous(),
    ]
});

/// A policy: the first byte chooses its kind and the caller, the first line behind it is the resource asked for, the rest
/// is the document.
pub fn policy(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let Ok(rest) = std::str::from_utf8(rest) else { return };
    let (resource, text) = rest.split_once('\n').unwrap_or(("*", rest));
    let kind = match choice % 3 {
        0 => Kind::Identity,
        1 => Kind::Trust,
        _ => Kind::Resource,
    };
    let Some(who) = CALLERS.get(usize::from(choice / 3) % CALLERS.len()) else { return };
    let policy = match Policy::parse(text, kind) {
        Ok(policy) => policy,
        Err(refused) => {
            assert!(!refused.to_string().is_empty() && !refused.detail().is_empty(), "a refusal without words");
            return;
        }
    };
    // Keys the policy asks for are present, so that its conditions are compared and its variables filled.
    let mut filled = Context::new();
    for (at, key) in context_keys(&policy).iter().enumerate() {
        let values = ["*", "true", "5", "2026-09-01T08:05:00Z", "203.0.113.9", "arn:aws:s3:::bucket/key", "QQ=="];
        match at % 8 {
            7 => filled.set_many(key, values.map(str::to_owned).to_vec()),
            nth => filled.set(key, values.get(nth).copied().unwrap_or_default()),
        }
    }
    // What it does not ask for changes nothing, and what it asks for is never forgotten.
    let mut crowded = filled.clone();
    crowded.set("fuzz:Unasked", "x");
    let mut sifted = Context::for_policy(&policy);
    crowded.iter().for_each(|(key, values)| sifted.set_many(key, values.to_vec()));
    for action in ["s3:GetObject", "sts:AssumeRoleWithWebIdentity", text] {
        let asked = |context| decided(&policy, kind, &Request { action, resource, principal: who, context });
        assert!(asked(&crowded) == asked(&sifted), "a key that counts was left out");
    }
    for context in [&Context::new(), &filled] {
        for action in ["s3:GetObject", "sts:AssumeRoleWithWebIdentity", text] {
            agree(&policy, kind, &Request { action, resource, principal: who, context });
        }
    }
}

fn policies<'p>(named: &'p Named<'p>, kind: Kind) -> Policies<'p> {
    let of_caller = std::slice::from_ref(named);
    match kind {
        Kind::Identity => Policies { identity: of_caller, boundary: Some(of_caller), ..Policies::default() },
        Kind::Trust => Policies { trust: Some(named), ..Policies::default() },
        Kind::Resource => Policies { resource: Some(named), ..Policies::default() },
    }
}

fn decided(policy: &Policy, kind: Kind, request: &Request<'_>) -> Decision {
    decide(&policies(&Named::new("fuzzed", policy), kind), request)
}

/// Deciding and explaining are one: and what is allowed was allowed by somebody.
fn agree(policy: &Policy, kind: Kind, request: &Request<'_>) {
    let named = Named::new("fuzzed", policy);
    let policies = policies(&named, kind);
    let explained = explain(&policies, request);
    let decision = decide(&policies, request);
    assert!(explained.decision == decision, "explained otherwise than decided");
    assert!(
        explained.deciding.is_empty() == matches!(decision, Decision::ImplicitDeny(_)),
        "decided by nobody, or in spite of somebody"
    );
    if kind == Kind::Trust {
        let alone = trust(policy, request);
        assert!(decision != Decision::Allow || alone == Decision::Allow, "allowed beyond the role's trust");
    }
}
