//! The frame around every request: its id, its bounds, a net for panics, its one log line.

use crate::answer;
use crate::listener::{Answers, Limits, Peer};
use crate::loopback::LoopbackOnly;
use crate::memory::{Budget, Share};
use crate::metrics::Metrics;
use crate::proxies::TrustedProxies;
use crate::told::Told;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use contract::{ErrorMeta, Fault};
use futures_util::FutureExt;
use http::{HeaderValue, Method, Request, Response, header};
use hyper::body::Body as _;
use kernel::{BoxFuture, Entropy, EntropyExt, Stopwatch};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tower::ServiceExt;

/// What the frame found out about a request; an extension of it.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The id that is answered and logged.
    pub request_id: uuid::Uuid,
    /// The caller's address, behind trusted proxies too.
    pub source: IpAddr,
    /// The host the caller asked for, port included.
    pub host: Option<String>,
    /// Where the request's other end is.
    pub peer: Peer,
    /// Whether the caller's connection is encrypted, behind trusted proxies too.
    pub secure: bool,
    /// What its body holds of the memory for bodies.
    pub(crate) memory: Arc<Share>,
}

/// Somebody who is asked all day, and past the router: for every request it clones the route with all it holds, which
/// both cores then write to, and boxes each of its steps.
pub trait Straight: Send + Sync + fmt::Debug {
    /// The answer to come; or the request as it was, when it is for somebody else.
    fn take<'a>(
        &'a self,
        request: Request<Body>,
        asking: &'a Asking,
    ) -> ControlFlow<BoxFuture<'a, Response<Body>>, Request<Body>>;
}

/// Everything of the frame that stays the same between requests.
#[derive(Debug)]
pub struct Front {
    straight: Vec<Arc<dyn Straight>>,
    router: Router,
    entropy: Arc<dyn Entropy>,
    metrics: Arc<Metrics>,
    proxies: TrustedProxies,
    limits: Limits,
    loopback: Option<LoopbackOnly>,
    budget: Arc<Budget>,
}

/// No route: the AWS services' own word for it, with the status every other client understands.
static NOWHERE: ErrorMeta =
    ErrorMeta { name: "UnknownOperationException", code: "UnknownOperationException", status: 404, server: false };

async fn nowhere() -> Response<Body> {
    answer::fault(&Fault::new(&NOWHERE, ""), Told::default())
}

static HEADERS_TOO_LARGE: ErrorMeta = ErrorMeta {
    name: "RequestHeaderFieldsTooLargeException",
    code: "RequestHeaderFieldsTooLargeException",
    status: 431,
    server: false,
};

impl Front {
    /// A frame around `router`.
    #[must_use]
    pub fn new(
        router: Router,
        entropy: Arc<dyn Entropy>,
        metrics: Arc<Metrics>,
        proxies: TrustedProxies,
        limits: Limits,
    ) -> Self {
        let router = router.fallback(nowhere).method_not_allowed_fallback(nowhere);
        let budget = Budget::new(limits.body_bytes_total);
        Self { straight: Vec::new(), router, entropy, metrics, proxies, limits, loopback: None, budget }
    }

    /// Shares the memory for bodies with the other listeners of the server.
    #[must_use]
    pub fn sharing(mut self, budget: Arc<Budget>) -> Self {
        self.budget = budget;
        self
    }

    /// Asks these before the router.
    #[must_use]
    pub fn straight_to(mut self, straight: impl IntoIterator<Item = Arc<dyn Straight>>) -> Self {
        self.straight.extend(straight);
        self
    }

    /// Refuses what a foreign web page could make a developer's browser send (DESIGN 5).
    #[must_use]
    pub fn loopback_only(mut self) -> Self {
        self.loopback = Some(LoopbackOnly);
        self
    }

    async fn routed(&self, request: Request<Body>, peer: Peer, request_id: uuid::Uuid) -> Response<Body> {
        if let Err(refusal) = self.admit(&request) {
            return answer::fault(&refusal, Told::default());
        }
        let headers = request.headers();
        // HTTP/2 carries the host as :authority, which hyper keeps in the URI.
        let named = self.proxies.host(peer.address.ip(), headers).map(str::to_owned);
        let host = named.or_else(|| request.uri().authority().map(ToString::to_string));
        if let Some(guard) = &self.loopback
            && let Err(refusal) = guard.admit(host.as_deref(), headers, request.uri())
        {
            return answer::fault(&refusal, Told::default());
        }
        let source = self.proxies.source(peer.address.ip(), headers);
        let secure = self.proxies.secure(peer.address.ip(), peer.encrypted, headers);
        let memory = if request.body().is_end_stream() { Share::nothing() } else { self.budget.share() };
        let asking = Asking { request_id, source, host, peer, secure, memory };
        match AssertUnwindSafe(self.led(request, asking)).catch_unwind().await {
            Ok(response) => response,
            Err(_panic) => {
                // The panic hook has said where; what it carried may hold a caller's data and is not repeated.
                self.metrics.panics.inc();
                let fault = Fault::new(&contract::fault::common::INTERNAL_FAILURE, answer::INTERNAL);
                answer::fault(&fault, Told { cause: Some("panic".to_owned()), ..Told::default() })
            }
        }
    }

    /// To whoever answers it.
    async fn led(&self, mut request: Request<Body>, asking: Asking) -> Response<Body> {
        for straight in &self.straight {
            request = match straight.take(request, &asking) {
                ControlFlow::Break(answer) => return answer.await,
                ControlFlow::Continue(request) => request,
            };
        }
        request.extensions_mut().insert(asking);
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    fn admit(&self, request: &Request<Body>) -> Result<(), Fault> {
        let headers = request.headers();
        let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if headers.len() > self.limits.header_count_max || bytes > self.limits.header_bytes_max {
            return Err(Fault::new(&HEADERS_TOO_LARGE, "The request's header is too large."));
        }
        Ok(())
    }
}

impl Front {
    /// Asks from inside the process: through the whole frame, over no socket. Answers status and body.
    pub async fn ask(self: &Arc<Self>, request: Request<Bytes>) -> (u16, Bytes) {
        let peer = Peer { address: SocketAddr::from(([127, 0, 0, 1], 0)), encrypted: false };
        let response = self.answer(request.map(Body::from), peer).await;
        let status = response.status().as_u16();
        // Our own bodies are whole and in memory: reading one cannot fail.
        (status, axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default())
    }
}

/// HEAD is answered without the body, whose length is told (RFC 9110, 9.3.2). Over HTTP/1 hyper would leave it out by
/// itself; over HTTP/2 it sends what it is given, and to a client that is a broken stream.
fn without_body(response: &mut Response<Body>) {
    if let Some(length @ 1..) = response.body().size_hint().exact() {
        response.headers_mut().entry(header::CONTENT_LENGTH).or_insert(length.into());
    }
    *response.body_mut() = Body::empty();
}

/// A frame that connections share.
impl Answers for Arc<Front> {
    async fn answer(&self, request: Request<Body>, peer: Peer) -> Response<Body> {
        let watch = Stopwatch::start();
        let request_id = self.entropy.open().uuid();
        let only_head = request.method() == Method::HEAD;
        let mut response = self.routed(request, peer, request_id).await;
        if only_head {
            without_body(&mut response);
        }
        let told = response.extensions_mut().remove::<Told>().unwrap_or_default();
        let mut text = uuid::Uuid::encode_buffer();
        if let Ok(value) = HeaderValue::from_str(request_id.hyphenated().encode_lower(&mut text)) {
            response.headers_mut().insert("x-amzn-requestid", value);
        }
        told.report(request_id, response.status(), watch.elapsed(), &self.metrics);
        response
    }
}
