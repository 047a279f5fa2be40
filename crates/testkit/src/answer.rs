//! What came back, with what was asked, so that a failed expectation prints the whole exchange.

use crate::xml::Element;
use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;
use std::fmt;

/// An answer of the server.
#[derive(Clone)]
pub struct Answer {
    pub(crate) asked: String,
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
}

impl Answer {
    /// A header's text; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error code; empty for a success.
    #[must_use]
    pub fn code(&self) -> String {
        if self.status == 200 {
            return String::new();
        }
        self.json()["__type"].as_str().unwrap_or_default().to_owned()
    }

    /// The error's sentence; empty when there is none.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }

    /// The body as XML.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    #[track_caller]
    pub fn xml(&self) -> Element {
        Element::read(&self.text()).unwrap_or_else(|| panic!("XML was expected\n{self:?}"))
    }

    /// The text of the element at a dotted path below the root of a success, `CreateRoleResult.Role.Arn`.
    ///
    /// # Panics
    /// When the answer is no success, or there is not exactly one such element.
    #[must_use]
    #[track_caller]
    pub fn value(&self, path: &str) -> String {
        let found = self.values(path);
        assert_eq!(found.len(), 1, "one {path} was expected\n{self:?}");
        found.into_iter().next().unwrap_or_default()
    }

    /// The texts of all elements at a dotted path below the root of a success, `ListRolesResult.Roles.member.RoleName`.
    ///
    /// # Panics
    /// When the answer is no success.
    #[must_use]
    #[track_caller]
    pub fn values(&self, path: &str) -> Vec<String> {
        assert_eq!(self.status, 200, "a success was expected\n{self:?}");
        self.xml().at(path).into_iter().map(|element| element.text.clone()).collect()
    }

    /// A refusal of a Query service.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn expect_error(&self, status: u16, code: &str, sentence: &str) {
        let root = if self.status == 200 { Element::default() } else { self.xml() };
        let told = |path| root.at(path).first().map(|element| element.text.clone()).unwrap_or_default();
        let told = (self.status, told("Error.Code"), told("Error.Message"));
        assert_eq!(told, (status, code.to_owned(), sentence.to_owned()), "a refusal was expected\n{self:?}");
        assert!(!root.at("RequestId").is_empty(), "a refusal repeats its id\n{self:?}");
    }

    /// The code of a refusal of a Query service; empty for a success.
    #[must_use]
    #[track_caller]
    pub fn error(&self) -> String {
        if self.status == 200 {
            return String::new();
        }
        self.xml().at("Error.Code").first().map(|element| element.text.clone()).unwrap_or_default()
    }

    /// Whether it is a success.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == 200
    }

    /// The body of a success.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn expect_ok(&self) -> Value {
        assert_eq!(self.status, 200, "a success was expected\n{self:?}");
        self.json()
    }

    /// A refusal with this code and this sentence, told in header and body alike.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn expect_fault(&self, code: &str, sentence: &str) {
        self.expect_code(code);
        assert_eq!(self.sentence(), sentence, "the sentence of {code}\n{self:?}");
    }

    /// A refusal with this code, whatever it says.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn expect_code(&self, code: &str) {
        assert_eq!(self.code(), code, "a refusal was expected\n{self:?}");
        let status = if code == "InternalErrorException" { 500 } else { 400 };
        assert_eq!(self.status, status, "the status of {code}\n{self:?}");
        let told = self.header("x-amzn-errortype");
        assert_eq!(told.split([',', ':', '#']).next(), Some(code), "x-amzn-ErrorType\n{self:?}");
    }

    /// The challenge this answer asks.
    ///
    /// # Panics
    /// When it asks another or none.
    #[track_caller]
    pub fn expect_challenge(&self, name: &str) -> Value {
        let body = self.expect_ok();
        assert_eq!(body["ChallengeName"], name, "a challenge was expected\n{self:?}");
        body
    }

    /// AuthenticationResult of a finished sign-in.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn expect_tokens(&self) -> Value {
        let body = self.expect_ok();
        let tokens = body["AuthenticationResult"].clone();
        assert!(tokens["AccessToken"].is_string() && tokens["IdToken"].is_string(), "tokens were expected\n{self:?}");
        tokens
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "--> {}", cut(&self.asked))?;
        writeln!(f, "<-- {}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "    {name}: {value:?}")?;
        }
        write!(f, "    {}", cut(&self.text()))
    }
}

/// Hostile exchanges may be megabytes long.
fn cut(text: &str) -> String {
    const SHOWN: usize = 4_000;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}… ({} bytes)", &text[..at], text.len()),
        None => text.to_owned(),
    }
}
