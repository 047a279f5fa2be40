//! The accept loop: sockets, TLS, HTTP/1.1 and HTTP/2, time-outs, and a graceful end.
//!
//! `axum::serve` knows no TLS, no header time-out, no connection cap and no bounded drain, so this loop is ours.

mod connection;
mod limits;
mod tls;
mod workers;

pub use limits::Limits;
pub use tls::{CertificateFiles, Tls, TlsError};
pub use workers::Workers;

use crate::metrics::Metrics;
use axum::body::Body;
use connection::Activity;
use http::{Request, Response};
use hyper_util::rt::TokioTimer;
use hyper_util::server::conn::auto::Builder;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use workers::Shared;

/// Who is at the other end of the connection a request came over.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// The socket's other end: the caller, or a proxy.
    pub address: SocketAddr,
    /// The connection is encrypted.
    pub encrypted: bool,
}

/// Whatever answers requests. Cloned per connection, so cheap to clone.
pub trait Answers: Clone + Send + Sync + 'static {
    /// Answers one request; never fails, for failures are answers too.
    fn answer(&self, request: Request<Body>, peer: Peer) -> impl Future<Output = Response<Body>> + Send;
}

/// A bound socket that is not served yet: its address can be told before the first request is answered.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    workers: Option<Arc<Workers>>,
}

impl Listener {
    /// Takes the address.
    ///
    /// # Errors
    /// The operating system's, when the address is taken or not ours.
    pub async fn bind(address: SocketAddr, tls: Option<Arc<Tls>>, limits: Limits) -> std::io::Result<Self> {
        Ok(Self { socket: TcpListener::bind(address).await?, tls, limits, workers: None })
    }

    /// Gives each connection to one of these threads, instead of to the runtime that all share.
    #[must_use]
    pub fn served_by(mut self, workers: Arc<Workers>) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Where it listens; the port is the real one when 0 was asked for.
    ///
    /// # Errors
    /// The operating system's.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `stop`, then lets requests under way finish within the drain time-out.
    pub async fn serve(self, answers: impl Answers, metrics: Arc<Metrics>, stop: CancellationToken) {
        let slots = Arc::new(Semaphore::new(self.limits.connections_max));
        let builder = Arc::new(self.builder());
        let under_way = TaskTracker::new();
        loop {
            // A slot is taken before the socket is accepted: beyond the cap newcomers wait in the kernel's queue.
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = accept(&self.socket, &slots) => accepted,
            };
            let Some((socket, address, slot)) = accepted else { continue };
            let serving = Serving {
                builder: builder.clone(),
                tls: self.tls.clone(),
                limits: self.limits,
                answers: answers.clone(),
                stop: stop.clone(),
                metrics: metrics.clone(),
            };
            match self.workers.as_ref().and_then(|workers| workers.seat()) {
                None => under_way.spawn(async move {
                    serving.connection(socket, address).await;
                    drop(slot);
                }),
                Some((worker, seat)) => {
                    let socket = socket.into_std();
                    let connection = async move {
                        // From here on it is this thread's runtime that waits for the socket.
                        if let Ok(socket) = socket.and_then(TcpStream::from_std) {
                            serving.connection(socket, address).await;
                        }
                        drop((seat, slot));
                    };
                    under_way.spawn_on(connection, &worker)
                }
            };
        }
        drop(self.socket);
        under_way.close();
        // Each connection bounds its own end; the second added here only keeps a lost task from holding the process.
        let bound = self.limits.drain_timeout + std::time::Duration::from_secs(1);
        if tokio::time::timeout(bound, under_way.wait()).await.is_err() {
            tracing::warn!(connections = under_way.len(), "connections were cut at the end of the drain time-out");
        }
    }

    fn builder(&self) -> Builder<Shared> {
        let limits = &self.limits;
        let mut builder = Builder::new(Shared(Handle::current()));
        builder
            .http1()
            .timer(TokioTimer::new())
            // hyper counts the wait for the next request on a kept connection as reading its header.
            .header_read_timeout(limits.idle_timeout)
            .max_buf_size(limits.header_bytes_max * 2);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams_max)
            .max_header_list_size(u32::try_from(limits.header_bytes_max).unwrap_or(u32::MAX))
            // CVE-2023-44487: streams opened and reset faster than they are taken up end the connection.
            .max_pending_accept_reset_streams(limits.reset_streams_max)
            .max_local_error_reset_streams(limits.reset_streams_max)
            .keep_alive_interval(limits.idle_timeout)
            .keep_alive_timeout(limits.handshake_timeout);
        builder
    }
}

async fn accept(
    socket: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let slot = slots.clone().acquire_owned().await.ok()?;
    match socket.accept().await {
        Ok((stream, address)) => Some((stream, address, slot)),
        Err(error) => {
            // Out of file descriptors, or the caller was gone already: neither is a reason to stop serving the rest.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            None
        }
    }
}

struct Serving<A> {
    builder: Arc<Builder<Shared>>,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    answers: A,
    stop: CancellationToken,
    metrics: Arc<Metrics>,
}

impl<A: Answers> Serving<A> {
    async fn connection(self, socket: TcpStream, address: SocketAddr) {
        // Answers are small and written whole: waiting for more to send only adds latency.
        let _ = socket.set_nodelay(true);
        let activity = Arc::new(Activity::new());
        self.metrics.connections.inc();
        match &self.tls {
            None => connection::drive(&self, socket, Peer { address, encrypted: false }, activity).await,
            Some(tls) => {
                let handshake = tls.acceptor().accept(socket);
                if let Ok(Ok(stream)) = tokio::time::timeout(self.limits.handshake_timeout, handshake).await {
                    connection::drive(&self, stream, Peer { address, encrypted: true }, activity).await;
                }
            }
        }
        self.metrics.connections.dec();
    }
}
