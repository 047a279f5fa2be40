//! Key sets and discovery documents.

use crate::support::{Options, POOL, start};

#[tokio::test]
async fn key_sets_may_be_cached_and_asked_for_again_cheaply() {
    let edge = start(Options::default()).await;
    let path = format!("/{POOL}/.well-known/jwks.json");
    let first = edge.get(&path, "").await;
    assert_eq!((first.status, first.body.as_str()), (200, r#"{"keys":[]}"#));
    assert_eq!(first.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(first.header("access-control-allow-origin"), Some("*"));
    assert_eq!(first.header("content-type"), Some("application/json"));
    let tag = first.header("etag").unwrap();
    let again = edge.get(&path, &format!("If-None-Match: \"other\", W/{tag}\r\n")).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(edge.get(&path, "If-None-Match: \"other\"\r\n").await.status, 200);
}

#[tokio::test]
async fn a_key_set_is_read_in_any_spelling_of_its_path_and_in_no_other_way() {
    let edge = start(Options::default()).await;
    let spelled = POOL.replace('_', "%5F");
    assert_eq!(edge.get(&format!("/{spelled}/.well-known/jwks.json"), "").await.body, r#"{"keys":[]}"#);
    let ask = async |method: &str, path: &str| {
        edge.raw(format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await
    };
    let path = format!("/{POOL}/.well-known/jwks.json");
    let head = ask("HEAD", &path).await;
    assert_eq!((head.status, head.body.as_str(), head.header("content-length")), (200, "", Some("11")));
    assert_eq!(ask("POST", &path).await.status, 404);
    for elsewhere in [format!("/x{path}"), format!("{path}/"), "//.well-known/jwks.json".to_owned()] {
        let answer = edge.get(&elsewhere, "").await;
        assert_eq!((answer.status, answer.kind().as_str()), (404, "UnknownOperationException"), "{elsewhere}");
    }
}

#[tokio::test]
async fn an_unknown_pool_is_not_found_in_json() {
    let edge = start(Options::default()).await;
    for pool in ["eu-west-1_Nobody123", "nonsense", "%2e%2e", "eu-west-1_a%00b"] {
        for document in ["jwks.json", "openid-configuration"] {
            let answer = edge.get(&format!("/{pool}/.well-known/{document}"), "").await;
            assert_eq!((answer.status, answer.header("content-type")), (404, Some("application/json")), "{pool}");
        }
    }
    assert_eq!(edge.get(&format!("/{POOL}/.well-known/openid-configuration"), "").await.body, r#"{"issuer":"x"}"#);
}

#[tokio::test]
async fn the_deployment_publishes_for_its_identity_pools_at_the_root() {
    let edge = start(Options::default()).await;
    let keys = edge.get("/.well-known/jwks_uri", "").await;
    assert_eq!((keys.status, keys.body.as_str()), (200, r#"{"keys":[1]}"#));
    assert_eq!(keys.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(keys.header("access-control-allow-origin"), Some("*"));
    let tag = keys.header("etag").unwrap();
    assert_eq!(edge.get("/.well-known/jwks_uri", &format!("If-None-Match: {tag}\r\n")).await.status, 304);
    assert_eq!(edge.get("/.well-known/openid-configuration", "").await.body, r#"{"issuer":"root"}"#);
    assert_eq!(edge.get("/.well-known/jwks.json", "").await.status, 404, "that is a pool's path");
}
