//! The developer's inbox: every message as its reader would see it, and the same as JSON for scripts.

use crate::clock_face;
use crate::page::{Page, STRICT, STYLE, WITH_MAIL};
use askama::Template;
use kernel::Time;
use serde::Serialize;

/// One message to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number in the inbox.
    pub number: u64,
    /// When it arrived.
    pub at: Time,
    /// Address or telephone number.
    pub to: String,
    /// What came.
    pub body: Body,
}

/// The two kinds of message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A mail.
    Mail {
        /// Sender.
        from: String,
        /// Where answers go.
        reply_to: Option<String>,
        /// Subject line.
        subject: String,
        /// HTML part.
        html: String,
        /// Plain part.
        text: String,
    },
    /// A text message.
    Sms {
        /// What it says.
        text: String,
    },
}

impl Message {
    fn is_mail(&self) -> bool {
        matches!(self.body, Body::Mail { .. })
    }

    fn kind(&self) -> &'static str {
        if self.is_mail() { "mail" } else { "sms" }
    }

    fn subject(&self) -> &str {
        match &self.body {
            Body::Mail { subject, .. } => subject,
            Body::Sms { .. } => "Text message",
        }
    }

    fn text(&self) -> &str {
        match &self.body {
            Body::Mail { text, .. } | Body::Sms { text } => text,
        }
    }

    /// The first word of six or eight digits: a one-time code (user-pools.md 2).
    fn code(&self) -> Option<&str> {
        let mut words = self.text().split(|c: char| !c.is_alphanumeric());
        words.find(|word| matches!(word.len(), 6 | 8) && word.bytes().all(|b| b.is_ascii_digit()))
    }

    /// The text before the code, the code and the text after it.
    fn around_code(&self) -> (&str, &str, &str) {
        let code = self.code().unwrap_or_default();
        let (before, after) = match code {
            "" => (self.text(), ""),
            code => self.text().split_once(code).unwrap_or((self.text(), "")),
        };
        (before, code, after)
    }

    fn preview(&self) -> String {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(140).collect()
    }

    fn iso(&self) -> String {
        clock_face::rfc3339(self.at)
    }

    fn when(&self) -> String {
        clock_face::readable(self.at)
    }
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct ListView<'a> {
    style: &'static str,
    messages: &'a [Message],
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessageView<'a> {
    style: &'static str,
    message: &'a Message,
}

/// All messages, newest first as given. Links go to `/_cognate/inbox/{number}`.
#[must_use]
pub fn inbox_page(messages: &[Message]) -> Page {
    Page::render(&ListView { style: STYLE, messages }, &STRICT)
}

/// One message.
#[must_use]
pub fn message_page(message: &Message) -> Page {
    Page::render(&MessageView { style: STYLE, message }, WITH_MAIL)
}

/// A message for scripts; absent members are left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InboxJson<'a> {
    number: u64,
    at: String,
    kind: &'static str,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<&'a str>,
}

impl<'a> From<&'a Message> for InboxJson<'a> {
    fn from(message: &'a Message) -> Self {
        let (from, reply_to, subject, html) = match &message.body {
            Body::Mail { from, reply_to, subject, html, .. } => {
                (Some(from.as_str()), reply_to.as_deref(), Some(subject.as_str()), Some(html.as_str()))
            }
            Body::Sms { .. } => (None, None, None, None),
        };
        let code = message.code();
        let (number, at, kind) = (message.number, message.iso(), message.kind());
        Self { number, at, kind, to: &message.to, code, from, reply_to, subject, text: message.text(), html }
    }
}

impl InboxJson<'_> {
    /// `{"messages": [...]}` in the order given.
    #[must_use]
    pub fn list(messages: &[Message]) -> String {
        let messages: Vec<InboxJson<'_>> = messages.iter().map(InboxJson::from).collect();
        serde_json::json!({ "messages": messages }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(subject: &str, html: &str, text: &str) -> Message {
        let (subject, html, text) = (subject.to_owned(), html.to_owned(), text.to_owned());
        let body = Body::Mail { from: "shop@example.com".into(), reply_to: None, subject, html, text };
        Message { number: 7, at: Time::from_secs(1_700_000_000), to: "ana@example.com".into(), body }
    }

    fn sms(text: &str) -> Message {
        let (to, text) = ("+15550100199".to_owned(), text.to_owned());
        Message { number: 8, at: Time::from_secs(1_700_000_000), to, body: Body::Sms { text } }
    }

    #[test]
    fn the_code_stands_out_in_list_page_and_json() {
        let mail = mail("Your verification code", "Your code is 012345. ", "Your code is 012345.");
        let list = inbox_page(std::slice::from_ref(&mail)).html;
        assert!(list.contains(r#"<a href="/_cognate/inbox/7">Your verification code</a>"#), "{list}");
        assert!(list.contains(r#"<strong class="code">012345</strong>"#), "{list}");
        assert!(message_page(&mail).html.contains(r#"<strong class="code">012345</strong>"#));
        let bubble = message_page(&sms("Code: 00000001!")).html;
        assert!(bubble.contains("Code: <mark>00000001</mark>!"), "{bubble}");
    }

    #[test]
    fn only_words_of_six_or_eight_digits_are_codes() {
        let code = |text| sms(text).code().map(ToOwned::to_owned);
        assert_eq!(code("In 2026, 1234567 and a123456 but 654321"), Some("654321".to_owned()));
        assert_eq!(code("Your username is ana and temporary password is Aa1!xyzw"), None);
    }

    #[test]
    fn st_20_a_mail_cannot_run_or_load_anything_in_the_inbox() {
        let html = "<img src=\"https://evil.example/x\"></iframe><script>alert('x')</script>&amp;\"";
        let page = message_page(&mail("<script>1</script>", html, "<b>t</b>"));
        assert!(!page.html.contains("<script"), "{}", page.html);
        assert_eq!(page.html.matches("</iframe>").count(), 1, "{}", page.html);
        assert!(page.html.contains(r#"sandbox="allow-popups allow-popups-to-escape-sandbox""#));
        assert!(page.policy.starts_with("default-src 'none';") && page.policy.contains("img-src data:;"));
        assert!(!page.policy.contains("script"), "no script from anywhere, default-src says so");
        let list = inbox_page(&[mail("<script>1</script>", "", "<img src=x onerror=alert(1)>")]);
        assert!(!list.html.contains("<script") && !list.html.contains("<img"), "{}", list.html);
        assert!(!list.policy.contains("unsafe"));
    }

    #[test]
    fn the_strict_policy_names_the_style_sheet_that_is_sent() {
        let html = inbox_page(&[]).html;
        let sent = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert_eq!(sent, STYLE);
        assert!(html.contains("Nothing has arrived yet"));
    }

    #[test]
    fn json_leaves_out_what_a_message_does_not_have() {
        let list = [mail("Hi", "<p>1</p>", "1"), sms("12345678")];
        let expected = concat!(
            r#"{"messages":[{"number":7,"at":"2023-11-14T22:13:20Z","kind":"mail","to":"ana@example.com","#,
            r#""from":"shop@example.com","subject":"Hi","text":"1","html":"<p>1</p>"},"#,
            r#"{"number":8,"at":"2023-11-14T22:13:20Z","kind":"sms","to":"+15550100199","#,
            r#""code":"12345678","text":"12345678"}]}"#
        );
        assert_eq!(InboxJson::list(&list), expected);
    }
}
