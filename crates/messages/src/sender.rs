//! From whom a mail comes (security-messaging.md 7.1).

use contract::cognito_idp::types::{EmailConfigurationType, EmailSendingAccountType};
use model::Pool;

/// The sender Cognito itself uses; deployments replace it by one they may send from.
pub const DEFAULT_FROM: &str = "no-reply@verificationemail.com";

/// Sender, reply address and configuration set of a pool's mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// An address or `Name <address>`.
    pub from: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Name of the configuration set at the relay.
    pub configuration_set: Option<String>,
}

impl Sender {
    /// The sender of a pool's mails; `default_from` is the deployment's.
    ///
    /// With COGNITO_DEFAULT the deployment writes, unless a SourceArn says which address; `From` and
    /// `ConfigurationSet` speak of the pool's own SES identity, so without one they have nothing to act on.
    #[must_use]
    pub fn of(pool: &Pool, default_from: &str) -> Self {
        let Some(config) = &pool.settings.email_configuration else {
            return Self { from: default_from.to_owned(), reply_to: None, configuration_set: None };
        };
        let developer = config.email_sending_account == Some(EmailSendingAccountType::Developer);
        let own = developer || config.source_arn.is_some();
        let from = if own { config.from.clone().or_else(|| identity(config)) } else { None };
        Self {
            from: from.unwrap_or_else(|| default_from.to_owned()),
            reply_to: config.reply_to_email_address.clone(),
            configuration_set: config.configuration_set.clone().filter(|_| developer),
        }
    }

    /// The domain of the sender's address: message ids are named in it.
    #[must_use]
    pub fn domain(&self) -> &str {
        let address = self.from.rsplit_once('<').map_or(self.from.as_str(), |(_, rest)| rest.trim_end_matches('>'));
        address.rsplit_once('@').map_or("localhost", |(_, domain)| domain.trim())
    }
}

/// The address of `arn:aws:ses:{region}:{account}:identity/{address or domain}`.
fn identity(config: &EmailConfigurationType) -> Option<String> {
    let (_, identity) = config.source_arn.as_deref()?.split_once(":identity/")?;
    Some(if identity.contains('@') { identity.to_owned() } else { format!("no-reply@{identity}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::tests::pool;
    use contract::cognito_idp::types::UserPoolType;

    fn sender(config: EmailConfigurationType) -> Sender {
        Sender::of(&pool(UserPoolType { email_configuration: Some(config), ..UserPoolType::default() }), DEFAULT_FROM)
    }

    fn config(account: EmailSendingAccountType, identity: Option<&str>) -> EmailConfigurationType {
        let arn = |identity| format!("arn:aws:ses:eu-west-1:123456789012:identity/{identity}");
        let source_arn = identity.map(arn);
        EmailConfigurationType { email_sending_account: Some(account), source_arn, ..Default::default() }
    }

    #[test]
    fn sm_19_cognito_default_writes_as_the_deployment_unless_a_source_arn_names_an_address() {
        let plain = Sender::of(&pool(UserPoolType::default()), DEFAULT_FROM);
        assert_eq!((plain.from.as_str(), plain.domain()), (DEFAULT_FROM, "verificationemail.com"));
        let given = EmailConfigurationType {
            reply_to_email_address: Some("help@example.com".into()),
            from: Some("eve@evil.example".into()),
            configuration_set: Some("set".into()),
            ..config(EmailSendingAccountType::CognitoDefault, None)
        };
        let expected =
            Sender { from: DEFAULT_FROM.into(), reply_to: Some("help@example.com".into()), configuration_set: None };
        assert_eq!(sender(given), expected);
        let own = config(EmailSendingAccountType::CognitoDefault, Some("shop@example.com"));
        assert_eq!(sender(own).from, "shop@example.com");
    }

    #[test]
    fn sm_19_developer_writes_as_from_then_as_its_identity() {
        let developer = |identity| config(EmailSendingAccountType::Developer, identity);
        let full = sender(EmailConfigurationType {
            from: Some("The Shop <orders@example.com>".into()),
            configuration_set: Some("set-1".into()),
            ..developer(Some("shop@example.com"))
        });
        assert_eq!((full.from.as_str(), full.domain()), ("The Shop <orders@example.com>", "example.com"));
        assert_eq!(full.configuration_set.as_deref(), Some("set-1"));
        assert_eq!(sender(developer(Some("shop@example.com"))).from, "shop@example.com");
        assert_eq!(sender(developer(Some("example.com"))).from, "no-reply@example.com");
        assert_eq!(sender(developer(None)).from, DEFAULT_FROM);
    }
}
