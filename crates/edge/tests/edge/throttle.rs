//! The rates of the service at the door (user-pools.md 20, security-messaging.md 10).

use crate::support::{Answer, Edge, Options, POOL, any_credentials, start};
use edge::{Kept, SourceRate, Sources, Throttle, TrustedProxies};
use kernel::{Clock, Time};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// UserPoolRead, per second.
const POOL_READS: usize = 15;

#[derive(Debug, Default)]
struct Moved(AtomicI64);
impl Clock for Moved {
    fn now(&self) -> Time {
        Time::from_millis(1_767_268_800_000 + self.0.load(Ordering::Relaxed))
    }
}

async fn throttling() -> (Edge, Arc<Moved>) {
    let clock = Arc::new(Moved::default());
    let kept = Kept { service: true, person_rps: Kept::PERSON_RPS };
    let edge = start(Options { throttle: Some(Throttle::new(clock.clone(), kept)), ..Options::default() }).await;
    (edge, clock)
}

async fn signed(edge: &Edge, operation: &str, region: &str) -> Answer {
    edge.post_with(operation, &[("Authorization", &any_credentials(region))], b"{}").await
}

#[tokio::test]
async fn up_46_a_call_beyond_the_rate_is_refused_until_time_has_passed() {
    let (edge, clock) = throttling().await;
    for n in 0..POOL_READS {
        // Operations of one category share its bucket.
        let operation = if n % 2 == 0 { "DescribeUserPool" } else { "ListUserPools" };
        assert_eq!(signed(&edge, operation, "eu-west-1").await.status, 200, "{n}");
    }
    let refused = signed(&edge, "ListUserPools", "eu-west-1").await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body, r#"{"__type":"TooManyRequestsException","message":"Rate exceeded"}"#);
    assert_eq!(refused.header("x-amzn-errortype"), Some("TooManyRequestsException:"));
    assert_eq!(refused.header("content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    clock.0.store(67, Ordering::Relaxed);
    assert_eq!(signed(&edge, "ListUserPools", "eu-west-1").await.status, 200, "a fifteenth of a second later");
    let again = signed(&edge, "ListUserPools", "eu-west-1").await;
    assert_eq!(again.kind(), "TooManyRequestsException", "and one only");
}

#[tokio::test]
async fn sm_32_another_category_and_another_region_are_unaffected() {
    let (edge, _) = throttling().await;
    for _ in 0..POOL_READS {
        signed(&edge, "DescribeUserPool", "eu-west-1").await;
    }
    assert_eq!(signed(&edge, "DescribeUserPool", "eu-west-1").await.kind(), "TooManyRequestsException");
    assert_eq!(edge.post("GetUser", "{}").await.status, 200);
    assert_eq!(signed(&edge, "DescribeUserPool", "us-east-1").await.status, 200);
    for _ in 0..20 {
        assert_eq!(edge.post("Echo", "{}").await.status, 200, "in no category");
    }
}

#[tokio::test]
async fn up_46_strangers_use_up_no_rate_of_signed_operations_and_a_proved_call_is_counted_before_its_body() {
    let (edge, _) = throttling().await;
    for _ in 0..2 * POOL_READS {
        assert_eq!(edge.post("DescribeUserPool", "not json").await.kind(), "MissingAuthenticationTokenException");
    }
    for _ in 0..POOL_READS {
        assert_eq!(signed_about(&edge, "DescribeUserPool", "not json").await.kind(), "SerializationException");
    }
    assert_eq!(signed_about(&edge, "DescribeUserPool", "not json").await.kind(), "TooManyRequestsException");
}

#[tokio::test]
async fn up_46_nothing_is_refused_where_rates_are_not_kept() {
    let edge = start(Options::default()).await;
    for _ in 0..3 * POOL_READS {
        assert_eq!(signed(&edge, "DescribeUserPool", "eu-west-1").await.status, 200);
    }
}

async fn signed_about(edge: &Edge, operation: &str, body: &str) -> Answer {
    edge.post_with(operation, &[("Authorization", &any_credentials("eu-west-1"))], body.as_bytes()).await
}

/// How often of thirty times it was let pass.
async fn passing(edge: &Edge, operation: &str, body: &str) -> usize {
    let mut passed = 0;
    for _ in 0..30 {
        let answer = signed_about(edge, operation, body).await;
        if answer.kind() == "TooManyRequestsException" {
            assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
        } else {
            passed += 1;
        }
    }
    passed
}

#[tokio::test]
async fn sm_32_rl_18_a_pool_and_a_person_have_rates_of_their_own() {
    let (edge, clock) = throttling().await;
    let about = |pool: &str| format!(r#"{{"UserPoolId":"{pool}","Username":"ana"}}"#);
    assert_eq!(passing(&edge, "DescribeUserPoolClient", &about(POOL)).await, 5, "of the fifteen of the account");
    clock.0.store(1_000, Ordering::Relaxed);
    assert_eq!(passing(&edge, "DescribeUserPoolClient", &about(POOL)).await, 5);
    clock.0.store(2_000, Ordering::Relaxed);
    assert_eq!(passing(&edge, "DescribeUserPoolClient", &about("eu-west-1_Other")).await, 5, "another pool");
    assert_eq!(passing(&edge, "AdminGetUser", &about(POOL)).await, 10);
    assert_eq!(passing(&edge, "AdminGetUser", &about("eu-west-1_Other")).await, 10, "another person");
}

/// A token that says whose it is. Nobody signed it: the made-up operations believe anything or refuse everything.
fn token(sub: &str) -> String {
    let claims = format!(r#"{{"sub":"{sub}","iss":"http://localhost/{POOL}"}}"#);
    let claims = data_encoding::BASE64URL_NOPAD.encode(claims.as_bytes());
    format!(r#"{{"AccessToken":"h.{claims}.s"}}"#)
}

#[tokio::test]
async fn sm_33_ten_requests_a_second_with_ones_own_token_and_nobody_else_can_use_them_up() {
    let (edge, clock) = throttling().await;
    for _ in 0..20 {
        let answer = edge.post("DeleteUserAttributes", &token("a")).await;
        assert_eq!(answer.kind(), "NotAuthorizedException", "a forged token takes nothing from whom it names");
    }
    let passing = async |sub: &str| {
        let mut passed = 0;
        for _ in 0..20 {
            passed += usize::from(edge.post("UpdateUserAttributes", &token(sub)).await.status == 200);
        }
        passed
    };
    clock.0.store(1_000, Ordering::Relaxed);
    assert_eq!(passing("a").await, 10);
    // The account has 25 of these a second, and what was refused to one person was counted there too.
    assert_eq!(passing("b").await, 5, "another person, as far as the account goes");
    clock.0.store(1_100, Ordering::Relaxed);
    assert_eq!(passing("a").await, 1, "a tenth of a second later");
}

#[tokio::test]
async fn sm_32_new_passwords_for_challenges_are_thirty_a_second_and_other_answers_more() {
    let (edge, _) = throttling().await;
    let answer = async |challenge: &str| {
        edge.post("RespondToAuthChallenge", &format!(r#"{{"ChallengeName":"{challenge}"}}"#)).await.kind()
    };
    for n in 0..30 {
        assert_eq!(answer("NEW_PASSWORD_REQUIRED").await, "", "{n}");
    }
    assert_eq!(answer("NEW_PASSWORD_REQUIRED").await, "TooManyRequestsException");
    for n in 0..121 {
        assert_eq!(answer("PASSWORD_VERIFIER").await, "", "{n}");
    }
}

/// Ten requests at once and five a second from each address; a proxy on this machine tells whose they are.
async fn behind_a_proxy() -> (Edge, Arc<Moved>) {
    let clock = Arc::new(Moved::default());
    let rate = SourceRate { rps: 5, burst: 10, spares_loopback: false };
    let proxies = TrustedProxies::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let sources = Some(Sources::new(clock.clone(), rate));
    (start(Options { sources, proxies, ..Options::default() }).await, clock)
}

async fn from(edge: &Edge, source: &str, operation: &str, body: &str) -> Answer {
    edge.post_with(operation, &[("X-Forwarded-For", source)], body.as_bytes()).await
}

#[tokio::test]
async fn au_31_one_address_uses_its_rate_up_and_nobody_elses() {
    let (edge, clock) = behind_a_proxy().await;
    for operation in ["Echo", "GetUser", "RespondToAuthChallenge", "Refuses", "Echo"] {
        for _ in 0..2 {
            assert_ne!(from(&edge, "203.0.113.9", operation, "{}").await.kind(), "TooManyRequestsException");
        }
    }
    let refused = from(&edge, "203.0.113.9", "Echo", "not json").await;
    assert_eq!(refused.status, 400, "before anything of it is read");
    assert_eq!(refused.body, r#"{"__type":"TooManyRequestsException","message":"Rate exceeded"}"#);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(from(&edge, "203.0.113.10", "Echo", "{}").await.status, 200);
    clock.0.store(200, Ordering::Relaxed);
    assert_eq!(from(&edge, "203.0.113.9", "Echo", "{}").await.status, 200, "a fifth of a second later");
    assert_eq!(from(&edge, "203.0.113.9", "Echo", "{}").await.kind(), "TooManyRequestsException", "and one only");
}

#[tokio::test]
async fn au_31_a_claimed_address_is_believed_from_proxies_only_and_signed_calls_are_not_counted() {
    let (edge, _) = behind_a_proxy().await;
    for n in 0..10 {
        // The nearest stranger counts, whatever stands to the left of it.
        assert_eq!(from(&edge, &format!("198.51.100.{n}, 203.0.113.9"), "Echo", "{}").await.status, 200);
    }
    assert_eq!(from(&edge, "198.51.100.77, 203.0.113.9", "Echo", "{}").await.kind(), "TooManyRequestsException");
    let credentials = any_credentials("eu-west-1");
    for _ in 0..30 {
        let headers = [("X-Forwarded-For", "203.0.113.9"), ("Authorization", credentials.as_str())];
        assert_eq!(edge.post_with("AdminEcho", &headers, b"{}").await.status, 200);
    }
}
