//! The rates of the service at the door (user-pools.md 20, security-messaging.md 10).

use crate::support::{Answer, Edge, Options, any_credentials, start};
use edge::Throttle;
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
    let edge = start(Options { throttle: Some(Throttle::new(clock.clone())), ..Options::default() }).await;
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
async fn up_46_the_rate_is_asked_before_signature_and_body() {
    let (edge, _) = throttling().await;
    for _ in 0..POOL_READS {
        assert_eq!(edge.post("DescribeUserPool", "not json").await.kind(), "MissingAuthenticationTokenException");
    }
    assert_eq!(edge.post("DescribeUserPool", "not json").await.kind(), "TooManyRequestsException");
}

#[tokio::test]
async fn up_46_nothing_is_refused_where_rates_are_not_kept() {
    let edge = start(Options::default()).await;
    for _ in 0..3 * POOL_READS {
        assert_eq!(signed(&edge, "DescribeUserPool", "eu-west-1").await.status, 200);
    }
}
