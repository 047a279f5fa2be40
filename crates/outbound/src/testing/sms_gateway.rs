//! A small real HTTP server on loopback that takes messages as a gateway does, and answers as the test says.

use super::web_server::{Posted, WebServer};

/// The gateway. Stops when dropped.
pub struct SmsGateway(WebServer);

impl SmsGateway {
    /// A gateway that takes everything, in clear.
    pub async fn start() -> Self {
        Self::taking(WebServer::start().await)
    }

    /// The same by TLS, certified for `localhost`.
    pub async fn start_tls() -> Self {
        Self::taking(WebServer::start_tls().await)
    }

    fn taking(server: WebServer) -> Self {
        let gateway = Self(server);
        gateway.answer_bytes("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}");
        gateway
    }

    /// Port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// Where messages are posted to, by name.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/v1/messages?app=7", self.0.origin())
    }

    /// The certificate to trust, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.0.ca_pem()
    }

    /// Answers with this status from now on.
    pub fn answer_status(&self, status: u16) {
        self.answer_bytes(&format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\n\r\n"));
    }

    /// Answers with these bytes from now on; with none, it takes the request and says nothing.
    pub fn answer_bytes(&self, bytes: &str) {
        self.0.answer_otherwise(bytes);
    }

    /// What was posted so far.
    #[must_use]
    pub fn posted(&self) -> Vec<Posted> {
        self.0.posted()
    }

    /// How many connections were opened so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.0.connections()
    }
}
