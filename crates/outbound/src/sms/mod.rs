//! Text messages by HTTP: one POST with a JSON body to the operator's gateway.

mod settings;
mod template;

pub use settings::{SmsSettings, SmsSettingsError};

use crate::{Courier, DeliveryError, FetchError, Fetcher, Mail, Sms};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use kernel::BoxFuture;
use template::Template;

/// Hands text messages to a gateway.
pub struct HttpSmsCourier {
    fetcher: Fetcher,
    url: Uri,
    headers: HeaderMap,
    template: Template,
}

impl HttpSmsCourier {
    /// Prepares the way to a gateway; connects with the first message.
    ///
    /// # Errors
    /// [`SmsSettingsError`] when the settings cannot work.
    pub fn new(settings: &SmsSettings) -> Result<Self, SmsSettingsError> {
        Ok(Self {
            fetcher: Fetcher::new(&settings.rules)?,
            url: settings.address()?,
            headers: settings.header_map()?,
            template: Template::parse(&settings.body)?,
        })
    }

    /// Connects, TLS included, without sending anything: what `cognate doctor` asks.
    ///
    /// # Errors
    /// [`FetchError`] with what went wrong.
    pub async fn probe(&self) -> Result<(), FetchError> {
        self.fetcher.reach(&self.url).await
    }

    async fn deliver(&self, sms: &Sms) -> Result<(), DeliveryError> {
        if !is_e164(&sms.to) {
            return Err(DeliveryError::Refused("the number is not in the form of E.164".to_owned()));
        }
        let mut request = Request::new(Bytes::from(self.template.fill(sms)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.url.clone();
        *request.headers_mut() = self.headers.clone();
        match self.fetcher.send(request).await {
            Ok(answer) => verdict(answer.status()),
            // Whatever it had to say at such length, the status came first.
            Err(FetchError::TooLong { status }) => verdict(status),
            Err(error) => Err(DeliveryError::Unreachable(error.to_string())),
        }
    }
}

/// `+` and up to fifteen digits, the first not 0 (ITU-T E.164). The pool checked it when the number was given; a gateway
/// must not be sent anything else whatever lies in the database.
fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default().as_bytes();
    (2..=15).contains(&digits.len()) && !digits.starts_with(b"0") && digits.iter().all(u8::is_ascii_digit)
}

/// A refusal of the message is final. What speaks of us (a key that ran out, a wrong path, too many at once) or of the
/// gateway's state is not: somebody will mend it. Only the status is told: bodies like to repeat number and text.
fn verdict(status: StatusCode) -> Result<(), DeliveryError> {
    const OURS: &[u16] = &[401, 402, 403, 404, 405, 407, 408, 425, 429];
    let told = format!("status {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Ok(()),
        300..=399 => Err(DeliveryError::Unreachable(format!("{told}: redirects are not followed"))),
        code @ 400..=499 if !OURS.contains(&code) => Err(DeliveryError::Refused(told)),
        _ => Err(DeliveryError::Unreachable(told)),
    }
}

impl Courier for HttpSmsCourier {
    fn send_mail<'a>(&'a self, _mail: &'a Mail) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(async { Err(DeliveryError::Unconfigured("mail")) })
    }

    fn send_sms<'a>(&'a self, sms: &'a Sms) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(self.deliver(sms))
    }
}

// Headers hold the gateway's key.
impl std::fmt::Debug for HttpSmsCourier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpSmsCourier").field("host", &self.url.host()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_plus_and_up_to_fifteen_digits() {
        for good in ["+15550100199", "+4930901820", "+123456789012345"] {
            assert!(is_e164(good), "{good}");
        }
        for bad in ["", "+", "15550100199", "+05550100199", "+1555 0100199", "+1234567890123456", "+1555é", "+1\r\n2"]
        {
            assert!(!is_e164(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_time_can_heal_is_not_a_refusal_of_the_message() {
        let of = |code| verdict(StatusCode::from_u16(code).unwrap());
        for taken in [200, 201, 202, 204] {
            assert!(of(taken).is_ok(), "{taken}");
        }
        for refused in [400, 410, 413, 422] {
            assert!(matches!(of(refused), Err(DeliveryError::Refused(_))), "{refused}");
        }
        for later in [301, 307, 401, 402, 403, 404, 408, 429, 500, 502, 503] {
            assert!(matches!(of(later), Err(DeliveryError::Unreachable(_))), "{later}");
        }
    }
}
