//! The body a gateway wants: the operator's JSON with places for number, text and id.
//!
//! The template is read as JSON first and filled afterwards, string by string: whatever a text holds, it cannot leave
//! the string it was put into.

use super::SmsSettingsError;
use crate::Sms;
use serde_json::Value;

/// A JSON document with `{to}`, `{text}` and `{id}` inside its strings.
#[derive(Debug, Clone)]
pub(super) struct Template(Value);

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, SmsSettingsError> {
        let value: Value = serde_json::from_str(text).map_err(|_| SmsSettingsError::BodyNotJson)?;
        for place in ["{to}", "{text}"] {
            if !holds(&value, place) {
                return Err(SmsSettingsError::BodyWithout(place));
            }
        }
        Ok(Self(value))
    }

    pub(super) fn fill(&self, sms: &Sms) -> String {
        filled(&self.0, sms).to_string()
    }
}

fn holds(value: &Value, place: &str) -> bool {
    match value {
        Value::String(text) => text.contains(place),
        Value::Array(items) => items.iter().any(|item| holds(item, place)),
        Value::Object(members) => members.values().any(|member| holds(member, place)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn filled(value: &Value, sms: &Sms) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text, sms)),
        Value::Array(items) => items.iter().map(|item| filled(item, sms)).collect(),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), filled(member, sms))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// One pass: what was put in is never looked at again.
fn fill(template: &str, sms: &Sms) -> String {
    let places = [("{to}", &sms.to), ("{text}", &sms.text), ("{id}", &sms.message_id)];
    let mut out = String::with_capacity(template.len() + sms.text.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let found = places.iter().find_map(|(place, value)| Some((from.strip_prefix(place)?, value)));
        if let Some((after, value)) = found {
            out.push_str(value);
            rest = after;
        } else {
            out.push('{');
            rest = from.strip_prefix('{').unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sms(text: &str) -> Sms {
        Sms { to: "+15550100199".into(), text: text.into(), message_id: "m-1".into() }
    }

    #[test]
    fn number_text_and_id_stand_where_the_operator_put_them() {
        let template =
            r#"{"messages": [{"to": ["{to}"], "body": "Shop: {text}", "n": 1.5}], "ref": "x-{id}", "{to}": null}"#;
        let filled = Template::parse(template).unwrap().fill(&sms("Code 012345"));
        let wanted =
            r#"{"messages":[{"to":["+15550100199"],"body":"Shop: Code 012345","n":1.5}],"ref":"x-m-1","{to}":null}"#;
        assert_eq!(filled, wanted);
    }

    #[test]
    fn a_text_stays_inside_its_string_and_is_not_filled_again() {
        let hostile = "\", \"to\": \"+1900\" {to}{id}\\\u{0}\n\u{2028}é";
        let filled = Template::parse(r#"{"to": "{to}", "text": "{text}"}"#).unwrap().fill(&sms(hostile));
        let read: Value = serde_json::from_str(&filled).unwrap();
        assert_eq!(read, serde_json::json!({ "to": "+15550100199", "text": hostile }));
    }

    #[test]
    fn a_template_that_says_nothing_or_to_nobody_is_refused() {
        assert!(matches!(Template::parse(r#"{"to": {to}, "text": "{text}"}"#), Err(SmsSettingsError::BodyNotJson)));
        assert!(matches!(Template::parse(r#"{"text": "{text}"}"#), Err(SmsSettingsError::BodyWithout("{to}"))));
        assert!(matches!(Template::parse(r#"{"to": "{to}"}"#), Err(SmsSettingsError::BodyWithout("{text}"))));
    }
}
