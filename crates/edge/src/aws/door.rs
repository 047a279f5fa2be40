//! Which service and operation a request is for, and whose dialect a refusal is spoken in.

use super::dispatch::{Arrival, Dispatch};
use super::{AwsService, cors, query, rest};
use crate::answer;
use crate::front::{Asking, Straight};
use crate::throttle::{Sources, Throttle};
use crate::told::Told;
use authority::Authority;
use axum::body::Body;
use axum::extract::State;
use axum::routing::{any, get};
use axum::{Extension, Router};
use contract::Fault;
use contract::fault::common;
use crypto::offload::CryptoPool;
use http::{HeaderMap, Method, Request, Response, header};
use kernel::{AccountId, BoxFuture, Region};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// What the front door needs to serve.
#[derive(Debug)]
pub struct AwsDoor {
    /// The services of the JSON 1.1 and Query protocols.
    pub services: Vec<AwsService>,
    /// Who may call.
    pub authority: Arc<Authority>,
    /// Threads for what takes long: what is long is read there.
    pub offload: Arc<CryptoPool>,
    /// The account the server answers for.
    pub account: AccountId,
    /// The region of requests that name none.
    pub home_region: Region,
    /// Time for a request's body.
    pub body_timeout: Duration,
    /// The rates of the service, where they are kept.
    pub throttle: Option<Arc<Throttle>>,
    /// What one source address may ask for without a signature, where that is bounded.
    pub sources: Option<Arc<Sources>>,
    /// How many identities of nobody one source address may make in identity pools, where that is bounded.
    pub guests: Option<Arc<Sources>>,
    /// Whether signed operations are answered here, or only those of people (DESIGN 5).
    pub administration: bool,
}

/// The routes of the AWS protocols, but for the one that nearly every request takes: the door answers POST by itself.
pub fn router(door: Arc<AwsDoor>) -> Router {
    Router::new()
        .route("/", get(ask).options(cors::preflight).fallback(no_operation))
        // REST-JSON of cognito-sync: known, not served yet.
        .route("/identitypools", any(rest::unserved))
        .route("/identitypools/{*rest}", any(rest::unserved))
        .with_state(door)
}

impl Straight for AwsDoor {
    fn take<'a>(
        &'a self,
        request: Request<Body>,
        asking: &'a Asking,
    ) -> ControlFlow<BoxFuture<'a, Response<Body>>, Request<Body>> {
        let is_call = request.method() == Method::POST && request.uri().path() == "/";
        if !is_call {
            return ControlFlow::Continue(request);
        }
        ControlFlow::Break(Box::pin(knock(self, request, asking)))
    }
}

async fn knock(door: &AwsDoor, request: Request<Body>, asking: &Asking) -> Response<Body> {
    if is_query_protocol(request.headers()) {
        return query::answer(door, request, asking).await;
    }
    let found = target(request.headers())
        .and_then(|target| door.services.iter().find_map(|service| Some((service, service.named(target)?))));
    match found {
        Some((service, entry)) => Dispatch { door, service, entry, asking }.answer(Arrival::Open(request)).await,
        None => no_operation().await,
    }
}

/// STS and IAM may be asked by GET (credentials-and-iam.md 2): the form is the query string.
async fn ask(
    State(door): State<Arc<AwsDoor>>,
    Extension(asking): Extension<Asking>,
    request: Request<Body>,
) -> Response<Body> {
    let names_an_action = request.uri().query().is_some_and(|query| query.split('&').any(|p| p.starts_with("Action=")));
    if names_an_action { query::answer(&door, request, &asking).await } else { no_operation().await }
}

/// The target header, when there is exactly one: two could mean one thing here and another at a proxy.
fn target(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all("x-amz-target").iter();
    let only = lines.next()?;
    if lines.next().is_some() { None } else { only.to_str().ok() }
}

/// STS and IAM send forms and no target.
fn is_query_protocol(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !headers.contains_key("x-amz-target")
        && content_type.get(..33).is_some_and(|start| start.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

async fn no_operation() -> Response<Body> {
    // Without a sentence: the body is `{"__type":"UnknownOperationException"}` (user-pools.md 1.8).
    answer::fault(&Fault::new(&common::UNKNOWN_OPERATION, ""), Told::default())
}
