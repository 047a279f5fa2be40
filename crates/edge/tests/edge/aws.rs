//! The AWS front door: targets, bodies, errors, headers, CORS.

use crate::support::{Options, any_credentials, start};

fn is_uuid_v4(text: &str) -> bool {
    uuid::Uuid::parse_str(text).is_ok_and(|id| id.get_version_num() == 4)
}

#[tokio::test]
async fn up_01_an_unknown_target_and_malformed_json_have_their_own_errors() {
    let edge = start(Options::default()).await;
    let unknown = edge.post("NoSuchThing", "{}").await;
    assert_eq!((unknown.status, unknown.body.as_str()), (400, r#"{"__type":"UnknownOperationException"}"#));
    let no_target = edge.raw(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}").await;
    assert_eq!((no_target.status, no_target.kind().as_str()), (400, "UnknownOperationException"));
    let foreign = edge.raw(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(foreign.kind(), "UnknownOperationException");
    for malformed in ["{", "[]", "nope", "\"text\"", "{\"Password\":1}", "{\"Password\":{}}", "{\"a\":1}x"] {
        let answer = edge.post("Echo", malformed).await;
        assert_eq!((answer.status, answer.kind().as_str()), (400, "SerializationException"), "{malformed}");
    }
}

#[tokio::test]
async fn two_targets_are_no_target() {
    let edge = start(Options::default()).await;
    let answer = edge.post_with("Echo", &[("X-Amz-Target", "AWSCognitoIdentityProviderService.Quiet")], b"{}").await;
    assert_eq!(answer.kind(), "UnknownOperationException");
}

#[tokio::test]
async fn up_02_every_answer_carries_an_id_and_every_error_its_headers() {
    let edge = start(Options::default()).await;
    let good = edge.post("Echo", r#"{"ClientId":"abc"}"#).await;
    assert_eq!((good.status, good.body.as_str()), (200, r#"{"ClientId":"abc"}"#));
    assert_eq!(good.header("content-type"), Some("application/x-amz-json-1.1"));
    assert!(good.header("date").is_some());
    let refused = edge.post("Refuses", "{}").await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body, r#"{"__type":"NotAuthorizedException","message":"Incorrect username or password."}"#);
    assert_eq!(refused.header("x-amzn-errortype"), Some("NotAuthorizedException:"));
    assert_eq!(refused.header("x-amzn-errormessage"), Some("Incorrect username or password."));
    let failed = edge.post("Fails", "{}").await;
    assert_eq!((failed.status, failed.kind().as_str()), (500, "InternalErrorException"));
    assert!(!failed.body.contains("fire"), "the cause is for the log");
    let elsewhere = edge.get("/nowhere", "").await;
    let ids = [&good, &refused, &failed, &elsewhere].map(|a| a.header("x-amzn-requestid").unwrap().to_owned());
    assert!(ids.iter().all(|id| is_uuid_v4(id)), "{ids:?}");
    assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), ids.len());
}

#[tokio::test]
async fn up_04_pages_of_any_origin_may_call_and_read_errors() {
    let edge = start(Options::default()).await;
    let preflight = edge
        .raw(b"OPTIONS / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: https://shop.example\r\n\
               Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: cache-control,content-type,x-amz-target,x-amz-user-agent\r\n\r\n")
        .await;
    assert_eq!((preflight.status, preflight.body.as_str()), (200, ""));
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert_eq!(preflight.header("access-control-allow-methods"), Some("POST, OPTIONS"));
    assert_eq!(preflight.header("access-control-max-age"), Some("172800"));
    let allowed = preflight.header("access-control-allow-headers").unwrap();
    for name in [
        "content-type",
        "x-amz-target",
        "x-amz-user-agent",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "cache-control",
    ] {
        assert!(allowed.split(", ").any(|a| a == name), "{name}");
    }
    for (operation, body) in
        [("Echo", "{}"), ("Refuses", "{}"), ("Fails", "{}"), ("Panics", "{}"), ("NoSuch", "{}"), ("Echo", "[")]
    {
        let answer = edge.post_with(operation, &[("Origin", "https://shop.example")], body.as_bytes()).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{operation}");
        assert_eq!(
            answer.header("access-control-expose-headers"),
            Some("x-amzn-RequestId, x-amzn-ErrorType, x-amzn-ErrorMessage, Date"),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn up_05_no_output_is_no_body_and_an_empty_output_is_an_empty_object() {
    let edge = start(Options::default()).await;
    let quiet = edge.post("Quiet", "").await;
    assert_eq!((quiet.status, quiet.body.as_str(), quiet.header("content-length")), (200, "", Some("0")));
    let nothing = edge.post("Nothing", "{}").await;
    assert_eq!((nothing.status, nothing.body.as_str()), (200, "{}"));
}

#[tokio::test]
async fn an_operation_nobody_has_built_says_so_by_name() {
    let edge = start(Options::default()).await;
    let answer = edge.post("AdminUnbuilt", "{}").await;
    assert_eq!((answer.status, answer.kind().as_str()), (501, "NotImplementedException"));
    assert!(answer.body.contains("AdminUnbuilt"));
}

#[tokio::test]
async fn a_signed_operation_wants_a_signature_and_takes_its_region_from_the_scope() {
    let edge = start(Options::default()).await;
    let bare = edge.post("AdminEcho", "{}").await;
    assert_eq!((bare.status, bare.kind().as_str()), (400, "MissingAuthenticationTokenException"));
    assert!(bare.body.contains("Missing Authentication Token"));
    let signed = edge.post_with("AdminEcho", &[("Authorization", &any_credentials("ap-south-1"))], b"{}").await;
    assert_eq!(signed.body, r#"{"UserPoolId":"ap-south-1"}"#);
}

#[tokio::test]
async fn a_signature_on_a_public_call_is_ignored() {
    let edge = start(Options::default()).await;
    let answer = edge.post_with("Echo", &[("Authorization", "AWS4-HMAC-SHA256 nonsense")], b"{}").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
}

#[tokio::test]
async fn dev_refuses_foreign_hosts_and_signed_calls_of_foreign_pages() {
    let edge = start(Options { loopback_only: true, ..Options::default() }).await;
    let rebound = edge.raw(b"POST / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nX-Amz-Target: AWSCognitoIdentityProviderService.Echo\r\nContent-Length: 2\r\n\r\n{}").await;
    assert_eq!(rebound.status, 403);
    let credentials = any_credentials("eu-west-1");
    let foreign = [("Authorization", credentials.as_str()), ("Origin", "https://shop.example")];
    assert_eq!(edge.post_with("AdminEcho", &foreign, b"{}").await.status, 403);
    assert_eq!(edge.post_with("AdminEcho", &foreign[..1], b"{}").await.status, 200);
    assert_eq!(edge.post_with("Echo", &foreign[1..], b"{}").await.status, 200);
}

#[tokio::test]
async fn other_methods_and_paths_are_refused_in_kind() {
    let edge = start(Options::default()).await;
    assert_eq!(edge.get("/", "").await.kind(), "UnknownOperationException");
    let nowhere = edge.get("/nowhere", "").await;
    assert_eq!((nowhere.status, nowhere.kind().as_str()), (404, "UnknownOperationException"));
}

#[tokio::test]
async fn violated_constraints_are_told_in_the_services_words() {
    let edge = start(Options::default()).await;
    let answer = edge.post("Echo", r#"{"ClientId":"","Password":""}"#).await;
    assert_eq!((answer.status, answer.kind().as_str()), (400, "InvalidParameterException"));
    let sentence = "2 validation errors detected: Value '' at 'clientId' failed to satisfy constraint: Member must have length \
                    greater than or equal to 1; Value at 'password' failed to satisfy constraint: Member must have length \
                    greater than or equal to 1";
    assert!(answer.body.contains(sentence), "{}", answer.body);
}

#[tokio::test]
async fn actions_of_the_query_services_are_refused_in_xml() {
    let edge = start(Options::default()).await;
    let unbuilt = edge.form("Action=GetCallerIdentity&Version=2011-06-15").await;
    assert_eq!((unbuilt.status, unbuilt.header("content-type")), (501, Some("text/xml")));
    assert!(
        unbuilt.body.contains("<Code>NotImplementedException</Code>") && unbuilt.body.contains("GetCallerIdentity")
    );
    let id = unbuilt.header("x-amzn-requestid").unwrap();
    assert!(unbuilt.body.contains(&format!("<RequestId>{id}</RequestId>")), "{}", unbuilt.body);
    let unknown = edge.form("Action=Nonsense&Version=2011-06-15").await;
    assert_eq!(unknown.status, 400);
    assert!(unknown.body.contains("<Code>InvalidAction</Code>"));
    assert!(edge.form("Version=2011-06-15").await.body.contains("<Code>MissingAction</Code>"));
    assert!(edge.form("Action=%ff%").await.body.contains("<Code>MalformedInput</Code>"));
}

#[tokio::test]
async fn routes_of_sync_are_refused_in_json() {
    let edge = start(Options::default()).await;
    let unbuilt = edge.get("/identitypools/us-east-1%3Aab", "").await;
    assert_eq!((unbuilt.status, unbuilt.kind().as_str()), (501, "NotImplementedException"));
    assert_eq!(unbuilt.header("content-type"), Some("application/json"));
    let unknown = edge.get("/identitypools/a/b/c/d/e/f/g/h", "").await;
    assert_eq!((unknown.status, unknown.kind().as_str()), (404, "UnknownOperationException"));
}

#[tokio::test]
async fn signed_operations_are_refused_where_administration_is_not_answered() {
    let edge = start(Options { administration: false, ..Options::default() }).await;
    let authorization = any_credentials("eu-west-1");
    for operation in ["AdminEcho", "AdminUnbuilt"] {
        for headers in [&[("Authorization", authorization.as_str())][..], &[]] {
            let answer = edge.post_with(operation, headers, b"not even json").await;
            assert_eq!((answer.status, answer.kind().as_str()), (400, "AccessDeniedException"), "{answer:?}");
            assert!(answer.body.contains("operator's listener"), "{answer:?}");
        }
    }
    assert_eq!(edge.post("Echo", "{}").await.status, 200, "people are served");
    assert_eq!(edge.post("GetUser", "{}").await.status, 200);
}
