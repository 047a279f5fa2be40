//! CR-35: policies made to hurt. Sizes and depths are bounded, and work grows no faster than the text.

use crate::testing::{ACCOUNT, ANA, OBJECT, decision};
use crate::{Cache, Context, Decision, Kind, Named, Policies, Policy, PrincipalIds, Request, explain};

fn parses(text: &str) -> bool {
    Policy::parse(text, Kind::Identity).is_ok()
}

fn with_resources(count: usize) -> String {
    let resources = vec![r#""arn:aws:s3:::*a*?b""#; count].join(",");
    format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": [{resources}]}}}}"#)
}

#[test]
fn cr_35_a_document_is_at_most_131_072_characters_long() {
    let of_length = |length: usize, filler: &str| {
        let (head, tail) = (r#"{"Id": ""#, r#"", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#);
        format!("{head}{}{tail}", filler.repeat(length - head.len() - tail.len()))
    };
    assert!(parses(&of_length(131_072, "x")));
    assert!(!parses(&of_length(131_073, "x")));
    // Characters, not bytes.
    assert!(parses(&of_length(131_072, "ÿ")));
}

#[test]
fn cr_35_depth_is_bounded() {
    for (open, close) in [("[", "]"), (r#"{"Statement":"#, "}")] {
        for depth in [10, 1000, 8000] {
            assert!(!parses(&format!("{}{}", open.repeat(depth), close.repeat(depth))));
        }
    }
}

#[test]
fn cr_35_a_document_full_of_patterns_is_looked_through_once() {
    let text = with_resources(6000);
    assert!(text.len() < 131_072);
    let policy = Policy::parse(&text, Kind::Identity).unwrap();
    let named = [Named::new("p", &policy)];
    let who = PrincipalIds::user(ACCOUNT, ANA);
    let resource = format!("arn:aws:s3:::{}", "a".repeat(2048));
    let context = Context::new();
    let request = Request { action: "s3:GetObject", resource: &resource, principal: &who, context: &context };
    let policies = Policies { identity: &named, ..Policies::default() };
    assert_eq!(explain(&policies, &request).statements.len(), 1);
    assert_ne!(crate::decide(&policies, &request), Decision::Allow);
}

#[test]
fn cr_35_thousands_of_members_are_read_in_one_pass() {
    let keys: Vec<String> = (0..10_000).map(|n| format!(r#""k:{n}":"""#)).collect();
    let text = format!(
        r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringLike":{{{}}}}}}}}}"#,
        keys.join(",")
    );
    assert!(text.len() <= 131_072 && parses(&text));
}

#[test]
fn cr_35_look_alikes_are_other_characters() {
    let statement = |resource: &str| format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "{resource}"}}"#);
    let may = |resource: &str, asked: &str| {
        decision(&statement(resource), "s3:GetObject", asked, &Context::new()) == Decision::Allow
    };
    // Cyrillic а; a composed and a decomposed é; a full-width star, which is no wildcard.
    assert!(!may("arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/\u{430}"));
    assert!(!may("arn:aws:s3:::bucket/\u{e9}", "arn:aws:s3:::bucket/e\u{301}"));
    assert!(!may("arn:aws:s3:::bucket/\u{ff0a}", OBJECT));
    // A full-width colon cuts nothing.
    assert!(!parses(&format!(r#"{{"Statement": {}}}"#, statement("arn:aws:s3\u{ff1a}::bucket"))));
}

#[test]
fn cr_35_a_cache_of_hostile_documents_stays_small() {
    let cache = Cache::new(1 << 20);
    for count in 5000..5050 {
        cache.get(&with_resources(count), Kind::Identity).unwrap();
    }
    assert!(cache.len() <= 2, "{}", cache.len());
}
