//! What travels: one mail, one text message. Both keep their content out of logs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A mail to one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Sender, an address or `Name <address>`.
    pub from: String,
    /// Where answers go, in the same two forms.
    pub reply_to: Option<String>,
    /// The one address it goes to.
    pub to: String,
    /// Subject line, not yet encoded.
    pub subject: String,
    /// Body as HTML.
    pub html: String,
    /// The same body for readers without HTML.
    pub text: String,
    /// Stable name of this message, without angle brackets: every copy of it carries the same one.
    pub message_id: String,
    /// Travels as `X-SES-CONFIGURATION-SET`.
    pub configuration_set: Option<String>,
}

/// A text message to one telephone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sms {
    /// E.164 number.
    pub to: String,
    /// What it says.
    pub text: String,
    /// Stable name of this message.
    pub message_id: String,
}

// Bodies hold codes and addresses are people: neither may reach a log through a stray `{:?}` (ST-34).
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_34_a_message_prints_without_its_address_and_its_code() {
        let mail = Mail {
            from: "a@b.c".into(),
            reply_to: None,
            to: "ana@example.com".into(),
            subject: "s".into(),
            html: "123456".into(),
            text: "123456".into(),
            message_id: "m1".into(),
            configuration_set: None,
        };
        assert_eq!(format!("{mail:?}"), "Mail { message_id: \"m1\", .. }");
        let sms = Sms { to: "+15550100199".into(), text: "123456".into(), message_id: "m2".into() };
        assert_eq!(format!("{sms:?}"), "Sms { message_id: \"m2\", .. }");
    }
}
