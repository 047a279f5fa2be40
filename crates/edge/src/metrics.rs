//! What the edge counts. The registry is passed in: many servers may live in one test process.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::time::Duration;

/// How a request is told apart in the figures. Operations come from the contract and routes from the router,
/// never from the caller, so the number of series is bounded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Asked {
    /// Operation or route.
    pub op: &'static str,
    /// `ok`, `challenge`, `refused` or `failed`.
    pub outcome: &'static str,
    /// Error code, empty when there is none.
    pub code: &'static str,
}

/// Operation or route alone: durations by outcome would multiply buckets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Timed {
    /// Operation or route.
    pub op: &'static str,
}

/// The edge's figures.
#[derive(Debug)]
pub struct Metrics {
    /// Requests answered.
    pub requests: Family<Asked, Counter>,
    /// How long they took.
    pub seconds: Family<Timed, Histogram>,
    /// Panics caught: zero, or there is a bug to be mended (ST-33).
    pub panics: Counter,
    /// Connections open.
    pub connections: Gauge,
}

impl Metrics {
    /// Registers the figures.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(buckets),
            panics: Counter::default(),
            connections: Gauge::default(),
        };
        registry.register("cognate_requests", "Requests answered", metrics.requests.clone());
        registry.register("cognate_request_seconds", "Time from header to answer", metrics.seconds.clone());
        registry.register("cognate_panics", "Panics caught while answering", metrics.panics.clone());
        registry.register("cognate_connections", "Connections open", metrics.connections.clone());
        metrics
    }

    /// Counts one request.
    pub fn count(&self, asked: Asked, took: Duration) {
        self.seconds.get_or_create(&Timed { op: asked.op }).observe(took.as_secs_f64());
        self.requests.get_or_create(&asked).inc();
    }
}

fn buckets() -> Histogram {
    // 100 µs to 13 s: from a read to a queue at its deadline.
    Histogram::new(exponential_buckets(0.0001, 2.0, 18))
}
