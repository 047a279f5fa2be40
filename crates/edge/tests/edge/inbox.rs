//! The developer's inbox over HTTP.

use crate::support::{Options, clock, start};
use outbound::{Courier, InboxCourier, Mail};
use std::sync::Arc;

async fn with_a_code(loopback_only: bool) -> crate::support::Edge {
    let inbox = Arc::new(InboxCourier::new(clock(), 10));
    let mail = Mail {
        from: "no-reply@example.com".into(),
        reply_to: None,
        to: "ana@example.com".into(),
        subject: "Your verification code".into(),
        html: "Your code is <b>123456</b>.".into(),
        text: "Your code is 123456.".into(),
        message_id: "m1".into(),
        configuration_set: None,
    };
    inbox.send_mail(&mail).await.unwrap();
    start(Options { inbox: Some(inbox), loopback_only, ..Options::default() }).await
}

#[tokio::test]
async fn the_inbox_is_a_page_and_json() {
    let edge = with_a_code(true).await;
    let page = edge.get("/_cognate/inbox", "Accept: text/html,*/*\r\n").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.contains("123456"));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    assert_eq!(page.header("access-control-allow-origin"), None);
    for (path, accept) in [("/_cognate/inbox.json", ""), ("/_cognate/inbox", "Accept: application/json\r\n")] {
        let json = edge.get(path, accept).await;
        let json: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!(json["messages"][0]["code"], "123456");
        assert_eq!(json["messages"][0]["to"], "ana@example.com");
    }
    let one = edge.get("/_cognate/inbox/1", "").await;
    assert_eq!(one.status, 200);
    assert_eq!(
        (edge.get("/_cognate/inbox/2", "").await.status, edge.get("/_cognate/inbox/x", "").await.status),
        (404, 404)
    );
}

#[tokio::test]
async fn pages_of_other_hosts_cannot_read_the_inbox_whoever_is_trusted() {
    for loopback_only in [true, false] {
        let edge = with_a_code(loopback_only).await;
        for headers in ["Origin: https://evil.example\r\n", "Origin: null\r\n"] {
            let answer = edge.get("/_cognate/inbox.json", headers).await;
            assert!(answer.status == 403 && !answer.body.contains("123456"), "{answer:?}");
        }
        assert_eq!(edge.get("/_cognate/inbox.json", "Origin: http://localhost:3000\r\n").await.status, 200);
        for path in ["/_cognate/inbox", "/_cognate/inbox.json", "/_cognate/inbox/1"] {
            let rebound = format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
            let rebound = edge.raw(rebound.as_bytes()).await;
            assert!(rebound.status == 403 && !rebound.body.contains("123456"), "{rebound:?}");
        }
    }
}

#[tokio::test]
async fn what_a_proxy_forwards_from_elsewhere_is_not_of_this_machine() {
    let inbox = Arc::new(InboxCourier::new(clock(), 10));
    let proxies = edge::TrustedProxies::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let edge = start(Options { inbox: Some(inbox), proxies, ..Options::default() }).await;
    assert_eq!(edge.get("/_cognate/inbox", "").await.status, 200);
    assert_eq!(edge.get("/_cognate/inbox", "X-Forwarded-For: 203.0.113.9\r\n").await.status, 403);
}
