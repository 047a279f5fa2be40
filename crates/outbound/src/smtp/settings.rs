//! Where the relay is and how to speak to it.

use kernel::Secret;
use std::net::IpAddr;
use std::time::Duration;

/// How the conversation with the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// In clear; only for a relay on this machine.
    None,
    /// STARTTLS (RFC 3207), and nothing without it.
    StartTls,
    /// TLS from the first byte (RFC 8314), usually port 465.
    Implicit,
}

/// Settings of the one relay mail goes through.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Host name, also the name its certificate must carry.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection of the line.
    pub security: Security,
    /// User name and password, where the relay wants them.
    pub credentials: Option<(String, Secret<String>)>,
    /// Name given in EHLO.
    pub hello_name: String,
    /// A certificate authority in PEM to trust beside the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// How many mails travel at once.
    pub connections_max: usize,
    /// Bound on connecting, greeting and signing in.
    pub connect_timeout: Duration,
    /// Bound on handing over one mail.
    pub send_timeout: Duration,
    /// How long a line is kept; stay below the relay's own bound (RFC 5321 4.5.3.2.7 asks for 5 minutes).
    pub idle_max: Duration,
}

impl SmtpSettings {
    /// Settings for `host:port` with the usual bounds.
    #[must_use]
    pub fn new(host: &str, port: u16, security: Security) -> Self {
        Self {
            host: host.to_owned(),
            port,
            security,
            credentials: None,
            hello_name: "localhost".to_owned(),
            ca_pem: None,
            connections_max: 4,
            connect_timeout: Duration::from_secs(10),
            send_timeout: Duration::from_secs(30),
            idle_max: Duration::from_secs(60),
        }
    }

    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// Settings that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Codes and passwords would cross a network in clear.
    #[error("mail relay {0} is not on this machine: set its security to starttls or implicit")]
    PlaintextBeyondLoopback(String),
    /// The certificate authority or the host name is not usable for TLS.
    #[error("TLS towards the mail relay: {0}")]
    Tls(String),
}
