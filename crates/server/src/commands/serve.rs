//! `cognate serve`: the server of a deployment.

use crate::app::{App, Ground, Trust};
use crate::config::{Address, Settings};
use crate::{commands, descriptors, logs, open};
use accounts::PasswordKinds;
use anyhow::{Context, bail};
use authority::StoredKeys;
use crypto::offload::{CryptoPool, PoolSettings};
use edge::{Limits, Listener, Tls, Workers};
use kernel::{Clock, SystemClock, SystemEntropy};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Serves until told to stop.
///
/// # Errors
/// When the configuration, the database, the keyring or an address cannot be used.
pub fn run(file: Option<&Path>) -> anyhow::Result<()> {
    let settings = commands::settings(file)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    commands::on_runtime(settings.workers, serve(settings))
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let stop = commands::stop_on_signal()?;
    // First, and so the last to go: what is begun for a connection, those to the database among it, lives on them.
    let workers = Arc::new(
        Workers::start(commands::threads(settings.workers), store::before_rest).context("cannot start threads")?,
    );
    let ground = ground(&settings, Schema::MadeCurrent).await?;
    let Address::At(address) = settings.listen_public else { bail!("listen.public is off: nothing would be served") };
    let listeners = listen(&settings, address, &stop).await?;
    let plan = open::plan(&settings, Trust::Keys, &listeners.url())?;
    let public_url = plan.public_url.clone();
    let app = App::build(ground.clone(), plan);
    let keys = StoredKeys::new(ground.store.clone(), ground.keyring.clone());
    if let Some(key) = keys.create_first(ground.clock.now(), &*ground.entropy).await? {
        commands::keys::show_once(&key);
    }
    for missing in open::ways_missing(&settings) {
        tracing::warn!("{missing}");
    }
    // Behind a proxy the two differ, and people need the second.
    let elsewhere = (public_url != listeners.url()).then_some(public_url);
    tracing::info!(listening = listeners.url(), public_url = elsewhere, "cognate is serving");
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    app.serve(listeners.public.served_by(workers.clone()), listeners.operator, stop).await;
    Ok(())
}

/// What is done about a database that is not laid out for this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    /// It is brought up to it.
    MadeCurrent,
    /// It is not touched.
    Required,
}

/// Database, keyring and the world outside, as the settings name them.
pub(super) async fn ground(settings: &Settings, schema: Schema) -> anyhow::Result<Ground> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = open::store(settings).await?;
    if schema == Schema::Required {
        store.require_schema().await?;
    }
    let keyring = Arc::new(open::keyring(settings, &store, &SystemEntropy).await?);
    open::schema(&store, &*clock).await?;
    store.check_keyring(&keyring.fingerprint()).await?;
    Ok(Ground {
        password_kinds: PasswordKinds::of(&store, open::password_storage(settings)).await?,
        store,
        keyring,
        crypto: Arc::new(CryptoPool::start(PoolSettings::for_this_machine())?),
        courier: open::couriers(settings, &clock, None)?,
        clock,
        entropy: Arc::new(SystemEntropy),
        inbox: None,
    })
}

/// The sockets of a server, bound.
#[derive(Debug)]
pub(super) struct Listeners {
    pub(super) public: Listener,
    pub(super) operator: Option<Listener>,
    secure: bool,
}

impl Listeners {
    /// The public address as a URL, for deployments that have no other name.
    pub(super) fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        self.public.address().map(|address| format!("{scheme}://{address}")).unwrap_or_default()
    }
}

/// The bounds, with no more connections than the process may have open.
fn with_room(limits: Limits) -> Limits {
    descriptors::raise();
    let most = descriptors::limit();
    let connections_max = descriptors::room(limits.connections_max, most);
    if connections_max < limits.connections_max {
        let wished = limits.connections_max;
        tracing::info!(
            connections_max,
            wished,
            open_files = most,
            "fewer connections at once: {}",
            descriptors::REMEDY
        );
    }
    Limits { connections_max, ..limits }
}

/// Binds the listeners, and watches the certificate files where there are any.
pub(super) async fn listen(
    settings: &Settings,
    address: SocketAddr,
    stop: &CancellationToken,
) -> anyhow::Result<Listeners> {
    let limits = with_room(open::limits(settings));
    let tls = match open::certificate(settings) {
        Some(files) => {
            let tls = Arc::new(Tls::load(files)?);
            tokio::spawn(tls.clone().watch(settings.tls_look_every, stop.clone()));
            Some(tls)
        }
        None => None,
    };
    let secure = tls.is_some();
    // Figures need no secrecy; administration that leaves the machine does.
    let administrators = tls.clone().filter(|_| !settings.public_admin_api);
    let public = Listener::bind(address, tls, limits).await.with_context(|| format!("cannot listen on {address}"))?;
    let operator = match settings.listen_operator {
        Address::Off => None,
        Address::At(address) => {
            let tls = administrators.filter(|_| !address.ip().is_loopback());
            Some(Listener::bind(address, tls, limits).await.with_context(|| format!("cannot listen on {address}"))?)
        }
    };
    Ok(Listeners { public, operator, secure })
}
