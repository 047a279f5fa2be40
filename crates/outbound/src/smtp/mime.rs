//! From a [`Mail`] to the bytes of RFC 5322 and MIME.

use crate::{DeliveryError, Mail};
use kernel::Time;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use std::time::{Duration, SystemTime};

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
const CONFIGURATION_SET: HeaderName = HeaderName::new_from_ascii_str("X-SES-CONFIGURATION-SET");

/// The message as it goes over the wire. The same mail composed at the same moment gives the same bytes.
pub(super) fn compose(mail: &Mail, now: Time) -> Result<Message, DeliveryError> {
    let mut message = Message::builder()
        .date(system_time(now))
        .from(mailbox("sender", &mail.from)?)
        .to(Mailbox::new(None, recipient(&mail.to)?))
        .subject(one_line(&mail.subject))
        .message_id(Some(format!("<{}>", one_line(&mail.message_id))))
        // RFC 3834 5: out-of-office robots must not answer a machine.
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()));
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(mailbox("reply address", reply_to)?);
    }
    if let Some(set) = &mail.configuration_set {
        message = message.raw_header(HeaderValue::new(CONFIGURATION_SET, one_line(set)));
    }
    // Least preferred part first (RFC 2046 5.1.4).
    let body = MultiPart::alternative()
        .boundary(boundary(&mail.message_id))
        .singlepart(SinglePart::plain(mail.text.clone()))
        .singlepart(SinglePart::html(mail.html.clone()));
    message.multipart(body).map_err(|error| DeliveryError::Refused(error.to_string()))
}

fn recipient(address: &str) -> Result<lettre::Address, DeliveryError> {
    let refusal = || DeliveryError::Refused("the recipient's address is not one".to_owned());
    if address.chars().any(char::is_control) {
        return Err(refusal());
    }
    address.parse().map_err(|_| refusal())
}

fn mailbox(what: &str, text: &str) -> Result<Mailbox, DeliveryError> {
    one_line(text).parse().map_err(|_| DeliveryError::Refused(format!("the configured {what} is not an address")))
}

/// Takes out whatever could end a header line and begin another (SM-20).
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect()
}

/// The message id holds randomness the author of a template cannot know, so the body cannot contain the boundary.
fn boundary(message_id: &str) -> String {
    let word: String = message_id.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("=_{word}")
}

fn system_time(time: Time) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(time.millis()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            from: "no-reply@verificationemail.com".into(),
            reply_to: None,
            to: "ana@example.com".into(),
            subject: "Your verification code".into(),
            html: "Your verification code is 012345. ".into(),
            text: "Your verification code is 012345.".into(),
            message_id: "0b1c2d3e@verificationemail.com".into(),
            configuration_set: None,
        }
    }

    fn head(mail: &Mail) -> String {
        let bytes = compose(mail, Time::from_secs(1_700_000_000)).unwrap().formatted();
        let text = String::from_utf8(bytes).unwrap();
        text.split("\r\n\r\n").next().unwrap().to_owned()
    }

    #[test]
    fn a_mail_carries_the_headers_of_rfc_5322_and_nothing_else() {
        let expected = [
            "Date: Tue, 14 Nov 2023 22:13:20 +0000",
            "From: no-reply@verificationemail.com",
            "To: ana@example.com",
            "Subject: Your verification code",
            "Message-ID: <0b1c2d3e@verificationemail.com>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative;",
            " boundary=\"=_0b1c2d3everificationemailcom\"",
        ];
        assert_eq!(head(&mail()), expected.join("\r\n"));
    }

    #[test]
    fn sm_20_line_breaks_cannot_add_a_header() {
        let mut evil = mail();
        evil.subject = "Hi\r\nBcc: eve@example.com\nX-A: 1\u{2028}X-B: 2".into();
        evil.from = "Shop\r\nBcc=eve <shop@example.com>".into();
        evil.reply_to = Some("a@example.com\r\nBcc: eve@example.com".into());
        evil.configuration_set = Some("set\r\nBcc: eve@example.com".into());
        evil.message_id = "id\r\nBcc: eve@example.com".into();
        // A reply address with something glued on is no address at all.
        assert!(matches!(compose(&evil, Time::default()), Err(DeliveryError::Refused(_))));
        evil.reply_to = None;
        let head = head(&evil);
        for line in head.split("\r\n") {
            assert!(!line.to_ascii_lowercase().starts_with("bcc") && !line.starts_with("X-A"), "{head}");
            assert!(!line.contains(['\r', '\n']), "{head}");
        }
        assert!(head.contains("Subject: HiBcc: eve@example.comX-A: 1X-B: 2"), "{head}");
    }

    #[test]
    fn sm_20_an_address_with_a_line_break_is_refused() {
        for to in ["ana@example.com\r\nRCPT TO:<eve@example.com>", "\"a\r\nb\"@example.com", "nobody", "a@b@c", ""] {
            let bad = Mail { to: to.into(), ..mail() };
            assert!(matches!(compose(&bad, Time::default()), Err(DeliveryError::Refused(_))), "{to:?}");
        }
    }

    #[test]
    fn names_beyond_ascii_are_encoded_words() {
        let mut foreign = mail();
        foreign.from = "Čajovna <shop@example.com>".into();
        foreign.subject = "Váš kód".into();
        let head = head(&foreign);
        assert!(head.is_ascii(), "{head}");
        assert!(head.contains("Subject: =?utf-8?b?"), "{head}");
        assert!(head.contains(" <shop@example.com>"), "{head}");
    }
}
