//! The courier against a real gateway: what arrives, which failure is called what, and where it will not connect.
#![allow(clippy::unwrap_used, clippy::panic)]

use kernel::Secret;
use outbound::testing::SmsGateway;
use outbound::{Courier, DeliveryError, FetchRules, HttpSmsCourier, Mail, Sms, SmsSettings};
use serde_json::{Value, json};
use std::time::Duration;

fn sms() -> Sms {
    Sms { to: "+15550100199".into(), text: "Ihr \"Code\" für\nAna: 012345".into(), message_id: "m-1".into() }
}

fn settings(gateway: &SmsGateway, allowed: &[&str]) -> SmsSettings {
    let rules = FetchRules {
        allowed: allowed.iter().map(|network| network.parse().unwrap()).collect(),
        ca_pem: gateway.ca_pem().map(|pem| pem.as_bytes().to_vec()),
        deadline: Duration::from_secs(5),
        ..FetchRules::default()
    };
    SmsSettings { rules, ..SmsSettings::new(&gateway.url()) }
}

const HERE: &[&str] = &["127.0.0.0/8", "::1/128"];

async fn send(settings: &SmsSettings) -> Result<(), DeliveryError> {
    HttpSmsCourier::new(settings).unwrap().send_sms(&sms()).await
}

fn unreachable(result: Result<(), DeliveryError>) -> String {
    match result {
        Err(DeliveryError::Unreachable(text)) => text,
        other => panic!("expected nobody there, got {other:?}"),
    }
}

#[tokio::test]
async fn a_message_arrives_as_the_operator_s_json_with_the_operator_s_headers() {
    let gateway = SmsGateway::start_tls().await;
    let mut settings = settings(&gateway, HERE);
    settings.headers.push(("Authorization".into(), Secret::from("Bearer k3y")));
    settings.body = r#"{"from": "Shop", "recipients": ["{to}"], "body": "{text}", "ref": "{id}"}"#.into();
    send(&settings).await.unwrap();
    let posted = gateway.posted().remove(0);
    assert_eq!(posted.line, "POST /v1/messages?app=7 HTTP/1.1");
    assert_eq!(posted.header("authorization"), Some("Bearer k3y"));
    assert_eq!(posted.header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_str(&posted.body).unwrap();
    let wanted = json!({ "from": "Shop", "recipients": [sms().to], "body": sms().text, "ref": "m-1" });
    assert_eq!(body, wanted);
}

#[tokio::test]
async fn a_gateway_in_the_house_is_connected_to_only_where_the_operator_said_so() {
    let gateway = SmsGateway::start().await;
    let told = unreachable(send(&settings(&gateway, &[])).await);
    assert!(told.contains("not on the public Internet"), "{told}");
    // A URL that is an address asks no resolver, and is checked all the same.
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        let url = format!("http://{host}:{}/", gateway.port());
        let told = unreachable(send(&SmsSettings { url, ..settings(&gateway, &["10.0.0.0/8"]) }).await);
        assert!(told.contains("not on the public Internet"), "{host}: {told}");
    }
    assert_eq!(gateway.connections(), 0, "nobody even knocked");
    send(&settings(&gateway, HERE)).await.unwrap();
    assert_eq!(gateway.posted().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (gateway, elsewhere) = (SmsGateway::start().await, SmsGateway::start().await);
    let location = elsewhere.url();
    let answer = format!("HTTP/1.1 307 Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    gateway.answer_bytes(&answer);
    let told = unreachable(send(&settings(&gateway, HERE)).await);
    assert_eq!(told, "status 307: redirects are not followed");
    assert_eq!((gateway.connections(), elsewhere.connections()), (1, 0));
}

#[tokio::test]
async fn a_refusal_is_final_a_gateway_in_trouble_is_not_and_neither_is_quoted() {
    let gateway = SmsGateway::start().await;
    let quoting = "{\"error\": \"+15550100199: Code 012345\"}";
    gateway
        .answer_bytes(&format!("HTTP/1.1 422 No +15550100199\r\ncontent-length: {}\r\n\r\n{quoting}", quoting.len()));
    let refused = send(&settings(&gateway, HERE)).await.unwrap_err();
    assert_eq!(refused, DeliveryError::Refused("status 422".into()));
    gateway.answer_status(503);
    assert_eq!(unreachable(send(&settings(&gateway, HERE)).await), "status 503");
    gateway.answer_status(401);
    assert_eq!(unreachable(send(&settings(&gateway, HERE)).await), "status 401");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off_and_its_status_counts() {
    let gateway = SmsGateway::start().await;
    let mut settings = settings(&gateway, HERE);
    settings.rules.body_max = 1000;
    let long = |status| format!("HTTP/1.1 {status} Told\r\ncontent-length: 2000\r\n\r\n{}", "x".repeat(2000));
    gateway.answer_bytes(&long(200));
    send(&settings).await.unwrap();
    gateway.answer_bytes(&long(400));
    assert_eq!(send(&settings).await, Err(DeliveryError::Refused("status 400".into())));
}

#[tokio::test]
async fn a_gateway_that_says_nothing_is_given_up_within_the_deadline() {
    let gateway = SmsGateway::start().await;
    gateway.answer_bytes("");
    let mut settings = settings(&gateway, HERE);
    settings.rules.deadline = Duration::from_millis(200);
    assert_eq!(unreachable(send(&settings).await), "no answer in time");
    // Headers alone are no answer: the deadline is on the whole.
    gateway.answer_bytes("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nx");
    let told = unreachable(send(&settings).await);
    assert!(!told.is_empty(), "{told}");
}

#[tokio::test]
async fn a_certificate_nobody_vouched_for_gets_no_message() {
    let gateway = SmsGateway::start_tls().await;
    let mut settings = settings(&gateway, HERE);
    settings.rules.ca_pem = None;
    let told = unreachable(send(&settings).await);
    assert!(told.contains("certificate"), "{told}");
    assert!(gateway.posted().is_empty());
    let probed = HttpSmsCourier::new(&settings).unwrap().probe().await.unwrap_err();
    assert!(probed.to_string().contains("certificate"), "{probed}");
}

#[tokio::test]
async fn a_probe_knocks_and_posts_nothing() {
    let gateway = SmsGateway::start_tls().await;
    HttpSmsCourier::new(&settings(&gateway, HERE)).unwrap().probe().await.unwrap();
    assert_eq!((gateway.connections(), gateway.posted().len()), (1, 0));
}

#[tokio::test]
async fn a_number_that_is_none_and_a_mail_go_nowhere() {
    let gateway = SmsGateway::start().await;
    let courier = HttpSmsCourier::new(&settings(&gateway, HERE)).unwrap();
    for to in ["0155", "+1555\u{660}100199", "+1555 010", "+15550100199\",\"to\":\"+1900"] {
        let refused = courier.send_sms(&Sms { to: to.into(), ..sms() }).await;
        assert!(matches!(refused, Err(DeliveryError::Refused(_))), "{to}");
    }
    let mail = Mail {
        from: "a@b.example".into(),
        reply_to: None,
        to: "c@d.example".into(),
        subject: String::new(),
        html: String::new(),
        text: String::new(),
        message_id: String::new(),
        configuration_set: None,
    };
    assert_eq!(courier.send_mail(&mail).await, Err(DeliveryError::Unconfigured("mail")));
    assert_eq!(gateway.connections(), 0);
}
