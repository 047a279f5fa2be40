//! Prints what a decision costs here: `cargo run --release -p iam --example decisions`.
//!
//! The smallest of five rounds, since everything else on a machine only ever makes it slower.
#![allow(clippy::print_stdout, clippy::expect_used)]

use iam::{
    Cache, Context, Decision, Kind, Named, Policies, Policy, PrincipalIds, Request, decide, explain, glob_matches,
};
use kernel::Stopwatch;

/// Ten statements as they are written for identities: own prefixes, own rows, tags, networks, one Deny.
const TEN: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Sid": "Own", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
     "Resource": "arn:aws:s3:::data/${cognito-identity.amazonaws.com:sub}/*"},
    {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::data",
     "Condition": {"StringLike": {"s3:prefix": "${cognito-identity.amazonaws.com:sub}/*"}}},
    {"Sid": "Public", "Effect": "Allow", "Action": "s3:Get*", "Resource": ["arn:aws:s3:::public/*", "arn:aws:s3:::*/shared/*"]},
    {"Sid": "Rows", "Effect": "Allow", "Action": "dynamodb:*", "Resource": "arn:aws:dynamodb:*:*:table/notes",
     "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${cognito-identity.amazonaws.com:sub}"}}},
    {"Sid": "Sync", "Effect": "Allow", "Action": "cognito-sync:*", "Resource": "*"},
    {"Sid": "Team", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::team-${aws:PrincipalTag/team}/*",
     "Condition": {"StringEquals": {"aws:PrincipalTag/role": ["editor", "owner"]}}},
    {"Sid": "Office", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::office/*",
     "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}},
    {"Sid": "Invoke", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:*/prod/GET/*"},
    {"Sid": "Until", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::campaign/*",
     "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}},
    {"Sid": "Secure", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#;

fn main() {
    let policy = Policy::parse(TEN, Kind::Identity).expect("is a policy");
    let who = PrincipalIds::role_session(
        "123456789012",
        "arn:aws:sts::123456789012:assumed-role/app/CognitoIdentityCredentials",
        "arn:aws:iam::123456789012:role/app",
    );
    let mut context = Context::new();
    for (key, value) in [
        ("cognito-identity.amazonaws.com:sub", "us-east-1:3f2b8c1e-7d44-4a5e-9b1c-0d6f5a7e8c90"),
        ("aws:PrincipalTag/team", "red"),
        ("aws:PrincipalTag/role", "editor"),
        ("aws:SourceIp", "198.51.100.7"),
        ("aws:CurrentTime", "2026-09-01T08:05:09Z"),
        ("aws:SecureTransport", "true"),
        ("aws:PrincipalAccount", "123456789012"),
    ] {
        context.set(key, value);
    }
    let own = "arn:aws:s3:::data/us-east-1:3f2b8c1e-7d44-4a5e-9b1c-0d6f5a7e8c90/photo.jpg";
    let last = "arn:aws:s3:::campaign/2026/banner.png";
    let foreign = "arn:aws:s3:::data/us-east-1:00000000-7d44-4a5e-9b1c-0d6f5a7e8c90/photo.jpg";
    let named = [Named::new("inline:ten", &policy)];
    let once = Policies { identity: &named, ..Policies::default() };
    let bounded = Policies { session: Some(&named), boundary: Some(&named), ..once };
    let request = |resource| Request { action: "s3:GetObject", resource, principal: &who, context: &context };

    assert!(decide(&once, &request(last)) == Decision::Allow);
    assert!(decide(&once, &request(foreign)) != Decision::Allow);
    measure("ten statements, allowed by the first", || decide(&once, &request(own)));
    measure("ten statements, allowed by the ninth", || decide(&once, &request(last)));
    measure("ten statements, allowed by none", || decide(&once, &request(foreign)));
    measure("thirty statements: identity, session, boundary", || decide(&bounded, &request(last)));
    measure("ten statements, explained", || explain(&once, &request(last)));
    measure("ten statements, parsed and compiled", || Policy::parse(TEN, Kind::Identity));
    let cache = Cache::default();
    measure("ten statements, from the cache", || cache.get(TEN, Kind::Identity));
    let (stars, text) = ("*a".repeat(1024), "a".repeat(2047) + "b");
    measure("a glob of 2 kB, `*a*a*a…`, on 2 kB", || glob_matches(&stars, &text));
    let (holes, text) = (format!("*{}b*", "a?".repeat(512)), "a".repeat(2048));
    measure("a glob of 1 kB, `*a?a?a?…b*`, on 2 kB", || glob_matches(&holes, &text));
}

/// Runs `work` for at least 20 ms five times and prints the least time one run took.
fn measure<T>(name: &str, mut work: impl FnMut() -> T) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let (watch, mut runs) = (Stopwatch::start(), 0u32);
        while watch.elapsed().as_millis() < 20 {
            for _ in 0..16 {
                std::hint::black_box(work());
            }
            runs += 16;
        }
        best = best.min(watch.elapsed().as_secs_f64() * 1e6 / f64::from(runs));
    }
    println!("{best:>10.2} µs  {name}");
}
