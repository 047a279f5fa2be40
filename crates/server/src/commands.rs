//! The commands of `cognate`, one file each.

pub mod config;
pub mod dev;
pub mod doctor;
pub mod explain_login;
pub mod keys;
pub mod master;
pub mod migrate;
pub mod revoke_sessions;
pub mod serve;
pub mod signing;

use crate::config::{Layers, Settings, environment};
use anyhow::Context;
use std::future::Future;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// The settings of a file (where one is named) under those of the environment.
///
/// # Errors
/// [`crate::config::ConfigError`].
pub fn settings(file: Option<&Path>) -> anyhow::Result<Settings> {
    Ok(layers(file)?.settle()?)
}

fn layers(file: Option<&Path>) -> anyhow::Result<Layers> {
    let layers = match file {
        Some(file) => Layers::default().with_file(file)?,
        None => Layers::default(),
    };
    Ok(layers.with_environment(environment())?)
}

/// How many threads `runtime.workers` means: 0 is one per core.
#[must_use]
pub fn threads(workers: usize) -> usize {
    if workers == 0 { std::thread::available_parallelism().map_or(1, std::num::NonZero::get) } else { workers }
}

/// Runs a command on a runtime of its own with [`threads`].
///
/// # Errors
/// The command's.
pub fn on_runtime<T>(workers: usize, command: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads(workers))
        .thread_name("cognate")
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(command)
}

/// Cancelled by SIGTERM and SIGINT; a second signal ends the process at once.
///
/// # Errors
/// When signals cannot be listened to.
pub fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let cancelled = stop.clone();
    tokio::spawn(async move {
        for round in 0.. {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if round > 0 {
                std::process::exit(130);
            }
            tracing::info!("stopping: requests under way are finished first");
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
            cancelled.cancel();
        }
    });
    Ok(stop)
}
