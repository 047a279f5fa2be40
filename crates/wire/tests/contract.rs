//! What must hold for every operation of the contract, whoever builds it later.

use contract::{
    Kind, Location, OperationMeta, OutputKind, Value, cognito_identity, cognito_idp, cognito_sync, iam, sts,
};
use wire::rest_json::Routes;
use wire::{aws_json, aws_query, rest_json};

fn json_operations() -> impl Iterator<Item = &'static OperationMeta> {
    [cognito_idp::operations::OPERATIONS, cognito_identity::operations::OPERATIONS].into_iter().flatten().copied()
}

fn nothing(meta: &OperationMeta) -> Value {
    match meta.output.map(|shape| &shape.kind) {
        Some(Kind::Struct { members }) => Value::Struct(vec![None; members.len()]),
        _ => Value::Struct(vec![]),
    }
}

#[test]
fn up_05_every_operation_without_output_is_silent_and_every_other_says_an_object() {
    for meta in json_operations() {
        let body = aws_json::encode(meta, &nothing(meta));
        assert_eq!(body, if meta.output_kind == OutputKind::Empty { &b""[..] } else { b"{}" }, "{}", meta.name);
    }
    let kind = |name: &str| json_operations().find(|meta| meta.name == name).map(|meta| meta.output_kind);
    assert_eq!(kind("AdminSetUserPassword"), Some(OutputKind::EmptyObject));
    assert_eq!(kind("DeleteUserPool"), Some(OutputKind::Empty));
    assert_eq!(kind("DeleteIdentityPool"), Some(OutputKind::Empty));
    assert_eq!(kind("GetUser"), Some(OutputKind::Object));
}

#[test]
fn up_01_every_operation_refuses_what_is_no_json_object() {
    for meta in json_operations() {
        for body in [&b"{"[..], b"[]", b"7", b"{} {}", b"{\"\xff\":1}", &b"[".repeat(1_000_000)] {
            assert_eq!(
                aws_json::decode(meta.input, body).unwrap_err().kind.name,
                "SerializationException",
                "{}",
                meta.name
            );
        }
        assert!(aws_json::decode(meta.input, b"").is_ok(), "{}: no bytes are an empty object", meta.name);
    }
}

#[test]
fn up_06_a_moment_of_a_user_is_a_number() {
    let meta = json_operations().find(|meta| meta.name == "AdminGetUser").unwrap();
    let Some(Kind::Struct { members }) = meta.output.map(|shape| &shape.kind) else { panic!("no structure") };
    let place = |name: &str| match name {
        "Username" => Some(Value::Text("ana".into())),
        "UserCreateDate" => Some(Value::Time(kernel::Time::from_millis(1_726_784_814_598))),
        _ => None,
    };
    let body = aws_json::encode(meta, &Value::Struct(members.iter().map(|member| place(member.name)).collect()));
    assert_eq!(String::from_utf8(body).unwrap(), r#"{"Username":"ana","UserCreateDate":1726784814.598}"#);
}

#[test]
fn every_path_of_sync_names_its_own_operation() {
    let operations = cognito_sync::operations::OPERATIONS;
    let routes = Routes::new(operations.iter().copied());
    for meta in operations {
        let path = meta.uri.replace(['{', '}'], "%41");
        let found = routes.find(meta.method, &path).unwrap_or_else(|| panic!("{} is not found at {path}", meta.name));
        assert_eq!(found.meta.name, meta.name);
        assert!(rest_json::decode(&found, "", |_| None, b"").is_ok(), "{}", meta.name);
        assert!(routes.find("PATCH", &path).is_none());
    }
}

#[test]
fn no_member_travels_in_a_way_the_codecs_do_not_know() {
    for meta in cognito_sync::operations::OPERATIONS {
        for shape in [Some(meta.input), meta.output].into_iter().flatten() {
            let Kind::Struct { members } = &shape.kind else { panic!("{} is no structure", shape.name) };
            assert!(members.iter().all(|member| member.location != Location::Payload), "{}", shape.name);
        }
    }
}

#[test]
fn cr_34_every_query_operation_answers_xml_in_its_service_s_namespace() {
    for meta in sts::operations::OPERATIONS.iter().chain(iam::operations::OPERATIONS) {
        let body = String::from_utf8(aws_query::encode(meta, &nothing(meta), "id")).unwrap();
        let opening = format!("<{}Response xmlns=\"{}\">", meta.name, aws_query::namespace(meta.service));
        assert!(body.starts_with(&opening), "{body}");
        assert!(body.ends_with(&format!(
            "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></{}Response>",
            meta.name
        )));
    }
}
