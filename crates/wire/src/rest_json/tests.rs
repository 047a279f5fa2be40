use super::*;
use crate::DecodeFault;
use crate::sample::{SAMPLE, filled, place};
use contract::{Auth, Service};

const fn operation(name: &'static str, method: &'static str, uri: &'static str) -> OperationMeta {
    OperationMeta {
        service: Service::CognitoSync,
        name,
        auth: Auth::Signed,
        method,
        uri,
        input: &SAMPLE,
        output: Some(&SAMPLE),
        result_wrapper: None,
        output_kind: OutputKind::Object,
        errors: &[],
    }
}

static TABLE: &[OperationMeta] = &[
    operation("ListPools", "GET", "/pools"),
    operation("GetThing", "GET", "/pools/{Label}"),
    operation("GetEvents", "GET", "/pools/{Label}/events"),
    operation("SetEvents", "POST", "/pools/{Label}/events"),
    operation("GetNamed", "GET", "/pools/{Label}/{Name}"),
    operation("GetFile", "GET", "/files/{Label+}"),
];

fn name(method: &str, path: &str) -> Option<&'static str> {
    Routes::new(TABLE).find(method, path).map(|found| found.meta.name)
}

fn read(method: &str, path: &str, query: &str, context: Option<&str>, body: &[u8]) -> Result<Value, DecodeFault> {
    let routes = Routes::new(TABLE);
    decode(
        &routes.find(method, path).expect("a route"),
        query,
        |name| context.filter(|_| name == "x-amz-Client-Context"),
        body,
    )
}

#[test]
fn method_and_path_name_the_operation_and_fixed_text_beats_a_label() {
    assert_eq!(name("GET", "/pools"), Some("ListPools"));
    assert_eq!(name("GET", "/pools/us-east-1%3Aab"), Some("GetThing"));
    assert_eq!(name("GET", "/pools/x/events"), Some("GetEvents"));
    assert_eq!(name("POST", "/pools/x/events"), Some("SetEvents"));
    assert_eq!(name("GET", "/pools/x/other"), Some("GetNamed"));
    assert_eq!(name("GET", "/files/a/b/c"), Some("GetFile"));
    for (method, path) in [
        ("GET", "/"),
        ("GET", ""),
        ("GET", "/pools/"),
        ("GET", "/pools//events"),
        ("PUT", "/pools"),
        ("GET", "/pools/x/y/z"),
        ("GET", "pools"),
        ("GET", "/Pools"),
        ("GET", "/files/"),
    ] {
        assert_eq!(name(method, path), None, "{method} {path}");
    }
}

#[test]
fn each_member_is_read_from_where_it_travels() {
    let value = read(
        "POST",
        "/pools/us-east-1%3Aa%2Fb+c/events",
        "maxResults=3&other=",
        Some("ctx"),
        br#"{"Name":"n","Label":"no","MaxResults":9}"#,
    )
    .unwrap();
    assert_eq!(place(value.clone(), "Label"), Some(Value::Text("us-east-1:a/b+c".into())));
    assert_eq!(place(value.clone(), "MaxResults"), Some(Value::Int(3)));
    assert_eq!(place(value.clone(), "Context"), Some(Value::Text("ctx".into())));
    assert_eq!(place(value, "Name"), Some(Value::Text("n".into())));
    let value = read("GET", "/pools/x", "", None, b"").unwrap();
    assert_eq!((place(value.clone(), "MaxResults"), place(value, "Context")), (None, None));
}

#[test]
fn what_does_not_fit_is_a_serialization_exception() {
    for (path, query, body, sentence) in [
        ("/pools/%ff", "", "", "The path is not valid percent-encoded UTF-8"),
        ("/pools/x", "maxResults=hunter2", "", "The value can not be converted to an Integer at 'maxResults'"),
        ("/pools/x", "maxResults=1&maxResults=2", "", "A parameter is given twice"),
        ("/pools/x", "a=%", "", "The query string is not valid percent-encoded UTF-8"),
        ("/pools/x", "", "{\"Name\":1}", "NUMBER_VALUE can not be converted to a String at 'name'"),
    ] {
        let fault = read("GET", path, query, None, body.as_bytes()).unwrap_err();
        assert_eq!((fault.kind.name, fault.message.as_str()), ("SerializationException", sentence));
    }
}

#[test]
fn rl_13_a_million_parameters_or_slashes_end_in_an_answer() {
    let query: String = (0..200_000).map(|n| format!("{n}=&")).collect();
    assert!(read("GET", "/pools/x", &query, None, b"").is_ok());
    assert_eq!(name("GET", &"/pools".repeat(200_000)), None);
}

#[test]
fn an_answer_spreads_over_status_headers_and_body() {
    let value = filled(&[
        ("Name", Value::Text("n".into())),
        ("Status", Value::Int(201)),
        ("Context", Value::Text("c".into())),
        ("Label", Value::Text("not in answers".into())),
    ]);
    let reply = encode(&TABLE[0], &value);
    assert_eq!((reply.status, reply.headers), (201, vec![("x-amz-Client-Context", "c".to_owned())]));
    assert_eq!(reply.body, br#"{"Name":"n"}"#);
    let bare = OperationMeta { output: None, output_kind: OutputKind::Empty, ..operation("None", "POST", "/") };
    assert_eq!(encode(&bare, &Value::Struct(vec![])).body, b"");
}

#[test]
fn an_error_stands_in_header_and_body() {
    static CONFLICT: ErrorMeta =
        ErrorMeta { name: "ResourceConflictException", code: "ResourceConflict", status: 409, server: false };
    let reply = refuse(&Fault::new(&CONFLICT, "Current SyncCount for: k is: 2 not: 1"));
    assert_eq!((reply.status, reply.content_type), (409, "application/json"));
    assert_eq!(reply.headers[0], ("x-amzn-ErrorType", "ResourceConflictException:".to_owned()));
    assert_eq!(
        reply.body,
        br#"{"__type":"ResourceConflictException","message":"Current SyncCount for: k is: 2 not: 1"}"#
    );
}
