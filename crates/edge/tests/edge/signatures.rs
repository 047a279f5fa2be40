//! SigV4 at the door: what is believed, what is refused, and with which words (credentials-and-iam.md 5).

use crate::support::{Answer, Edge, Options, start};
use authority::{AccessKeys, Authority, KnownKey, Regions};
use crypto::sigv4::{Credentials, Payload, RequestParts, Rules, Signing, presign, sign};
use kernel::{BoxFuture, Clock, Region, Secret, Time};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-01-01T12:00:00Z.
const NOON: Time = Time::from_secs(1_767_268_800);

#[derive(Debug)]
struct AtNoon;
impl Clock for AtNoon {
    fn now(&self) -> Time {
        NOON
    }
}

#[derive(Debug)]
struct OneKey;
impl AccessKeys for OneKey {
    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<KnownKey>, Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            if id == "AKIABROKEN" {
                return Err("the database is gone".into());
            }
            Ok((id == KEY).then(|| KnownKey { secret: Secret::from(SECRET), principal: "root".into() }))
        })
    }
}

async fn enforcing() -> Edge {
    let regions = Regions::Only(vec![Region::parse("eu-west-1").unwrap(), Region::parse("us-east-1").unwrap()]);
    start(Options {
        authority: Authority::enforcing(Arc::new(OneKey), regions, Arc::new(AtNoon)),
        ..Options::default()
    })
    .await
}

/// A signed call, and what is changed about it before or after it is signed.
struct Call {
    key: &'static str,
    secret: &'static str,
    region: &'static str,
    service: &'static str,
    time: Time,
    signed_body: &'static str,
    sent_body: &'static str,
    sent_path: &'static str,
    sent_target: &'static str,
    more_headers: Vec<(&'static str, &'static str)>,
    leave_unsigned: &'static str,
}

impl Default for Call {
    fn default() -> Self {
        Self {
            key: KEY,
            secret: SECRET,
            region: "eu-west-1",
            service: "cognito-idp",
            time: NOON,
            signed_body: "{}",
            sent_body: "{}",
            sent_path: "/",
            sent_target: "AWSCognitoIdentityProviderService.AdminEcho",
            more_headers: vec![],
            leave_unsigned: "",
        }
    }
}

impl Call {
    async fn send(self, edge: &Edge) -> Answer {
        let host = edge.address.to_string();
        let signing = Signing { region: self.region, service: self.service, time: self.time, rules: Rules::JSON };
        let date = signing.timestamp();
        let headers: Vec<(&str, &[u8])> = [
            ("content-type", "application/x-amz-json-1.1"),
            ("host", &host),
            ("x-amz-date", &date),
            ("x-amz-target", "AWSCognitoIdentityProviderService.AdminEcho"),
        ]
        .into_iter()
        .filter(|(name, _)| *name != self.leave_unsigned)
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
        let parts = RequestParts { method: "POST", path: "/", query: "", headers: &headers };
        let who = Credentials { access_key_id: self.key.into(), secret: Secret::from(self.secret), token: None };
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.signed_body.as_bytes());
        let hash: [u8; 32] = hash.as_ref().try_into().unwrap();
        let authorization = sign(&parts, &who, &signing, Payload::Sha256(&hash));
        let mut request = format!(
            "POST {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Date: {date}\r\nX-Amz-Target: {}\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n",
            self.sent_path,
            self.sent_target,
            self.sent_body.len()
        );
        for (name, value) in self.more_headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        edge.raw(format!("{request}\r\n{}", self.sent_body).as_bytes()).await
    }
}

fn refused(answer: &Answer, code: &str, sentence: &str) {
    assert_eq!((answer.status, answer.kind().as_str()), (400, code), "{answer:?}");
    assert!(answer.body.contains(sentence), "{answer:?}");
}

const NO_MATCH: &str = "The request signature we calculated does not match the signature you provided. \
                        Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

#[tokio::test]
async fn a_good_signature_is_root_in_the_region_it_names() {
    let edge = enforcing().await;
    let answer = Call::default().send(&edge).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"UserPoolId":"eu-west-1"}"#));
    let answer = Call { region: "us-east-1", ..Call::default() }.send(&edge).await;
    assert_eq!(answer.body, r#"{"UserPoolId":"us-east-1"}"#);
}

#[tokio::test]
async fn cr_04_one_changed_byte_anywhere_is_refused() {
    let edge = enforcing().await;
    let changed = [
        Call { sent_body: r#"{"a":1}"#, ..Call::default() },
        Call { sent_body: "{} ", ..Call::default() },
        Call { sent_path: "/?a=b", ..Call::default() },
        Call { sent_target: "AWSCognitoIdentityProviderService.AdminOther", ..Call::default() },
        Call { secret: "another", ..Call::default() },
        Call { more_headers: vec![("X-Amz-Date", "20260101T120000Z")], ..Call::default() },
        Call { more_headers: vec![("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")], ..Call::default() },
    ];
    for call in changed {
        let other = call.sent_target.ends_with("AdminOther");
        let twice = call.more_headers.first().is_some_and(|(name, _)| *name == "X-Amz-Date");
        let answer = call.send(&edge).await;
        match (other, twice) {
            (true, _) => refused(&answer, "UnknownOperationException", ""),
            (_, true) => {
                assert!(["IncompleteSignatureException", "InvalidSignatureException"].contains(&answer.kind().as_str()))
            }
            _ => refused(&answer, "InvalidSignatureException", NO_MATCH),
        }
    }
}

#[tokio::test]
async fn cr_04_keys_scopes_and_headers_have_their_own_errors() {
    let edge = enforcing().await;
    let invalid = "The security token included in the request is invalid.";
    refused(&Call { key: "AKIANOBODY", ..Call::default() }.send(&edge).await, "UnrecognizedClientException", invalid);
    let token = Call { more_headers: vec![("X-Amz-Security-Token", "t")], ..Call::default() };
    refused(&token.send(&edge).await, "UnrecognizedClientException", invalid);
    let region = Call { region: "ap-south-1", ..Call::default() };
    refused(&region.send(&edge).await, "InvalidSignatureException", "Credential should be scoped to a valid region.");
    let service = Call { service: "sts", ..Call::default() };
    refused(&service.send(&edge).await, "InvalidSignatureException", "scoped to correct service: 'cognito-idp'.");
    for unsigned in ["host", "x-amz-target"] {
        let answer = Call { leave_unsigned: unsigned, ..Call::default() }.send(&edge).await;
        assert_eq!(answer.kind(), "IncompleteSignatureException", "{unsigned}");
    }
    let bare = edge.post("AdminEcho", "{}").await;
    refused(&bare, "MissingAuthenticationTokenException", "Missing Authentication Token");
    let nonsense = edge.post_with("AdminEcho", &[("Authorization", "AWS4-HMAC-SHA256 nonsense")], b"{}").await;
    refused(&nonsense, "IncompleteSignatureException", "");
}

#[tokio::test]
async fn cr_05_six_minutes_off_is_refused_and_four_are_not() {
    let edge = enforcing().await;
    let minutes = |n: u64| Duration::from_secs(n * 60);
    for time in [NOON + minutes(4), NOON - minutes(4)] {
        assert_eq!(Call { time, ..Call::default() }.send(&edge).await.status, 200);
    }
    let early = Call { time: NOON - minutes(6), ..Call::default() }.send(&edge).await;
    refused(
        &early,
        "InvalidSignatureException",
        "Signature expired: 20260101T115400Z is now earlier than 20260101T115500Z (20260101T120000Z - 5 min.)",
    );
    let late = Call { time: NOON + minutes(6), ..Call::default() }.send(&edge).await;
    refused(
        &late,
        "InvalidSignatureException",
        "Signature not yet current: 20260101T120600Z is still later than 20260101T120500Z",
    );
}

#[tokio::test]
async fn a_presigned_call_is_believed_until_it_expires() {
    let edge = enforcing().await;
    let host = edge.address.to_string();
    let target = "AWSCognitoIdentityProviderService.AdminEcho";
    let headers: [(&str, &[u8]); 2] = [("host", host.as_bytes()), ("x-amz-target", target.as_bytes())];
    let parts = RequestParts { method: "POST", path: "/", query: "", headers: &headers };
    let who = Credentials { access_key_id: KEY.into(), secret: Secret::from(SECRET), token: None };
    for (age, status) in [(50, 200), (70, 400)] {
        let time = NOON - Duration::from_secs(age);
        let signing = Signing { region: "eu-west-1", service: "cognito-idp", time, rules: Rules::JSON };
        let query = presign(&parts, &who, &signing, 60);
        let request = format!(
            "POST /?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Amz-Target: {target}\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(edge.raw(request.as_bytes()).await.status, status, "{age} s old");
    }
}

#[tokio::test]
async fn the_signature_is_looked_at_before_the_body() {
    let edge = enforcing().await;
    let broken = Call { signed_body: "x", sent_body: "[[[", ..Call::default() };
    refused(&broken.send(&edge).await, "InvalidSignatureException", NO_MATCH);
    let signed_nonsense = Call { signed_body: "[[[", sent_body: "[[[", ..Call::default() };
    refused(&signed_nonsense.send(&edge).await, "SerializationException", "");
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_our_failure_and_say_nothing() {
    let edge = enforcing().await;
    let answer = Call { key: "AKIABROKEN", ..Call::default() }.send(&edge).await;
    assert_eq!((answer.status, answer.kind().as_str()), (500, "InternalErrorException"));
    assert!(!answer.body.contains("database"));
}

#[tokio::test]
async fn cr_04_a_presigned_call_with_one_thing_changed_is_refused() {
    let edge = enforcing().await;
    let host = edge.address.to_string();
    let target = "AWSCognitoIdentityProviderService.AdminEcho";
    let headers: [(&str, &[u8]); 2] = [("host", host.as_bytes()), ("x-amz-target", target.as_bytes())];
    let parts = RequestParts { method: "POST", path: "/", query: "", headers: &headers };
    let who = Credentials { access_key_id: KEY.into(), secret: Secret::from(SECRET), token: None };
    let signing = Signing { region: "eu-west-1", service: "cognito-idp", time: NOON, rules: Rules::JSON };
    let good = presign(&parts, &who, &signing, 60);
    let send = async |path: &str, query: &str, body: &str| {
        let request = format!(
            "POST {path}?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Amz-Target: {target}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        edge.raw(request.as_bytes()).await
    };
    assert_eq!(send("/", &good, "").await.status, 200);
    let longer = good.replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    let later = good.replace("X-Amz-Date=20260101T120000Z", "X-Amz-Date=20260101T120001Z");
    assert!(longer != good && later != good, "{good}");
    for (query, body) in [(longer.as_str(), ""), (&later, ""), (&format!("{good}&a=b"), ""), (&good, "{}")] {
        refused(&send("/", query, body).await, "InvalidSignatureException", NO_MATCH);
    }
    let week = presign(&parts, &who, &signing, 604_801);
    assert_eq!(send("/", &week, "").await.status, 400, "no longer than a week");
}
