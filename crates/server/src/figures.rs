//! What the rooms count, shown beside what the edge counts. Every name stands in `docs/operating/metrics.md`.

use crypto::offload::{CryptoPool, LaneStats};
use edge::operator::Scrape;
use kernel::{BoxFuture, Clock};
use messages::{Messages, Waiting};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Store;

/// A scrape waits no longer for the database.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks the rooms what they are doing.
#[derive(Clone)]
pub(crate) struct Figures(Arc<Rooms>);

struct Rooms {
    crypto: Arc<CryptoPool>,
    store: Store,
    messages: Messages,
    clock: Arc<dyn Clock>,
    /// What the outbox held at the last scrape; nothing when the database did not say.
    outbox: Mutex<Option<Waiting>>,
}

impl fmt::Debug for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Figures").finish_non_exhaustive()
    }
}

impl Scrape for Figures {
    fn refresh(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let asked = tokio::time::timeout(PATIENCE, self.0.messages.waiting()).await;
            let waiting = asked.ok().and_then(Result::ok);
            *self.0.outbox.lock().unwrap_or_else(PoisonError::into_inner) = waiting;
        })
    }
}

impl Figures {
    pub(crate) fn of(crypto: Arc<CryptoPool>, store: Store, messages: Messages, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Rooms { crypto, store, messages, clock, outbox: Mutex::default() }))
    }

    /// Registers the figures; what comes back refreshes those that have to be asked for.
    pub(crate) fn register(registry: &mut Registry, figures: Self) -> Arc<Self> {
        registry.register_collector(Box::new(figures.clone()));
        Arc::new(figures)
    }

    fn crypto(&self, page: &mut Page<'_>) -> fmt::Result {
        let stats = self.0.crypto.stats();
        let lanes = [
            ("signatures", stats.signatures),
            ("passwords", stats.passwords),
            ("keys", stats.keys),
            ("reading", stats.reading),
        ];
        let mut gauge = |name, help, read: fn(&LaneStats) -> f64| {
            page.family(MetricType::Gauge, name, help, "lane", &lanes.map(|(lane, stats)| (lane, read(&stats))))
        };
        gauge("cognate_crypto_threads", "Threads of the lane", |lane| whole(lane.threads))?;
        gauge("cognate_crypto_queue", "Jobs waiting for a thread", |lane| whole(lane.queued))?;
        gauge("cognate_crypto_running", "Jobs on a thread", |lane| whole(lane.running))?;
        gauge("cognate_crypto_wait_seconds", "How long a new job would wait", |lane| lane.wait.as_secs_f64())?;
        let mut counter = |name, help, read: fn(&LaneStats) -> f64| {
            page.family(MetricType::Counter, name, help, "lane", &lanes.map(|(lane, stats)| (lane, read(&stats))))
        };
        counter("cognate_crypto_jobs", "Jobs that ran to their end", |lane| count(lane.done))?;
        counter("cognate_crypto_refused", "Jobs refused because they could not begin in time", |lane| {
            count(lane.refused)
        })?;
        counter("cognate_crypto_abandoned", "Jobs whose caller had gone before their turn", |lane| {
            count(lane.abandoned)
        })?;
        counter("cognate_crypto_busy_seconds", "Time the threads spent on jobs", |lane| lane.busy.as_secs_f64())
    }

    fn outbox(&self, page: &mut Page<'_>) -> fmt::Result {
        let now = self.0.clock.now();
        if let Some(waiting) = *self.0.outbox.lock().unwrap_or_else(PoisonError::into_inner) {
            let age = waiting.oldest_due.map_or(0.0, |due| now.since(due).as_secs_f64());
            page.gauge("cognate_outbox_queued", "Messages waiting, counted up to 10000", whole(waiting.queued))?;
            page.gauge("cognate_outbox_due_age_seconds", "How long the message due longest has been due", age)?;
        }
        let tally = self.0.messages.tally();
        let outcomes = [
            ("delivered", tally.delivered),
            ("refused", tally.refused),
            ("expired", tally.expired),
            ("orphaned", tally.orphaned),
            ("retried", tally.retried),
        ]
        .map(|(outcome, times)| (outcome, count(times)));
        let help = "What became of tries to send a message";
        page.family(MetricType::Counter, "cognate_outbox_tries", help, "outcome", &outcomes)
    }

    fn store(&self, page: &mut Page<'_>) -> fmt::Result {
        let store = self.0.store.figures();
        page.gauge("cognate_store_queue", "Transactions waiting for the writer (SQLite)", whole(store.queued))?;
        page.counter("cognate_store_commits", "Durable commits", count(store.commits))?;
        page.counter("cognate_store_blocks", "Transactions in those commits", count(store.blocks))?;
        let help = "Time the commits took, flush included";
        page.counter("cognate_store_commit_seconds", help, store.committing.as_secs_f64())?;
        let help = "Transactions run again after a conflict or a broken connection (Postgres)";
        page.counter("cognate_store_retries", help, count(store.retries))?;
        let busy = store.connections.saturating_sub(store.idle);
        let connections = [("busy", whole(busy)), ("idle", whole(store.idle))];
        let help = "Connections open (Postgres)";
        page.family(MetricType::Gauge, "cognate_store_connections", help, "state", &connections)?;
        let help = "Transactions waiting for a connection (Postgres)";
        page.gauge("cognate_store_waiting", help, whole(store.waiting))
    }
}

impl Collector for Figures {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        self.crypto(&mut page)?;
        self.outbox(&mut page)?;
        self.store(&mut page)
    }
}

struct Page<'e>(DescriptorEncoder<'e>);

impl Page<'_> {
    fn gauge(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.0.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)
    }

    fn counter(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        self.0
            .encode_descriptor(name, help, None, MetricType::Counter)?
            .encode_counter::<NoLabelSet, _, f64>(&value, None)
    }

    fn family(&mut self, kind: MetricType, name: &str, help: &str, label: &str, rows: &[(&str, f64)]) -> fmt::Result {
        let counts = matches!(kind, MetricType::Counter);
        let mut family = self.0.encode_descriptor(name, help, None, kind)?;
        for (which, value) in rows {
            let labels = [(label, *which)];
            let mut row = family.encode_family(&labels)?;
            if counts { row.encode_counter::<NoLabelSet, _, f64>(value, None)? } else { row.encode_gauge(value)? }
        }
        Ok(())
    }
}

/// Exact up to 2^53, which no queue reaches.
#[allow(clippy::cast_precision_loss)]
fn whole(number: usize) -> f64 {
    number as f64
}

#[allow(clippy::cast_precision_loss)]
fn count(number: u64) -> f64 {
    number as f64
}
