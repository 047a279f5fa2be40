//! Opens one line to the relay: connect, protect, greet, sign in.
//!
//! The socket is ours: lettre writes a mail and its final dot one after the other, and on a socket that gathers small
//! writes (Nagle) the dot waits until the relay has acknowledged the mail, 40 ms as a rule, and a caller with it.

use super::encrypted::Encrypted;
use super::settings::{Security, SettingsError, SmtpSettings};
use crate::trust;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rustls_pki_types::ServerName;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// RFC 4616 and the older LOGIN; both only ever run inside TLS or on loopback.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

pub(super) struct Dialer {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    hello_name: ClientId,
}

enum Protection {
    None,
    StartTls(TlsParameters),
    Implicit(TlsConnector, ServerName<'static>),
}

impl Dialer {
    pub(super) fn new(settings: SmtpSettings) -> Result<Self, SettingsError> {
        let protection = match settings.security {
            Security::None if settings.is_loopback() => Protection::None,
            Security::None => return Err(SettingsError::PlaintextBeyondLoopback(settings.host)),
            Security::StartTls => Protection::StartTls(tls_parameters(&settings)?),
            Security::Implicit => {
                let config = trust::client_config(settings.ca_pem.as_deref()).map_err(SettingsError::Tls)?;
                let name = ServerName::try_from(bare(&settings.host).to_owned());
                let name = name.map_err(|error| SettingsError::Tls(error.to_string()))?;
                Protection::Implicit(TlsConnector::from(Arc::new(config)), name)
            }
        };
        let credentials = settings.credentials.map(|(user, password)| Credentials::new(user, password.expose()));
        Ok(Self {
            host: settings.host,
            port: settings.port,
            protection,
            credentials,
            hello_name: ClientId::Domain(settings.hello_name),
        })
    }

    /// The caller bounds it in time.
    pub(super) async fn dial(&self) -> Result<AsyncSmtpConnection, Box<dyn Error + Send + Sync>> {
        let socket = self.connect().await?;
        let hello = &self.hello_name;
        let stream: Box<dyn AsyncTokioStream> = match &self.protection {
            Protection::Implicit(tls, name) => Box::new(Encrypted(tls.connect(name.clone(), socket).await?)),
            Protection::None | Protection::StartTls(_) => Box::new(socket),
        };
        let mut line = AsyncSmtpConnection::connect_with_transport(stream, hello).await?;
        if let Protection::StartTls(tls) = &self.protection {
            // Fails when the relay does not offer it: no mail and no password goes out in clear (RFC 3207 6).
            line.starttls(tls.clone(), hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            line.auth(MECHANISMS, credentials).await?;
        }
        Ok(line)
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        let socket = TcpStream::connect((bare(&self.host), self.port)).await?;
        socket.set_nodelay(true)?;
        Ok(socket)
    }
}

/// An address of IPv6 without the brackets that set it off from its port.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn the_end_of_a_mail_waits_for_no_acknowledgement() {
        let relay = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = SmtpSettings::new("127.0.0.1", relay.local_addr().unwrap().port(), Security::None);
        let dialer = Dialer::new(settings).unwrap();
        assert!(dialer.connect().await.unwrap().nodelay().unwrap());
    }
}
