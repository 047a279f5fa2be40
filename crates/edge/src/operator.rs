//! The operator's listener: is it alive, may it be sent traffic, what does it count. Loopback unless configured otherwise.

use crate::told::Told;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use http::{HeaderValue, Response, StatusCode, header};
use kernel::BoxFuture;
use prometheus_client::registry::Registry;
use std::fmt::Debug;
use std::sync::Arc;

/// Whether this node may be sent traffic.
pub trait Readiness: Send + Sync + Debug {
    /// What stands in the way, in words for an operator; empty when nothing does.
    fn obstacles(&self) -> BoxFuture<'_, Vec<String>>;
}

/// Figures that have to be asked for before they can be shown.
pub trait Scrape: Send + Sync + Debug {
    /// Asks for them. What cannot be had in good time is left out.
    fn refresh(&self) -> BoxFuture<'_, ()>;
}

#[derive(Clone)]
struct Operator {
    readiness: Arc<dyn Readiness>,
    scrape: Arc<dyn Scrape>,
    registry: Arc<Registry>,
}

/// `/healthz`, `/readyz`, `/metrics`.
pub fn router(readiness: Arc<dyn Readiness>, scrape: Arc<dyn Scrape>, registry: Arc<Registry>) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(Operator { readiness, scrape, registry })
}

async fn healthz() -> Response<Body> {
    text(StatusCode::OK, "text/plain; charset=utf-8", "ok\n".to_owned(), Told::op("healthz"))
}

async fn readyz(State(operator): State<Operator>) -> Response<Body> {
    let obstacles = operator.readiness.obstacles().await;
    if obstacles.is_empty() {
        return text(StatusCode::OK, "text/plain; charset=utf-8", "ready\n".to_owned(), Told::op("readyz"));
    }
    let told = Told::op("readyz").refused("not_ready");
    text(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", obstacles.join("\n") + "\n", told)
}

async fn metrics(State(operator): State<Operator>) -> Response<Body> {
    operator.scrape.refresh().await;
    let mut page = String::with_capacity(8 * 1024);
    match prometheus_client::encoding::text::encode(&mut page, &operator.registry) {
        Ok(()) => text(
            StatusCode::OK,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            page,
            Told::op("metrics"),
        ),
        Err(_) => {
            text(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", String::new(), Told::op("metrics"))
        }
    }
}

fn text(status: StatusCode, content_type: &'static str, body: String, told: Told) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.extensions_mut().insert(Told { routine: true, ..told });
    response
}
