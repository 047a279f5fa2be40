//! What operators ask at their own listener.

use crate::support::{any_credentials, clock};
use authority::{AccessKeys, Authority, KnownKey, Regions};
use bytes::Bytes;
use contract::Fault;
use edge::aws::desk::{Desk, Operations};
use edge::{Front, Limits, Metrics, TrustedProxies};
use http::Request;
use kernel::{AccountId, BoxFuture, SystemEntropy};
use model::Caller;
use serde_json::{Value, json};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug)]
struct Echo;
impl Operations for Echo {
    fn ask<'a>(
        &'a self,
        caller: &'a Caller,
        question: &'a str,
        input: &'a Value,
    ) -> BoxFuture<'a, Option<Result<Value, Fault>>> {
        let answer = json!({ "region": caller.region.as_str(), "asked": input });
        Box::pin(async move { (question == "Echo").then_some(Ok(answer)) })
    }
}

#[derive(Debug)]
struct NoKeys;
impl AccessKeys for NoKeys {
    fn find<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<KnownKey>, Box<dyn Error + Send + Sync>>> {
        Box::pin(async { Ok(None) })
    }
}

fn front(authority: Authority) -> Arc<Front> {
    let desk = Desk {
        operations: Arc::new(Echo),
        authority: Arc::new(authority),
        account: AccountId::parse("123456789012").unwrap(),
        body_timeout: Duration::from_secs(1),
    };
    let metrics = Arc::new(Metrics::register(&mut prometheus_client::registry::Registry::default()));
    let router = edge::aws::desk::router(Arc::new(desk));
    Arc::new(Front::new(router, Arc::new(SystemEntropy), metrics, TrustedProxies::default(), Limits::default()))
}

async fn ask(front: &Arc<Front>, question: &str, signed: bool, body: &str) -> (u16, Value) {
    let mut request = Request::post(format!("/operations/{question}")).header("host", "127.0.0.1:9230");
    if signed {
        request = request.header("authorization", any_credentials("eu-west-1"));
    }
    let (status, answer) = front.ask(request.body(Bytes::from(body.to_owned())).unwrap()).await;
    (status, serde_json::from_slice(&answer).unwrap_or_default())
}

#[tokio::test]
async fn a_question_of_roots_is_answered_in_the_region_it_was_signed_for() {
    let front = front(Authority::trusting_anyone(Regions::Any, clock()));
    let (status, answer) = ask(&front, "Echo", true, r#"{"a":[1]}"#).await;
    assert_eq!((status, answer), (200, json!({ "region": "eu-west-1", "asked": { "a": [1] } })));
    let (status, answer) = ask(&front, "Other", true, "{}").await;
    assert_eq!((status, &answer["__type"]), (400, &json!("UnknownOperationException")));
    for broken in ["", "[]", "null", "{"] {
        let (status, answer) = ask(&front, "Echo", true, broken).await;
        assert_eq!((status, &answer["__type"]), (400, &json!("SerializationException")), "{broken}");
    }
}

#[tokio::test]
async fn nobody_is_answered_without_a_signature_or_by_a_foreign_key() {
    let trusting = front(Authority::trusting_anyone(Regions::Any, clock()));
    let (status, answer) = ask(&trusting, "Echo", false, "{}").await;
    assert_eq!((status, &answer["__type"]), (400, &json!("MissingAuthenticationTokenException")));
    let enforcing = front(Authority::enforcing(Arc::new(NoKeys), Regions::Any, clock()));
    let (status, answer) = ask(&enforcing, "Echo", false, "{}").await;
    assert_eq!((status, &answer["__type"]), (400, &json!("MissingAuthenticationTokenException")));
    let (status, _) = ask(&enforcing, "Echo", true, "{}").await;
    assert_eq!(status, 400);
}
