//! `iam` and `sts` as a client speaks them: a form goes out, XML comes back.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt::Write;

use crate::api::Outcome;
use crate::http::Reply;

pub(crate) const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

pub(crate) fn form(service: &str, action: &str, parameters: &[(&str, &str)]) -> String {
    let version = if service == "sts" { "2011-06-15" } else { "2010-05-08" };
    let mut form = format!("Action={action}&Version={version}");
    for (name, value) in parameters {
        // Nothing can fail while writing into a text.
        let _ = write!(form, "&{}={}", encoded(name), encoded(value));
    }
    form
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

pub(crate) fn outcome(reply: &Reply) -> Result<Outcome> {
    let body = String::from_utf8_lossy(&reply.body).into_owned();
    match reply.status {
        200 => Ok(Outcome::Done(Value::String(body))),
        400..=499 => {
            let code = inside(&body, "Code").with_context(|| format!("an error without a code: {body}"))?;
            Ok(Outcome::Refused(code, inside(&body, "Message").unwrap_or_default()))
        }
        status => bail!("status {status}: {body}"),
    }
}

/// The text of the first element of that name, percent signs resolved: documents of policies are written with them.
#[must_use]
pub fn inside(xml: &str, element: &str) -> Option<String> {
    all_inside(xml, element).into_iter().next()
}

/// The texts of all elements of that name, in order.
#[must_use]
pub fn all_inside(xml: &str, element: &str) -> Vec<String> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    xml.split(&open).skip(1).filter_map(|rest| rest.split_once(&close)).map(|(text, _)| decoded(text)).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_in_a_form_is_found_in_an_answer() {
        assert_eq!(
            form("sts", "Ask", &[("A.1", "{\"b\": é}")]),
            "Action=Ask&Version=2011-06-15&A.1=%7B%22b%22%3A%20%C3%A9%7D"
        );
        let xml = "<R><M><N>a</N></M><M><N>%7B%C3%A9%7D 5%</N></M></R>";
        assert_eq!(all_inside(xml, "N"), ["a", "{é} 5%"]);
        assert_eq!(inside(xml, "X"), None);
    }
}
