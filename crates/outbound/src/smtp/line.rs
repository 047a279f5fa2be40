//! Opens one line to the relay: connect, protect, greet, sign in.

use super::settings::{Security, SettingsError, SmtpSettings};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use std::fmt;
use std::time::Duration;

/// RFC 4616 and the older LOGIN; both only ever run inside TLS or on loopback.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

pub(super) struct Dialer {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    hello_name: ClientId,
    connect_timeout: Duration,
}

enum Protection {
    None,
    StartTls(TlsParameters),
    Implicit(TlsParameters),
}

impl Dialer {
    pub(super) fn new(settings: SmtpSettings) -> Result<Self, SettingsError> {
        let protection = match settings.security {
            Security::None if settings.is_loopback() => Protection::None,
            Security::None => return Err(SettingsError::PlaintextBeyondLoopback(settings.host)),
            Security::StartTls => Protection::StartTls(tls_parameters(&settings)?),
            Security::Implicit => Protection::Implicit(tls_parameters(&settings)?),
        };
        let credentials = settings.credentials.map(|(user, password)| Credentials::new(user, password.expose()));
        Ok(Self {
            host: settings.host,
            port: settings.port,
            protection,
            credentials,
            hello_name: ClientId::Domain(settings.hello_name),
            connect_timeout: settings.connect_timeout,
        })
    }

    pub(super) async fn dial(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let wrapper = match &self.protection {
            Protection::Implicit(tls) => Some(tls.clone()),
            Protection::None | Protection::StartTls(_) => None,
        };
        let address = (self.host.as_str(), self.port);
        let hello = &self.hello_name;
        let mut line =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.connect_timeout), hello, wrapper, None).await?;
        if let Protection::StartTls(tls) = &self.protection {
            // Fails when the relay does not offer it: no mail and no password goes out in clear (RFC 3207 6).
            line.starttls(tls.clone(), hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            line.auth(MECHANISMS, credentials).await?;
        }
        Ok(line)
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, SettingsError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.ca_pem {
        let certificate = Certificate::from_pem(pem).map_err(|error| SettingsError::Tls(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| SettingsError::Tls(error.to_string()))
}
