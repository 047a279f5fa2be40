//! A small real HTTP server on loopback that takes messages as a gateway does, and answers as the test says.

use super::smtp_server::certificate;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// `POST /path HTTP/1.1`.
    pub line: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Posted {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug)]
struct House {
    /// What is said to a request, whole; silence when empty.
    answer: Mutex<String>,
    posted: Mutex<Vec<Posted>>,
    connections: Mutex<usize>,
}

/// The gateway. Stops when dropped.
pub struct SmsGateway {
    house: Arc<House>,
    address: SocketAddr,
    ca_pem: Option<String>,
    accepting: JoinHandle<()>,
}

impl SmsGateway {
    /// A gateway that takes everything, in clear.
    pub async fn start() -> Self {
        Self::begin(None).await
    }

    /// The same by TLS, certified for `localhost`.
    pub async fn start_tls() -> Self {
        Self::begin(Some(certificate())).await
    }

    async fn begin(tls: Option<(TlsAcceptor, String)>) -> Self {
        let (acceptor, ca_pem) = tls.unzip();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let house = House {
            answer: Mutex::new("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}".to_owned()),
            posted: Mutex::default(),
            connections: Mutex::default(),
        };
        let house = Arc::new(house);
        let accepting = tokio::spawn(accept(listener, acceptor, house.clone()));
        Self { house, address, ca_pem, accepting }
    }

    /// Port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Where messages are posted to, by name.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.ca_pem.is_some() { "https" } else { "http" };
        format!("{scheme}://localhost:{}/v1/messages?app=7", self.port())
    }

    /// The certificate to trust, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Answers with this status from now on.
    pub fn answer_status(&self, status: u16) {
        self.answer_bytes(&format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\n\r\n"));
    }

    /// Answers with these bytes from now on; with none, it takes the request and says nothing.
    pub fn answer_bytes(&self, bytes: &str) {
        bytes.clone_into(&mut self.house.answer.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was posted so far.
    #[must_use]
    pub fn posted(&self) -> Vec<Posted> {
        self.house.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many connections were opened so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        *self.house.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SmsGateway {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, house: Arc<House>) {
    let mut guests = JoinSet::new(); // dropped with this task, and the open lines with it
    while let Ok((stream, _)) = listener.accept().await {
        *house.connections.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let (house, acceptor) = (house.clone(), acceptor.clone());
        guests.spawn(async move {
            match acceptor {
                None => serve(stream, &house).await,
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => serve(stream, &house).await,
                    Err(_) => None, // a guest who does not trust us hangs up
                },
            }
        });
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, house: &House) -> Option<()> {
    let posted = read(&mut stream).await?;
    let answer = {
        house.posted.lock().unwrap_or_else(PoisonError::into_inner).push(posted);
        house.answer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    };
    if answer.is_empty() {
        std::future::pending::<()>().await;
    }
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Posted> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes.get(..head_end)?.to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let line = lines.next()?.to_owned();
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let mut posted = Posted { line, headers: lines.filter_map(pair).collect(), body: String::new() };
    let length: usize = posted.header("content-length").unwrap_or("0").parse().ok()?;
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    posted.body = String::from_utf8(bytes.split_off(head_end + 4)).ok()?;
    Some(posted)
}
