//! One connection from its first byte to its last, and the watch that ends it when nothing happens on it.

use super::{Answers, Peer, Serving};
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kernel::Stopwatch;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// Time an idle connection gets to say goodbye (HTTP/2 GOAWAY, TLS close) before it is cut.
const GOODBYE: Duration = Duration::from_secs(2);

/// Serves a connection until its peer leaves, it idles too long, or the server stops.
pub(super) async fn drive<A: Answers, S>(serving: &Serving<A>, stream: S, peer: Peer, activity: Arc<Activity>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // Counted apart: one count for the whole server would travel from core to core with every request.
    let answers = Arc::new(serving.answers.clone());
    let service = service_fn(|request: Request<Incoming>| {
        let answers = answers.clone();
        let busy = activity.begin();
        async move {
            let response = answers.answer(request.map(Body::new), peer).await;
            drop(busy);
            Ok::<_, Infallible>(response)
        }
    });
    let mut connection = std::pin::pin!(serving.builder.serve_connection(TokioIo::new(stream), service));
    let grace = tokio::select! {
        // How a connection ended is its peer's business; what was refused is counted where it was refused.
        _ = connection.as_mut() => return,
        () = activity.idle_for(serving.limits.idle_timeout) => GOODBYE,
        () = serving.stop.cancelled() => serving.limits.drain_timeout,
    };
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(grace, connection).await;
}

/// What happens on a connection: requests under way, and when the last one ended.
#[derive(Debug)]
pub(super) struct Activity {
    since: Stopwatch,
    busy: AtomicUsize,
    last_millis: AtomicU64,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self { since: Stopwatch::start(), busy: AtomicUsize::new(0), last_millis: AtomicU64::new(0) }
    }

    fn begin(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns once nothing has been under way for `limit`. An answer that is read too slowly counts as nothing.
    async fn idle_for(&self, limit: Duration) {
        let mut left = limit;
        loop {
            tokio::time::sleep(left).await;
            if self.busy.load(Ordering::Relaxed) > 0 {
                left = limit;
                continue;
            }
            let idle = Duration::from_millis(self.millis().saturating_sub(self.last_millis.load(Ordering::Relaxed)));
            match limit.checked_sub(idle) {
                None | Some(Duration::ZERO) => return,
                Some(rest) => left = rest,
            }
        }
    }
}

/// A request under way; ends with its answer or when the peer leaves.
struct Busy(Arc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.last_millis.store(self.0.millis(), Ordering::Relaxed);
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}
