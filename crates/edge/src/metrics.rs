//! What the edge counts. The registry is passed in: many servers may live in one test process.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thread_local::ThreadLocal;

/// How a request is told apart in the figures. Operations come from the contract and routes from the router,
/// never from the caller, so the number of series is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EncodeLabelSet)]
pub struct Asked {
    /// Operation or route.
    pub op: &'static str,
    /// `ok`, `challenge`, `refused` or `failed`.
    pub outcome: &'static str,
    /// Error code, empty when there is none.
    pub code: &'static str,
}

/// Operation or route alone: durations by outcome would multiply buckets.
#[derive(Debug, Clone, PartialEq, Eq, EncodeLabelSet)]
struct Timed {
    op: &'static str,
}

/// The edge's figures.
#[derive(Debug)]
pub struct Metrics {
    requests: Arc<Requests>,
    /// Panics caught: zero, or there is a bug to be mended (ST-33).
    pub panics: Counter,
    /// Connections open.
    pub connections: Gauge,
}

impl Metrics {
    /// Registers the figures.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self { requests: Arc::default(), panics: Counter::default(), connections: Gauge::default() };
        registry.register_collector(Box::new(metrics.requests.clone()));
        registry.register("cognate_panics", "Panics caught while answering", metrics.panics.clone());
        registry.register("cognate_connections", "Connections open", metrics.connections.clone());
        metrics
    }

    /// Counts one request.
    pub fn count(&self, asked: Asked, took: Duration) {
        self.requests.count(asked, took);
    }
}

/// Requests answered and how long they took. Each thread counts for itself, and what they counted is added up when somebody
/// looks: figures that all threads write would travel from core to core with every request.
#[derive(Debug, Default)]
struct Requests {
    threads: ThreadLocal<Mutex<Tallies>>,
}

type Tallies = BTreeMap<&'static str, Tally>;

/// From 100 µs, doubling, to 13 s: from a read to a queue at its deadline.
const BOUNDS: usize = 18;
const SHORTEST_SECS: f64 = 0.0001;

/// What was counted of one operation.
#[derive(Debug, Clone, Default)]
struct Tally {
    ends: Vec<(Asked, u64)>,
    secs: f64,
    /// How many took as long as each bound and longer than the one before; the last: longer than all.
    buckets: [u64; BOUNDS + 1],
}

fn bounds() -> impl Iterator<Item = f64> {
    let doubling = (0..BOUNDS).scan(SHORTEST_SECS, |bound, _| Some(std::mem::replace(bound, *bound * 2.0)));
    doubling.chain([f64::INFINITY])
}

impl Tally {
    fn add(&mut self, asked: Asked, count: u64) {
        match self.ends.iter_mut().find(|(known, _)| *known == asked) {
            Some((_, counted)) => *counted += count,
            None => self.ends.push((asked, count)),
        }
    }

    fn took(&mut self, secs: f64) {
        self.secs += secs;
        let fits = self.buckets.iter_mut().zip(bounds()).find(|(_, bound)| secs <= *bound);
        if let Some((bucket, _)) = fits {
            *bucket += 1;
        }
    }

    fn join(&mut self, other: &Self) {
        other.ends.iter().for_each(|(asked, count)| self.add(*asked, *count));
        self.secs += other.secs;
        self.buckets.iter_mut().zip(other.buckets).for_each(|(all, more)| *all += more);
    }
}

impl Requests {
    fn count(&self, asked: Asked, took: Duration) {
        let mut tallies = locked(self.threads.get_or_default());
        let tally = tallies.entry(asked.op).or_default();
        tally.add(asked, 1);
        tally.took(took.as_secs_f64());
    }

    fn all(&self) -> Tallies {
        let mut all = Tallies::new();
        for thread in &self.threads {
            for (op, tally) in &*locked(thread) {
                all.entry(op).or_default().join(tally);
            }
        }
        all
    }
}

/// Sums are whole whenever nobody holds them.
fn locked(tallies: &Mutex<Tallies>) -> MutexGuard<'_, Tallies> {
    tallies.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Collector for Requests {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let all = self.all();
        let mut requests =
            encoder.encode_descriptor("cognate_requests", "Requests answered.", None, MetricType::Counter)?;
        for (asked, count) in all.values().flat_map(|tally| &tally.ends) {
            requests.encode_family(asked)?.encode_counter::<NoLabelSet, _, f64>(count, None)?;
        }
        let mut seconds = encoder.encode_descriptor(
            "cognate_request_seconds",
            "Time from header to answer.",
            None,
            MetricType::Histogram,
        )?;
        for (op, tally) in &all {
            let buckets: Vec<(f64, u64)> = bounds().zip(tally.buckets).collect();
            let count = tally.buckets.iter().sum();
            seconds.encode_family(&Timed { op })?.encode_histogram::<NoLabelSet>(tally.secs, count, &buckets, None)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn ok(op: &'static str) -> Asked {
        Asked { op, outcome: "ok", code: "" }
    }

    fn text(registry: &Registry) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, registry).unwrap();
        text
    }

    #[test]
    fn what_threads_count_for_themselves_is_added_up_when_somebody_looks() {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        let refused = Asked { op: "GetUser", outcome: "refused", code: "NotAuthorizedException" };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    (0..250).for_each(|_| metrics.count(ok("GetUser"), MILLISECOND));
                    metrics.count(refused, Duration::from_secs(100));
                });
            }
        });
        metrics.count(ok("GetId"), Duration::ZERO);
        let text = text(&registry);
        for line in [
            "# TYPE cognate_requests counter",
            r#"cognate_requests_total{op="GetUser",outcome="ok",code=""} 1000"#,
            r#"cognate_requests_total{op="GetUser",outcome="refused",code="NotAuthorizedException"} 4"#,
            r#"cognate_requests_total{op="GetId",outcome="ok",code=""} 1"#,
            "# TYPE cognate_request_seconds histogram",
            r#"cognate_request_seconds_count{op="GetUser"} 1004"#,
            r#"cognate_request_seconds_bucket{le="0.0008",op="GetUser"} 0"#,
            r#"cognate_request_seconds_bucket{le="0.0016",op="GetUser"} 1000"#,
            r#"cognate_request_seconds_bucket{le="13.1072",op="GetUser"} 1000"#,
            r#"cognate_request_seconds_bucket{le="+Inf",op="GetUser"} 1004"#,
            r#"cognate_request_seconds_bucket{le="0.0001",op="GetId"} 1"#,
        ] {
            assert!(text.lines().any(|known| known == line), "{line}\n{text}");
        }
        let sum = text.lines().find_map(|line| line.strip_prefix(r#"cognate_request_seconds_sum{op="GetUser"} "#));
        assert!((sum.unwrap().parse::<f64>().unwrap() - 401.0).abs() < 1e-6, "{sum:?}");
    }

    #[test]
    fn what_took_exactly_as_long_as_a_bound_is_within_it() {
        let mut tally = Tally::default();
        for bound in bounds() {
            tally.took(bound);
        }
        assert_eq!(tally.buckets, [1; BOUNDS + 1]);
    }
}
