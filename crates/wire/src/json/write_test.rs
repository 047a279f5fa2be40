use super::{push_members, push_text};
use crate::sample::{MEMBERS, SAMPLE, filled};
use contract::Value;
use kernel::Time;

fn written(name: &str, value: Value) -> String {
    let Value::Struct(places) = filled(&[(name, value)]) else { unreachable!() };
    let mut out = Vec::new();
    push_members(&mut out, MEMBERS, &places);
    String::from_utf8(out).unwrap()
}

#[test]
fn members_stand_in_model_order_and_absent_ones_nowhere() {
    let Value::Struct(places) =
        filled(&[("On", Value::Bool(false)), ("Name", Value::Text("a".into())), ("Count", Value::Int(7))])
    else {
        unreachable!()
    };
    let mut out = Vec::new();
    push_members(&mut out, MEMBERS, &places);
    assert_eq!(String::from_utf8(out).unwrap(), r#"{"Name":"a","Count":7,"On":false}"#);
}

#[test]
fn every_kind_has_its_form() {
    assert_eq!(written("Image", Value::Blob(vec![1, 2, 3, 4])), r#"{"Image":"AQIDBA=="}"#);
    assert_eq!(written("At", Value::Time(Time::from_millis(1_726_784_814_598))), r#"{"At":1726784814.598}"#);
    assert_eq!(
        written(
            "Tags",
            Value::Map(vec![("b\"".into(), Value::Text("2".into())), ("a".into(), Value::Text("1".into()))])
        ),
        r#"{"Tags":{"b\"":"2","a":"1"}}"#
    );
    assert_eq!(
        written(
            "Items",
            Value::List(vec![
                Value::Struct(vec![None, Some(Value::Text("v".into()))]),
                Value::Struct(vec![None, None])
            ])
        ),
        r#"{"Items":[{"Value":"v"},{}]}"#
    );
    assert_eq!(
        written("Settings", Value::Document(serde_json::json!({"z":1,"a":[null]}))),
        r#"{"Settings":{"z":1,"a":[null]}}"#
    );
    assert_eq!(written("Items", Value::List(vec![])), r#"{"Items":[]}"#);
}

#[test]
fn text_is_escaped_as_serde_would_and_reads_back() {
    for text in ["", "plain", "q\"b\\s/", "\u{0}\u{1}\u{1f}\n\r\t\u{8}\u{c}", "é😀\u{2028}\u{7f}", "end\\"] {
        let mut out = Vec::new();
        push_text(&mut out, text);
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}

#[test]
fn text_is_escaped_wherever_it_must_be() {
    for special in ['"', '\\', '\n', '\u{1f}', 'é'] {
        for before in 0..100 {
            let text = format!("{}{special}{}", "a".repeat(before), "b".repeat(99 - before));
            let mut out = Vec::new();
            push_text(&mut out, &text);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text, "behind {before}");
        }
    }
}

#[test]
fn what_is_written_is_what_is_read() {
    let value = filled(&[
        ("Name", Value::Text("ä\"\n".into())),
        ("Size", Value::Int(i64::MIN)),
        ("At", Value::Time(Time::from_millis(-1))),
        ("Next", filled(&[("On", Value::Bool(true))])),
    ]);
    let Value::Struct(places) = &value else { unreachable!() };
    let mut out = Vec::new();
    push_members(&mut out, MEMBERS, places);
    assert_eq!(super::read(&SAMPLE, &out).unwrap(), value);
}
