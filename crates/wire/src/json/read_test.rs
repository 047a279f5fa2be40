use super::read;
use crate::sample::{SAMPLE, place};
use contract::Value;

fn fault(body: &[u8]) -> String {
    let fault = read(&SAMPLE, body).expect_err("must be refused");
    assert_eq!(fault.kind.name, "SerializationException");
    assert!(!fault.message.contains("hunter2"), "a value was quoted: {}", fault.message);
    fault.message
}

fn member(body: &str, name: &str) -> Option<Value> {
    place(read(&SAMPLE, body.as_bytes()).expect("reads"), name)
}

#[test]
fn every_kind_finds_its_place() {
    let text = |t: &str| Value::Text(t.to_owned());
    assert_eq!(member(r#"{"Name":"caf\u00e9 \ud83d\ude00"}"#, "Name"), Some(text("café 😀")));
    assert_eq!(member(r#"{"Count":-5}"#, "Count"), Some(Value::Int(-5)));
    assert_eq!(member(r#"{"Count":36e2}"#, "Count"), Some(Value::Int(3600)));
    assert_eq!(member(r#"{"Size":9007199254740993}"#, "Size"), Some(Value::Int(9_007_199_254_740_993)));
    assert_eq!(member(r#"{"On":true}"#, "On"), Some(Value::Bool(true)));
    assert_eq!(member(r#"{"Image":"AQID"}"#, "Image"), Some(Value::Blob(vec![1, 2, 3])));
    assert_eq!(
        member(r#"{"Tags":{"b":"2","a":"1"}}"#, "Tags"),
        Some(Value::Map(vec![("b".into(), text("2")), ("a".into(), text("1"))]))
    );
    assert_eq!(
        member(r#"{"Items":[{"Key":"k"}]}"#, "Items"),
        Some(Value::List(vec![Value::Struct(vec![Some(text("k")), None])]))
    );
    assert_eq!(
        member(r#"{"Settings":{"a":[1,2.5,null,{"b":true}]}}"#, "Settings"),
        Some(Value::Document(serde_json::json!({"a":[1,2.5,null,{"b":true}]})))
    );
    for at in ["1726784814.598", "1.726784814598E9", "1726784814598e-3"] {
        assert_eq!(
            member(&format!(r#"{{"At":{at}}}"#), "At"),
            Some(Value::Time(kernel::Time::from_millis(1_726_784_814_598)))
        );
    }
}

#[test]
fn no_bytes_and_nulls_are_absence_and_strangers_are_passed_over() {
    assert_eq!(read(&SAMPLE, b"").unwrap(), read(&SAMPLE, b"{}").unwrap());
    assert_eq!(
        read(&SAMPLE, br#"{"Name":null,"Nobody":{"x":[1]},"Settings":null}"#).unwrap(),
        read(&SAMPLE, b"{}").unwrap()
    );
    assert_eq!(member(r#"{"Tags":{"a":null}}"#, "Tags"), Some(Value::Map(vec![])));
    assert_eq!(member(r#"{"Label":"travels in the path"}"#, "Label"), None);
}

#[test]
fn up_01_what_is_no_json_object_is_a_serialization_exception() {
    for body in [
        "{",
        "nul",
        "{}x",
        "{\"Name\":\"hunter2}",
        "{'Name':1}",
        "{\"Name\":hunter2}",
        "\u{feff}{}",
        " ",
        "{\"Name\":\"\\ud800\"}",
        "{\"Count\":1e999}",
    ] {
        assert!(fault(body.as_bytes()).starts_with("The body is not valid JSON (line 1"), "{body}");
    }
    assert_eq!(fault(b"null"), "The body must be a JSON object");
    assert_eq!(fault(b"[]"), "Start of list can not be converted to a Structure");
    assert_eq!(fault(b"\"hunter2\""), "STRING_VALUE can not be converted to a Structure");
}

#[test]
fn a_wrong_type_is_named_with_its_place_and_never_quoted() {
    for (body, sentence) in [
        (r#"{"Name":5}"#, "NUMBER_VALUE can not be converted to a String at 'name'"),
        (r#"{"Name":["hunter2"]}"#, "Start of list can not be converted to a String at 'name'"),
        (r#"{"Name":{"a":1}}"#, "Start of structure or map can not be converted to a String at 'name'"),
        (r#"{"Count":"hunter2"}"#, "STRING_VALUE can not be converted to an Integer at 'count'"),
        (r#"{"Count":1.5}"#, "DECIMAL_VALUE can not be converted to an Integer at 'count'"),
        (r#"{"Count":2147483648}"#, "NUMBER_VALUE out of range can not be converted to an Integer at 'count'"),
        (r#"{"Size":18446744073709551615}"#, "DECIMAL_VALUE can not be converted to a Long at 'size'"),
        (r#"{"On":"true"}"#, "STRING_VALUE can not be converted to a Boolean at 'on'"),
        (r#"{"At":"2026-01-01T00:00:00Z"}"#, "STRING_VALUE can not be converted to a Timestamp at 'at'"),
        (r#"{"At":1e300}"#, "NUMBER_VALUE out of range can not be converted to a Timestamp at 'at'"),
        (r#"{"Image":"hunter2!"}"#, "STRING_VALUE that is not base64 can not be converted to a Blob at 'image'"),
        (r#"{"Items":[{},{"Value":false}]}"#, "FALSE_VALUE can not be converted to a String at 'items.2.member.value'"),
        (r#"{"Items":[null]}"#, "NULL_VALUE can not be converted to a Structure at 'items.1.member'"),
        (r#"{"Tags":{"hunter2":1}}"#, "NUMBER_VALUE can not be converted to a String at 'tags.value'"),
        (r#"{"Name":"hunter2","Name":"other"}"#, "The member is given twice at 'name'"),
        (r#"{"Tags":{"hunter2":"a","b":"c","hunter2":"d"}}"#, "A key is given twice at 'tags'"),
        (r#"{"Settings":{"hunter2":1,"hunter2":2}}"#, "A key is given twice at 'settings'"),
    ] {
        assert_eq!(fault(body.as_bytes()), sentence, "{body}");
    }
}

#[test]
fn rl_13_invalid_utf_8_is_refused_wherever_it_stands() {
    for body in [&b"{\"Name\":\"\xff\"}"[..], b"{\"Nobody\":\"\xc3\"}", b"{\"Tags\":{\"\xed\xa0\x80\":\"\"}}"] {
        assert_eq!(fault(body), "The body is not UTF-8");
    }
}

#[test]
fn rl_13_depth_bombs_are_refused_in_known_unknown_and_free_members() {
    for member in ["Settings", "Nobody", "Items", "Next"] {
        for (open, close) in [("[", "]"), ("{\"Next\":", "}")] {
            let bomb = format!("{{\"{member}\":{}1{}}}", open.repeat(100_000), close.repeat(100_000));
            fault(bomb.as_bytes());
        }
        fault(format!("{{\"{member}\":{}", "[".repeat(1_000_000)).as_bytes());
    }
    let object = |levels: usize| format!("{}{}", r#"{"Next":"#.repeat(levels - 1) + "{}", "}".repeat(levels - 1));
    let list =
        |member: &str, levels: usize| format!(r#"{{"{member}":{}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1));
    for (fits, too_deep) in [
        (object(64), object(65)),
        (list("Settings", 64), list("Settings", 65)),
        (list("Nobody", 64), list("Nobody", 65)),
    ] {
        assert!(read(&SAMPLE, fits.as_bytes()).is_ok());
        assert!(fault(too_deep.as_bytes()).starts_with("The body is nested too deeply"));
    }
}

#[test]
fn rl_13_three_bytes_cannot_ask_for_a_structure_each_without_end() {
    let many = |piece: &str, n: usize| format!(r#"{{"Items":[{}]}}"#, vec![piece; n].join(","));
    assert!(read(&SAMPLE, many("{}", 10_000).as_bytes()).is_ok());
    assert!(fault(many("{}", 20_000).as_bytes()).starts_with("The request holds too many values at 'items")); // two members each
    assert!(fault(many("{}", 300_000).as_bytes()).starts_with("The request holds too many values at 'items"));
    assert!(
        fault(format!(r#"{{"Settings":[{}1]}}"#, "1,".repeat(500_000)).as_bytes())
            .starts_with("The request holds too many values")
    );
    let keys: String = (0..100_000).map(|n| format!(r#""{n}":"","#)).collect();
    assert!(
        fault(format!(r#"{{"Tags":{{{keys}"":""}}}}"#).as_bytes()).starts_with("The request holds too many values")
    );
}

#[test]
fn rl_13_one_huge_number_or_text_costs_its_own_length() {
    assert_eq!(
        fault(format!(r#"{{"Count":{}}}"#, "9".repeat(300)).as_bytes()),
        "DECIMAL_VALUE can not be converted to an Integer at 'count'"
    );
    fault(format!(r#"{{"Count":{}}}"#, "9".repeat(1_000_000)).as_bytes());
    fault(format!(r#"{{"Count":0.{}}}"#, "5".repeat(1_000_000)).as_bytes());
    fault(format!(r#"{{"Count":1e{}}}"#, "9".repeat(1_000_000)).as_bytes());
    let long = "x".repeat(1_000_000);
    assert_eq!(member(&format!(r#"{{"Name":"{long}"}}"#), "Name"), Some(Value::Text(long)));
}
