//! A small real HTTP server on loopback for tests: it answers each path as the test says, and remembers who asked.

use super::smtp_server::certificate;
use crate::{FetchRules, Resolve};
use kernel::BoxFuture;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// What servers of this machine are called, unless they take somebody's place.
const HERE: &str = "localhost";

/// The certificate for `localhost` of all web servers of this process, so that who trusts it can be set up before they are.
static CERTIFICATE: LazyLock<(TlsAcceptor, String)> = LazyLock::new(|| certificate(HERE));

/// Rules under which every web server of this process is reached, whenever it is started.
#[must_use]
pub fn loopback_rules() -> FetchRules {
    trusting(&CERTIFICATE.1)
}

fn trusting(ca_pem: &str) -> FetchRules {
    FetchRules {
        allowed: ["127.0.0.0/8", "::1/128"].map(|network| network.parse().expect("a network")).to_vec(),
        ca_pem: Some(ca_pem.as_bytes().to_vec()),
        ..FetchRules::documents()
    }
}

/// A world outside with one house in it: whatever port is asked for, the name leads to this server.
#[derive(Debug)]
struct Alone {
    host: String,
    address: SocketAddr,
}

impl Resolve for Alone {
    fn resolve<'a>(&'a self, host: &'a str, _: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        let found = if host == self.host { Ok(vec![self.address]) } else { Err(io::Error::other("nobody is there")) };
        Box::pin(async move { found })
    }
}

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
    /// The path that was asked for, with its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Default)]
struct House {
    /// What is said to a request, whole, by path; silence where it is empty.
    answers: Mutex<HashMap<String, String>>,
    /// What is said on every other path.
    otherwise: Mutex<String>,
    posted: Mutex<Vec<Posted>>,
    connections: Mutex<usize>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The server. Stops when dropped.
pub struct WebServer {
    house: Arc<House>,
    address: SocketAddr,
    ca_pem: Option<String>,
    host: String,
    accepting: JoinHandle<()>,
}

impl WebServer {
    /// A server in clear; it knows no path yet.
    pub async fn start() -> Self {
        Self::begin("127.0.0.1:0", None, HERE).await
    }

    /// The same by TLS, certified for `localhost`.
    pub async fn start_tls() -> Self {
        Self::begin("127.0.0.1:0", Some(CERTIFICATE.clone()), HERE).await
    }

    /// A server in clear at another address of this machine.
    pub async fn start_at(address: &str) -> Self {
        Self::begin(address, None, HERE).await
    }

    /// A server by TLS in the place of one that has its name from the world, as `accounts.google.com`. Only who fetches by
    /// [`WebServer::rules`] is led here and believes it.
    pub async fn start_in_place_of(host: &str) -> Self {
        Self::begin("127.0.0.1:0", Some(certificate(host)), host).await
    }

    async fn begin(address: &str, tls: Option<(TlsAcceptor, String)>, host: &str) -> Self {
        let (acceptor, ca_pem) = tls.unzip();
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let house = Arc::new(House::default());
        let accepting = tokio::spawn(accept(listener, acceptor, house.clone()));
        let server = Self { house, address, ca_pem, host: host.to_owned(), accepting };
        server.answer_otherwise("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
        server
    }

    /// Port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Where it is, by name and without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        if self.host != HERE {
            return format!("https://{}", self.host);
        }
        let scheme = if self.ca_pem.is_some() { "https" } else { "http" };
        format!("{scheme}://{HERE}:{}", self.port())
    }

    /// Rules under which it is reached, by the name it goes by.
    #[must_use]
    pub fn rules(&self) -> FetchRules {
        match &self.ca_pem {
            Some(ca_pem) if self.host != HERE => {
                let alone = Alone { host: self.host.clone(), address: self.address };
                FetchRules { resolver: Arc::new(alone), ..trusting(ca_pem) }
            }
            _ => loopback_rules(),
        }
    }

    /// The certificate to trust, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Publishes a JSON document at this path.
    pub fn publish(&self, path: &str, json: &str) {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
        self.answer_bytes(path, &format!("{head}: {}\r\n\r\n{json}", json.len()));
    }

    /// Sends whoever asks for this path elsewhere.
    pub fn redirect(&self, path: &str, location: &str) {
        let head = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation";
        self.answer_bytes(path, &format!("{head}: {location}\r\n\r\n"));
    }

    /// Answers this path with these bytes from now on; with none, it takes the request and says nothing.
    pub fn answer_bytes(&self, path: &str, bytes: &str) {
        lock(&self.house.answers).insert(path.to_owned(), bytes.to_owned());
    }

    /// Answers every path that nothing else was said about.
    pub fn answer_otherwise(&self, bytes: &str) {
        bytes.clone_into(&mut lock(&self.house.otherwise));
    }

    /// What was asked so far.
    #[must_use]
    pub fn posted(&self) -> Vec<Posted> {
        lock(&self.house.posted).clone()
    }

    /// How often a path was asked for.
    #[must_use]
    pub fn asked(&self, path: &str) -> usize {
        lock(&self.house.posted).iter().filter(|posted| posted.path() == path).count()
    }

    /// How many connections were opened so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        *lock(&self.house.connections)
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, house: Arc<House>) {
    let mut guests = JoinSet::new(); // dropped with this task, and the open lines with it
    while let Ok((stream, _)) = listener.accept().await {
        *lock(&house.connections) += 1;
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
    let told = lock(&house.answers).get(posted.path()).cloned();
    let answer = told.unwrap_or_else(|| lock(&house.otherwise).clone());
    lock(&house.posted).push(posted);
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
