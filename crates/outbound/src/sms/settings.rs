//! Where the gateway is and what it wants to be told.

use crate::fetch::{FetchRules, FetchSettingsError, parse_url};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use kernel::Secret;

/// What most gateways take, give or take the names.
const BODY: &str = r#"{"to": "{to}", "text": "{text}", "id": "{id}"}"#;

/// Settings of the one gateway text messages go through.
#[derive(Debug, Clone)]
pub struct SmsSettings {
    /// Where messages are posted to.
    pub url: String,
    /// Headers of each request, the gateway's key among them.
    pub headers: Vec<(String, Secret<String>)>,
    /// JSON with `{to}`, `{text}` and, where wanted, `{id}` inside its strings.
    pub body: String,
    /// Which addresses may be connected to, and for how long.
    pub rules: FetchRules,
}

impl SmsSettings {
    /// Settings for a gateway at `url` with the usual body and bounds.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), headers: Vec::new(), body: BODY.to_owned(), rules: FetchRules::default() }
    }

    pub(super) fn address(&self) -> Result<Uri, SmsSettingsError> {
        Ok(parse_url(&self.url)?)
    }

    pub(super) fn header_map(&self) -> Result<HeaderMap, SmsSettingsError> {
        let mut map = HeaderMap::new();
        map.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in &self.headers {
            let bad = || SmsSettingsError::Header(name.clone());
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
            let mut value = HeaderValue::from_str(value.reveal()).map_err(|_| bad())?;
            value.set_sensitive(true);
            map.insert(key, value);
        }
        Ok(map)
    }
}

/// Settings that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmsSettingsError {
    /// URL or certificate authority.
    #[error("SMS gateway: {0}")]
    Fetch(#[from] FetchSettingsError),
    /// A header that HTTP does not know how to carry.
    #[error("SMS gateway: the header {0:?} cannot be sent")]
    Header(String),
    /// The body is not JSON.
    #[error("SMS gateway: the body is not JSON; the places {{to}}, {{text}} and {{id}} stand inside its strings")]
    BodyNotJson,
    /// The body lacks a place.
    #[error("SMS gateway: the body has no place for {0}")]
    BodyWithout(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HttpSmsCourier;

    fn with(change: impl FnOnce(&mut SmsSettings)) -> Result<HttpSmsCourier, SmsSettingsError> {
        let mut settings = SmsSettings::new("https://sms.example.com/send");
        change(&mut settings);
        HttpSmsCourier::new(&settings)
    }

    #[test]
    fn settings_that_cannot_work_are_told_at_the_start() {
        assert!(with(|_| {}).is_ok());
        let url = with(|s| s.url = "sms.example.com".into()).unwrap_err();
        assert_eq!(url, SmsSettingsError::Fetch(FetchSettingsError::Url));
        let header = with(|s| s.headers.push(("X Y".into(), Secret::from("v")))).unwrap_err();
        assert_eq!(header, SmsSettingsError::Header("X Y".into()));
        assert!(with(|s| s.headers.push(("X-Key".into(), Secret::from("a\r\nb: c")))).is_err());
        let body = with(|s| s.body = "to={to}&text={text}".into()).unwrap_err().to_string();
        assert!(body.contains("{to}, {text} and {id}"), "{body}");
    }

    #[test]
    fn the_gateway_s_key_is_never_printed() {
        let courier = with(|s| s.headers.push(("Authorization".into(), Secret::from("Bearer s3cret")))).unwrap();
        assert!(!format!("{courier:?}").contains("s3cret"));
    }
}
