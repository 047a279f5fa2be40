use super::*;
use crate::DecodeFault;
use crate::sample::{SAMPLE, TEXT, filled, place};
use contract::fault::common::INTERNAL_FAILURE;
use contract::{Auth, OutputKind, Shape};
use kernel::Time;

fn read(body: &str) -> Result<Value, DecodeFault> {
    decode(&SAMPLE, &Form::read("", body.as_bytes())?)
}

fn member(body: &str, name: &str) -> Option<Value> {
    place(read(body).expect("reads"), name)
}

fn fault(body: &str) -> String {
    let fault = read(body).expect_err("must be refused");
    assert_eq!(fault.kind.code, "MalformedInput");
    assert!(!fault.message.contains("hunter2"), "a value was quoted: {}", fault.message);
    fault.message
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn every_kind_finds_its_place() {
    assert_eq!(member("Action=A&Name=a+b%26c", "Name"), Some(text("a b&c")));
    assert_eq!(member("Count=-5", "Count"), Some(Value::Int(-5)));
    assert_eq!(member("On=true", "On"), Some(Value::Bool(true)));
    assert_eq!(member("Image=AQI%3D", "Image"), Some(Value::Blob(vec![1, 2])));
    assert_eq!(member("At=2015-08-30T12%3A36%3A00Z", "At"), Some(Value::Time(Time::from_secs(1_440_938_160))));
    assert_eq!(
        member("Next.Next.Name=x", "Next").and_then(|v| place(v, "Next")).and_then(|v| place(v, "Name")),
        Some(text("x"))
    );
    assert_eq!(
        member("Tags.entry.1.key=k&Tags.entry.1.value=v", "Tags"),
        Some(Value::Map(vec![("k".into(), text("v"))]))
    );
    assert_eq!(member("Flat.2=b&Flat.1=a", "Flat"), Some(Value::List(vec![text("a"), text("b")])));
}

#[test]
fn lists_go_by_number_not_by_letter() {
    let items: Vec<String> = (1..=12).map(|n| format!("Items.member.{n}.Key=k{n}")).collect();
    let Some(Value::List(list)) = member(&items.join("&"), "Items") else { panic!("no list") };
    let keys: Vec<_> =
        list.into_iter().map(|item| if let Value::Struct(mut m) = item { m.swap_remove(0) } else { None }).collect();
    assert_eq!(keys, (1..=12).map(|n| Some(text(&format!("k{n}")))).collect::<Vec<_>>());
    assert_eq!(
        member("Items.member.7.Key=a&Items.member.9.Key=b", "Items")
            .map(|v| matches!(v, Value::List(l) if l.len() == 2)),
        Some(true)
    );
    assert_eq!(member("Items=", "Items"), Some(Value::List(vec![])));
}

#[test]
fn names_are_told_apart_piece_by_piece() {
    // '-' sorts before '.', so these would lie between `Next` and `Next.Name` if names were sorted as they are.
    let body =
        "Next-a.b=1&Next.Name=x&Next-z=2&NextName=3&Next.Name-a=4&Next.Tags.entry.1.key=k&Next.Tags.entry.1.value=v";
    let next = member(body, "Next").expect("a structure");
    assert_eq!(place(next.clone(), "Name"), Some(text("x")));
    assert_eq!(place(next, "Tags"), Some(Value::Map(vec![("k".into(), text("v"))])));
}

#[test]
fn query_string_and_body_are_one_form() {
    let form = Form::read("Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Date=1", b"Name=n").unwrap();
    assert_eq!((form.action(), form.version()), (Some("GetCallerIdentity"), Some("2011-06-15")));
    assert_eq!(place(decode(&SAMPLE, &form).unwrap(), "Name"), Some(text("n")));
    assert!(Form::read("Action=A", b"Action=B").is_err());
}

#[test]
fn what_does_not_fit_is_malformed_input_with_its_place() {
    for (body, sentence) in [
        ("Count=hunter2", "The value can not be converted to an Integer at 'count'"),
        ("Count=4294967296", "The value can not be converted to an Integer at 'count'"),
        ("On=True", "The value can not be converted to a Boolean at 'on'"),
        ("At=1726784814", "The value can not be converted to a Timestamp at 'at'"),
        ("Image=hunter2", "The value can not be converted to a Blob at 'image'"),
        ("Name.x=hunter2", "Start of structure, list or map not expected at 'name'"),
        ("Next=hunter2", "The value can not be converted to a Structure at 'next'"),
        ("Items=hunter2", "The value can not be converted to a List at 'items'"),
        ("Items.member.hunter2.Key=a", "List items must be numbered from 1 at 'items'"),
        ("Items.member.0.Key=a", "List items must be numbered from 1 at 'items'"),
        ("Items.member.01.Key=a", "List items must be numbered from 1 at 'items'"),
        ("Items.member.1=hunter2", "The value can not be converted to a Structure at 'items.1.member'"),
        ("Items.member.3.Key.x=1", "Start of structure, list or map not expected at 'items.3.member.key'"),
        ("Tags.entry.1.key=hunter2", "An entry needs key and value at 'tags'"),
        (
            "Tags.entry.1.key=a&Tags.entry.1.value=b&Tags.entry.2.key=a&Tags.entry.2.value=c",
            "A key is given twice at 'tags'",
        ),
        ("Name=hunter2&Name=b", "A parameter is given twice"),
        ("Name=%zz", "The form is not valid percent-encoded UTF-8"),
        ("Name=%ff", "The form is not valid percent-encoded UTF-8"),
    ] {
        assert_eq!(fault(body), sentence, "{body}");
    }
    assert_eq!(Form::read("", b"Name=\xff").unwrap_err().message, "The form is not UTF-8");
}

#[test]
fn rl_13_count_and_depth_are_bounded() {
    assert_eq!(fault(&"a&".repeat(4_000)), "A parameter is given twice");
    let many = |n: usize| (0..n).map(|i| format!("Flat.{}=x", i + 1)).collect::<Vec<_>>().join("&");
    assert!(read(&many(4_096)).is_ok());
    assert_eq!(fault(&many(4_097)), "The request holds too many parameters");
    assert_eq!(fault(&many(400_000)), "The request holds too many parameters");
    assert_eq!(fault(&format!("{}Name=x", "Next.".repeat(100_000))), "A parameter is nested too deeply");
    assert!(read(&format!("{}Name=x", "Next.".repeat(31))).is_ok());
    let wide: Vec<String> = (1..=4_000).map(|i| format!("Items.member.{i}.Key=x")).collect();
    assert!(read(&wide.join("&")).is_ok());
    let wide: Vec<String> = (1..=4_000).map(|i| format!("{}Items.member.{i}.Key=x", "Next.".repeat(i % 28))).collect();
    assert!(read(&wide.join("&")).is_ok());
}

fn operation(output: Option<&'static Shape>, wrapper: Option<&'static str>) -> OperationMeta {
    OperationMeta {
        service: Service::Sts,
        name: "Sample",
        auth: Auth::Signed,
        method: "POST",
        uri: "/",
        input: &TEXT,
        output,
        result_wrapper: wrapper,
        output_kind: OutputKind::Object,
        errors: &[],
    }
}

#[test]
fn an_answer_wraps_its_result_and_its_request_id() {
    let value = filled(&[
        ("Name", text("<a href=\"x\">&'\r\n\u{0}\u{fffe}😀")),
        ("On", Value::Bool(false)),
        ("At", Value::Time(Time::from_secs(1_440_938_160))),
        ("Tags", Value::Map(vec![("k".into(), text("v"))])),
        ("Items", Value::List(vec![filled(&[]), Value::Struct(vec![Some(text("1")), None])])),
        ("Flat", Value::List(vec![text("a"), text("b")])),
    ]);
    let body = String::from_utf8(encode(&operation(Some(&SAMPLE), Some("SampleResult")), &value, "id-1")).unwrap();
    assert_eq!(
        body,
        "<SampleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><SampleResult>\
         <Name>&lt;a href=&quot;x&quot;&gt;&amp;'&#13;\n\u{fffd}\u{fffd}😀</Name><On>false</On><At>2015-08-30T12:36:00Z</At>\
         <Tags><entry><key>k</key><value>v</value></entry></Tags>\
         <Items><member></member><member><Key>1</Key></member></Items><Flat>a</Flat><Flat>b</Flat>\
         </SampleResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></SampleResponse>"
    );
}

#[test]
fn an_answer_without_output_has_only_metadata() {
    assert_eq!(
        String::from_utf8(encode(&operation(None, None), &Value::Struct(vec![]), "id-2")).unwrap(),
        "<SampleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <ResponseMetadata><RequestId>id-2</RequestId></ResponseMetadata></SampleResponse>"
    );
}

#[test]
fn cr_34_an_unknown_action_is_invalid_action_in_xml() {
    let form = Form::read("", b"Action=Make<Coffee>&Version=2010-05-08").unwrap();
    let reply = refuse(Service::Iam, &no_such_action(&form), "id-3");
    assert_eq!((reply.status, reply.content_type), (400, "text/xml"));
    assert_eq!(
        String::from_utf8(reply.body).unwrap(),
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
         <Code>InvalidAction</Code><Message>Could not find operation Make&lt;Coffee&gt; for version 2010-05-08</Message></Error>\
         <RequestId>id-3</RequestId></ErrorResponse>"
    );
    assert_eq!(no_such_action(&Form::read("", b"").unwrap()).kind.code, "MissingAction");
    let long = Form::read("", format!("Action={}", "x".repeat(100_000)).as_bytes()).unwrap();
    assert!(no_such_action(&long).message.len() < 400);
}

#[test]
fn a_fault_of_ours_is_the_receivers() {
    let reply = refuse(Service::Sts, &Fault::new(&INTERNAL_FAILURE, "x"), "id");
    assert_eq!(reply.status, 500);
    assert!(String::from_utf8(reply.body).unwrap().contains("<Type>Receiver</Type>"));
}
