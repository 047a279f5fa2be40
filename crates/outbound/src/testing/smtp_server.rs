//! A small real SMTP server on loopback that a test can make refuse, stay silent, go down and come back.

use super::mailbox::Received;
use super::smtp_session::Session;
use crate::Security;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// How the server treats its guests. Replies are whole SMTP lines without the line end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manners {
    /// Said instead of the greeting, `554 no service`.
    pub greeting: Option<String>,
    /// Reply to RCPT TO, `550 5.1.1 unknown`.
    pub recipient: Option<String>,
    /// Reply to the finished message, `554 spam`.
    pub message: Option<String>,
    /// Never greets.
    pub silent: bool,
    /// Takes the message and hangs up instead of saying so.
    pub mute_after_message: bool,
}

#[derive(Debug)]
pub(super) struct House {
    pub(super) manners: Mutex<Manners>,
    pub(super) credentials: Option<(String, String)>,
    pub(super) security: Security,
    pub(super) received: watch::Sender<Vec<Received>>,
    pub(super) connections: watch::Sender<usize>,
}

/// The server. Stops when dropped.
pub struct SmtpServer {
    house: Arc<House>,
    acceptor: Option<TlsAcceptor>,
    ca_pem: String,
    address: SocketAddr,
    accepting: Mutex<Option<JoinHandle<()>>>,
}

impl SmtpServer {
    /// A server that takes everything, in clear.
    pub async fn start() -> Self {
        Self::start_with(Security::None, None).await
    }

    /// A server with TLS as `security` says, certified for `localhost`, and with a user when `credentials` are given.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start_with(security: Security, credentials: Option<(&str, &str)>) -> Self {
        let (acceptor, ca_pem) = match security {
            Security::None => (None, String::new()),
            Security::StartTls | Security::Implicit => {
                let (acceptor, pem) = certificate("localhost");
                (Some(acceptor), pem)
            }
        };
        let house = House {
            manners: Mutex::default(),
            credentials: credentials.map(|(user, password)| (user.to_owned(), password.to_owned())),
            security,
            received: watch::Sender::new(Vec::new()),
            connections: watch::Sender::new(0),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let server = Self { house: Arc::new(house), acceptor, ca_pem, address, accepting: Mutex::default() };
        server.accept_from(listener);
        server
    }

    /// Port on loopback; stays the same over [`SmtpServer::go_down`] and [`SmtpServer::come_back`].
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The certificate to trust, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Changes manners for what comes from now on.
    pub fn set_manners(&self, manners: Manners) {
        *self.house.manners.lock().unwrap_or_else(PoisonError::into_inner) = manners;
    }

    /// Closes the door and every open line.
    pub async fn go_down(&self) {
        let accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = accepting {
            task.abort();
            let _ = task.await; // ends with "cancelled", which is what was asked
        }
    }

    /// Opens the door again, on the same port.
    ///
    /// # Panics
    /// When somebody took the port meanwhile.
    pub async fn come_back(&self) {
        let listener = TcpListener::bind(self.address).await.expect("the port is still free");
        self.accept_from(listener);
    }

    /// What was taken so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.house.received.borrow().clone()
    }

    /// How many lines were opened so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        *self.house.connections.borrow()
    }

    /// Waits until `count` messages were taken.
    ///
    /// # Panics
    /// After ten seconds.
    pub async fn wait_received(&self, count: usize) -> Vec<Received> {
        let mut seen = self.house.received.subscribe();
        let enough = seen.wait_for(|mails| mails.len() >= count);
        tokio::time::timeout(Duration::from_secs(10), enough).await.expect("mail in time").expect("alive").clone()
    }

    fn accept_from(&self, listener: TcpListener) {
        let (house, acceptor) = (Arc::clone(&self.house), self.acceptor.clone());
        let task = tokio::spawn(async move {
            let mut sessions = JoinSet::new(); // dropped with this task, and the open lines with it
            while let Ok((stream, _)) = listener.accept().await {
                house.connections.send_modify(|count| *count += 1);
                let (house, acceptor) = (Arc::clone(&house), acceptor.clone());
                // A guest who hangs up is no failure of the server.
                sessions.spawn(async move { drop(Session::new(house, acceptor).run(stream).await) });
            }
        });
        *self.accepting.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        if let Some(task) = self.accepting.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

pub(super) fn certificate(host: &str) -> (TlsAcceptor, String) {
    let made = rcgen::generate_simple_self_signed(vec![host.to_owned()]).expect("a certificate for a host");
    let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a PKCS#8 key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3 are there")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("key and certificate belong together");
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem())
}
