//! The engine for many nodes: a bounded pool of connections to Postgres, serializable transactions, retries.

mod retry;
mod session;
mod tls;

use crate::figures::Tally;
use crate::settings::Settings;
use crate::tx::{Engine, Touched};
use crate::{Figures, StoreError, Tx, Work};
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime};
use kernel::{BoxFuture, Secret, Stopwatch};
use retry::Attempts;
pub(crate) use session::Session;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::NoTls;
use tokio_postgres::config::{Host, SslMode};

/// How the connection to the database is protected. Unix sockets never use TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseTls {
    /// TLS, and the certificate must be good for the host name: against the system's roots, or `ca` where given.
    Verify {
        /// PEM file with the authorities to trust instead of the system's.
        ca: Option<PathBuf>,
    },
    /// TLS without looking at the certificate: keeps out listeners, not impostors.
    Encrypt,
    /// No TLS: for loopback and private networks that protect themselves.
    Off,
}

impl Default for DatabaseTls {
    fn default() -> Self {
        Self::Verify { ca: None }
    }
}

/// How to reach and use Postgres.
#[derive(Debug, Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database` or libpq's `key=value` form.
    pub url: Secret<String>,
    /// Protection of the connection.
    pub tls: DatabaseTls,
    /// Connections at most.
    pub connections_max: usize,
    /// A connection is replaced after this time, so that failovers and DNS changes are noticed.
    pub connection_lifetime: Duration,
    /// How long a transaction waits for a free connection before it is turned away as busy.
    pub connection_wait: Duration,
    /// How long to wait for the database at start-up.
    pub startup_wait: Duration,
    /// A transaction pooler (PgBouncer) stands between: no named statements, no start-up options.
    pub pooled: bool,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// Rows one block may read and change at most.
    pub rows_max: u32,
}

impl PostgresConfig {
    /// The defaults for a database at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: Secret::new(url.into()),
            tls: DatabaseTls::default(),
            connections_max: 16,
            connection_lifetime: Duration::from_secs(1800),
            connection_wait: Duration::from_secs(2),
            startup_wait: Duration::from_secs(30),
            pooled: false,
            statement_timeout: Duration::from_secs(15),
            rows_max: 10_000,
        }
    }

    fn client(&self) -> Result<tokio_postgres::Config, StoreError> {
        // The parser's message names the key, not the value: safe to show.
        let mut client: tokio_postgres::Config =
            self.url.reveal().parse().map_err(|e| StoreError::Setting(format!("database url: {e}")))?;
        if client.get_application_name().is_none() {
            client.application_name("cognate");
        }
        if client.get_connect_timeout().is_none() {
            client.connect_timeout(Duration::from_secs(5));
        }
        if !self.pooled && client.get_options().is_none() {
            let statement = self.statement_timeout.as_millis();
            // Every question of ours has an index. Reading a whole small table instead would conflict with every writer
            // of it: a serializable transaction has then looked at all rows.
            client.options(format!(
                "-c statement_timeout={statement} -c idle_in_transaction_session_timeout=60000 -c enable_seqscan=off"
            ));
        }
        let local = client.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        let off = local || self.tls == DatabaseTls::Off;
        client.ssl_mode(if off { SslMode::Disable } else { SslMode::Require });
        Ok(client)
    }
}

#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Pool,
    pooled: bool,
    rows_max: u32,
    settings: Arc<Settings>,
    tally: Arc<Tally>,
}

impl Postgres {
    pub(crate) fn figures(&self) -> Figures {
        let status = self.pool.status();
        Figures {
            connections: status.size,
            idle: status.available.min(status.size),
            waiting: status.waiting,
            ..self.tally.figures()
        }
    }

    pub(crate) async fn open(config: PostgresConfig, settings: Arc<Settings>) -> Result<Self, StoreError> {
        let client = config.client()?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = if client.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(client, NoTls, recycling)
        } else {
            Manager::from_config(client, tls::connector(&config.tls)?, recycling)
        };
        let lifetime = config.connection_lifetime;
        let pool = Pool::builder(manager)
            .max_size(config.connections_max.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(config.connection_wait))
            .pre_recycle(Hook::sync_fn(move |_, metrics| {
                if metrics.age() > lifetime { Err(HookError::message("served long enough")) } else { Ok(()) }
            }))
            .build()
            .map_err(|e| StoreError::Setting(format!("database pool: {e}")))?;
        let this = Self { pool, pooled: config.pooled, rows_max: config.rows_max, settings, tally: Arc::default() };
        this.wait_for_server(config.startup_wait).await?;
        Ok(this)
    }

    /// Containers start in any order: the database may come up after us. What waiting cannot mend is said at once.
    async fn wait_for_server(&self, most: Duration) -> Result<(), StoreError> {
        let waiting = Stopwatch::start();
        loop {
            match self.tx(session::Kind::Read).await {
                Ok(_) => return Ok(()),
                Err(error @ (StoreError::Unreachable(_) | StoreError::Busy)) if waiting.elapsed() < most => {
                    tracing::warn!(%error, "waiting for the database");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn tx(&self, kind: session::Kind) -> Result<Tx, StoreError> {
        let client = self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(_) => StoreError::Busy,
            PoolError::Backend(error) => tls::refused_or_unreachable(error),
            other => StoreError::Unreachable(Arc::new(other)),
        })?;
        Ok(Tx::new(Engine::Postgres(Box::new(Session::new(client, kind, self.pooled))), self.rows_max))
    }

    pub(crate) async fn write<D, F, T, E>(&self, work: &Work<D, F>) -> Result<T, E>
    where
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>>,
        E: From<StoreError>,
    {
        self.run(work, session::Kind::Write).await
    }

    pub(crate) async fn read<D, F, T, E>(&self, work: &Work<D, F>) -> Result<T, E>
    where
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>>,
        E: From<StoreError>,
    {
        self.run(work, session::Kind::Read).await
    }

    async fn run<D, F, T, E>(&self, work: &Work<D, F>, kind: session::Kind) -> Result<T, E>
    where
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut attempts = Attempts::default();
        loop {
            let (outcome, trouble) = self.attempt(work, kind).await;
            let Some(trouble) = trouble else { return outcome };
            if !attempts.again(&trouble).await {
                let collided = matches!(trouble, StoreError::Conflict);
                return if collided { Err(StoreError::Busy.into()) } else { outcome };
            }
            self.tally.retried();
        }
    }

    /// Runs the block once. Beside its outcome: what stood in the way, when another attempt might fare better.
    async fn attempt<D, F, T, E>(&self, work: &Work<D, F>, kind: session::Kind) -> (Result<T, E>, Option<StoreError>)
    where
        F: for<'a> Fn(&'a D, &'a mut Tx) -> BoxFuture<'a, Result<T, E>>,
        E: From<StoreError>,
    {
        let mut tx = match self.tx(kind).await {
            Ok(tx) => tx,
            Err(error) => return (Err(error.clone().into()), Some(error)),
        };
        let outcome = work.start(&mut tx).await;
        let (trouble, touched) = (tx.take_trouble(), tx.take_touched());
        // A reader that looked at settings changed none of them: what is kept here stays good.
        if kind == session::Kind::Write && !touched.is_nothing() && outcome.is_ok() && trouble.is_none() {
            return match self.commit_touched(tx, touched).await {
                Ok(()) => (outcome, None),
                Err(error) => (Err(error.clone().into()), Some(error)),
            };
        }
        let Engine::Postgres(session) = &mut tx.engine else {
            return (Err(StoreError::Stopped.into()), None);
        };
        match (outcome, trouble) {
            (Ok(value), None) => match commit(session, &self.tally).await {
                Ok(()) => (Ok(value), None),
                Err(error) => (Err(error.clone().into()), Some(error)),
            },
            // The engine refused a statement and the block went on as if nothing was: it is not committed.
            (Ok(_), Some(error)) => {
                session.roll_back().await;
                (Err(error.clone().into()), Some(error))
            }
            (Err(refusal), trouble) => {
                session.roll_back().await;
                (Err(refusal), trouble)
            }
        }
    }

    /// Commits a change of what nodes keep in a task of its own: a COMMIT that was sent takes effect also when the request
    /// that asked for it is dropped meanwhile, and whoever reads here must learn of it after it did.
    async fn commit_touched(&self, mut tx: Tx, touched: Touched) -> Result<(), StoreError> {
        let (settings, tally) = (Arc::clone(&self.settings), Arc::clone(&self.tally));
        let committing = tokio::spawn(async move {
            let _forgotten = ForgottenAtEnd(settings, touched);
            match &mut tx.engine {
                Engine::Postgres(session) => commit(session, &tally).await,
                Engine::Sqlite(_) => Err(StoreError::Stopped),
            }
        });
        committing.await.unwrap_or(Err(StoreError::Stopped))
    }
}

/// Commits, and counts the commits that wait for a flush.
async fn commit(session: &mut Session, tally: &Tally) -> Result<(), StoreError> {
    let committing = Stopwatch::start();
    let writes = session.writes();
    let committed = session.commit().await;
    if writes {
        tally.committed(1, committing.elapsed());
    }
    committed
}

/// Says so however the COMMIT ends, also when nobody knows whether it took effect.
struct ForgottenAtEnd(Arc<Settings>, Touched);

impl Drop for ForgottenAtEnd {
    fn drop(&mut self) {
        self.0.forget(&self.1);
    }
}
