//! The words of a message: a pool's own texts or the defaults, filled in for one person.
//!
//! Templates are the customers' and know only their few placeholders: own replacement in one pass, never a template
//! engine. No address of this server enters a text, so no Host header can (ST-18).

mod fill;
mod plain;

use contract::cognito_idp::types::UserPoolType;
use fill::{Placeholder, fill};
use kernel::Secret;
use model::{Contact, Pool};
use std::fmt;

/// Why somebody is written to.
#[derive(Debug, Clone, Copy)]
pub enum Occasion<'a> {
    /// A code that proves an address or opens a forgotten account.
    Verification {
        /// The digits.
        code: &'a Secret<String>,
    },
    /// An administrator made an account.
    Invitation {
        /// Its name.
        username: &'a str,
        /// Its temporary password; none for accounts that sign in without one.
        password: Option<&'a Secret<String>>,
    },
}

/// The texts of an occasion before anybody's values are in them. Whoever may replace texts does it here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    /// Subject of the mail.
    pub subject: String,
    /// HTML body of the mail.
    pub email: String,
    /// The text message.
    pub sms: String,
}

/// A finished text. Holds a code or a password, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub enum Written {
    /// Of a mail.
    Mail {
        /// Subject, one line.
        subject: String,
        /// HTML body.
        html: String,
        /// The same for readers without HTML.
        text: String,
    },
    /// Of a text message.
    Sms {
        /// The whole of it.
        text: String,
    },
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written(***)")
    }
}

// user-pools.md 6.2, letter for letter: clients' tests read these mails.
const CODE_TEXT: &str = "Your verification code is {####}. ";
const CODE_SUBJECT: &str = "Your verification code";
const INVITE_TEXT: &str = "Your username is {username} and temporary password is {####}. ";
const INVITE_SUBJECT: &str = "Your temporary password";

impl Templates {
    /// The pool's texts for the occasion.
    #[must_use]
    pub fn of(pool: &Pool, occasion: &Occasion<'_>) -> Self {
        match occasion {
            Occasion::Verification { .. } => Self::verification(&pool.settings),
            Occasion::Invitation { .. } => Self::invitation(&pool.settings),
        }
    }

    fn verification(settings: &UserPoolType) -> Self {
        let template = settings.verification_message_template.clone().unwrap_or_default();
        // The older members are aliases of the template's (user-pools.md 6.2); whichever was stored counts.
        Self {
            subject: first([template.email_subject, settings.email_verification_subject.clone()], CODE_SUBJECT),
            email: first([template.email_message, settings.email_verification_message.clone()], CODE_TEXT),
            sms: first([template.sms_message, settings.sms_verification_message.clone()], CODE_TEXT),
        }
    }

    fn invitation(settings: &UserPoolType) -> Self {
        let config = settings.admin_create_user_config.as_ref();
        let template = config.and_then(|config| config.invite_message_template.clone()).unwrap_or_default();
        Self {
            subject: first([template.email_subject], INVITE_SUBJECT),
            email: first([template.email_message], INVITE_TEXT),
            sms: first([template.sms_message], INVITE_TEXT),
        }
    }

    /// Puts the values of the occasion in.
    #[must_use]
    pub fn write(&self, contact: Contact, occasion: &Occasion<'_>) -> Written {
        let values = occasion.values();
        match contact {
            Contact::Phone => Written::Sms { text: fill(&self.sms, &values) },
            Contact::Email => {
                let escaped = values.clone().map(|value| Placeholder { value: plain::escape(&value.value), ..value });
                let html = fill(&self.email, &escaped);
                let subject = fill(&self.subject, &values).chars().filter(|c| !c.is_control()).collect();
                Written::Mail { subject, text: plain::from_html(&html), html }
            }
        }
    }
}

impl Occasion<'_> {
    /// `{username}` belongs to invitations only (security-messaging.md 7.3): elsewhere it stays as written.
    fn values(&self) -> [Placeholder; 2] {
        let placeholder = |name, value: &str| Placeholder { name, value: value.to_owned() };
        match self {
            Self::Verification { code } => [placeholder("{####}", code.reveal()), placeholder("", "")],
            Self::Invitation { username, password } => {
                let password = password.map_or("", |password| password.reveal().as_str());
                [placeholder("{####}", password), placeholder("{username}", username)]
            }
        }
    }
}

/// The first text that was given, else the service's own.
fn first<const N: usize>(given: [Option<String>; N], default: &str) -> String {
    given.into_iter().flatten().find(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned())
}

/// What holds for any template and any value (`fuzzing.rs`).
pub(crate) fn fuzz(template: &str, value: &str) {
    let code = Placeholder { name: "{####}", value: value.to_owned() };
    let filled = fill(template, std::slice::from_ref(&code));
    let nothing = fill(template, &[Placeholder { value: String::new(), ..code }]);
    let put_in = template.matches("{####}").count();
    assert_eq!(filled.len(), nothing.len() + put_in * value.len(), "what was put in was looked at again");
    let words = plain::from_html(&filled);
    assert!(words.len() <= filled.len(), "a text grew when its tags went");
    let shown = plain::escape(value);
    assert!(!shown.contains(['<', '>', '"', '\'']), "a name became markup");
    assert_eq!(plain::from_html(&shown), plain::from_html(&plain::escape(&plain::from_html(&shown))));
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use contract::cognito_idp::types::{
        AdminCreateUserConfigType, MessageTemplateType, VerificationMessageTemplateType,
    };
    use kernel::{AccountId, Time, UserPoolId};

    pub(crate) fn pool(settings: UserPoolType) -> Pool {
        Pool {
            id: UserPoolId::parse("eu-west-1_a1B2c3D4e").unwrap(),
            account: AccountId::parse("123456789012").unwrap(),
            name: "people".into(),
            settings,
            mfa: Default::default(),
            created: Time::default(),
            modified: Time::default(),
        }
    }

    fn write(settings: &UserPoolType, contact: Contact, occasion: Occasion<'_>) -> Written {
        Templates::of(&pool(settings.clone()), &occasion).write(contact, &occasion)
    }

    fn inviting(email: &str, subject: &str, sms: &str) -> UserPoolType {
        let text = |text: &str| Some(text.to_owned());
        let template =
            MessageTemplateType { sms_message: text(sms), email_message: text(email), email_subject: text(subject) };
        let config = AdminCreateUserConfigType { invite_message_template: Some(template), ..Default::default() };
        UserPoolType { admin_create_user_config: Some(config), ..UserPoolType::default() }
    }

    fn mail(subject: &str, html: &str, text: &str) -> Written {
        Written::Mail { subject: subject.into(), html: html.into(), text: text.into() }
    }

    #[test]
    fn up_29_the_default_texts_are_the_service_s_own() {
        let code = Secret::from("012345");
        let verify = Occasion::Verification { code: &code };
        let said = "Your verification code is 012345. ";
        assert_eq!(
            write(&UserPoolType::default(), Contact::Email, verify),
            mail("Your verification code", said, said.trim())
        );
        assert_eq!(write(&UserPoolType::default(), Contact::Phone, verify), Written::Sms { text: said.into() });
        let password = Secret::from("Aa1!abcd");
        let invite = Occasion::Invitation { username: "ana", password: Some(&password) };
        let said = "Your username is ana and temporary password is Aa1!abcd. ";
        assert_eq!(
            write(&UserPoolType::default(), Contact::Email, invite),
            mail("Your temporary password", said, said.trim())
        );
        assert_eq!(write(&UserPoolType::default(), Contact::Phone, invite), Written::Sms { text: said.into() });
    }

    #[test]
    fn a_pool_s_own_texts_come_first_and_the_old_members_are_aliases() {
        let code = Secret::from("012345");
        let verify = Occasion::Verification { code: &code };
        let text = |text: &str| Some(text.to_owned());
        let html = "<p>Dein Code: <b>012345</b></p>";
        let own = VerificationMessageTemplateType {
            email_message: text("<p>Dein Code: <b>{####}</b></p>"),
            email_subject: text("Code {####}"),
            sms_message: text("Code {####}"),
            ..Default::default()
        };
        let old = UserPoolType {
            email_verification_message: text("old {####}"),
            email_verification_subject: text("old"),
            sms_verification_message: text("old sms {####}"),
            ..UserPoolType::default()
        };
        let both = UserPoolType { verification_message_template: Some(own), ..old.clone() };
        assert_eq!(write(&both, Contact::Email, verify), mail("Code 012345", html, "Dein Code: 012345"));
        assert_eq!(write(&both, Contact::Phone, verify), Written::Sms { text: "Code 012345".into() });
        assert_eq!(write(&old, Contact::Email, verify), mail("old", "old 012345", "old 012345"));
        assert_eq!(write(&old, Contact::Phone, verify), Written::Sms { text: "old sms 012345".into() });
        let invite = inviting("Hi {username}: {####}", "Hi {username}", "{username} {####}");
        let occasion = Occasion::Invitation { username: "ana", password: None };
        assert_eq!(write(&invite, Contact::Email, occasion), mail("Hi ana", "Hi ana: ", "Hi ana:"));
        assert_eq!(write(&invite, Contact::Phone, occasion), Written::Sms { text: "ana ".into() });
    }

    #[test]
    fn sm_20_values_are_escaped_in_html_and_cannot_break_the_subject() {
        let password = Secret::from("<b>&\"'{username}");
        let username = "<script>alert(1)</script>\r\nBcc: eve@example.com";
        let invite = inviting("<p>{username} {####}</p>", "For {username}\r\nX: 1", "{username} {####}");
        let occasion = Occasion::Invitation { username, password: Some(&password) };
        let Written::Mail { subject, html, text } = write(&invite, Contact::Email, occasion) else { panic!("a mail") };
        assert_eq!(subject, "For <script>alert(1)</script>Bcc: eve@example.comX: 1");
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        // A value that looks like a placeholder is a value.
        assert!(html.contains("&lt;b&gt;&amp;&quot;&#39;{username}</p>"), "{html}");
        assert!(text.ends_with("<b>&\"'{username}"), "{text}");
    }

    #[test]
    fn a_username_has_no_place_in_a_verification_mail() {
        let code = Secret::from("1");
        let sms_verification_message = Some("{username} {####}".to_owned());
        let settings = UserPoolType { sms_verification_message, ..UserPoolType::default() };
        let written = write(&settings, Contact::Phone, Occasion::Verification { code: &code });
        assert_eq!(written, Written::Sms { text: "{username} 1".into() });
    }
}
