//! `cognate keys rotate-signing` and `revoke-signing`: a pool's signing keys replaced in peace, or at once.
//!
//! Break-glass commands: they open keyring and database themselves and leave a line in the log. Running nodes notice
//! within a second (docs/operating/keys.md).

use crate::console::say;
use crate::{commands, logs, open};
use anyhow::{Context, bail};
use crypto::offload::{CryptoPool, PoolSettings};
use kernel::{SystemClock, SystemEntropy, Time, UserPoolId};
use std::path::Path;
use std::sync::Arc;
use tokens::{Issuer, IssuerStyle, Parts, Rotation, Tokens, Withdrawal};

/// What to do with a pool's signing keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Publish new ones, to sign in a day.
    Rotate {
        /// The pool.
        pool: String,
    },
    /// Withdraw one at once.
    Revoke {
        /// The pool.
        pool: String,
        /// The key's id.
        kid: String,
    },
}

/// Does it.
///
/// # Errors
/// When database or keyring cannot be used, or there is no such pool or key.
pub fn run(file: Option<&Path>, task: &Task) -> anyhow::Result<()> {
    let settings = commands::settings(file)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    commands::on_runtime(1, async {
        let store = open::store(&settings).await?;
        store.require_schema().await?;
        let keyring = Arc::new(open::keyring(&settings, &store, &SystemEntropy).await?);
        store.check_keyring(&keyring.fingerprint()).await?;
        let tokens = Tokens::new(Parts {
            store,
            keyring,
            crypto: Arc::new(CryptoPool::start(PoolSettings::for_this_machine())?),
            // Nothing is issued here.
            issuer: Issuer::new(IssuerStyle::Public, ""),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        });
        // With no server running nobody else would fill it.
        tokens.fill_stock().await?;
        match task {
            Task::Rotate { pool } => rotate(&tokens, pool).await,
            Task::Revoke { pool, kid } => revoke(&tokens, pool, kid).await,
        }
    })
}

async fn rotate(tokens: &Tokens, pool: &str) -> anyhow::Result<()> {
    let id = UserPoolId::parse(pool).ok().context("that is no pool id")?;
    match tokens.rotate_signing(&id).await.with_context(|| format!("the keys of {pool} were not rotated"))? {
        Rotation::Begun { kids, from } => {
            tracing::warn!(pool.id = pool, ?kids, "new signing keys were published by hand");
            say(format!(
                "Published {}. They sign from {}; the ones before verify until their last token has ended.",
                kids.join(" and "),
                Time::rfc3339(from)
            ));
            Ok(())
        }
        Rotation::UnderWay { from } => {
            bail!("a rotation of {pool} is under way: its new keys sign from {}", Time::rfc3339(from))
        }
    }
}

async fn revoke(tokens: &Tokens, pool: &str, kid: &str) -> anyhow::Result<()> {
    let id = UserPoolId::parse(pool).ok().context("that is no pool id")?;
    match tokens.revoke_signing(&id, kid).await.with_context(|| format!("the key of {pool} was not withdrawn"))? {
        Withdrawal::Done { successor } => {
            tracing::warn!(pool.id = pool, kid, successor, "a signing key was withdrawn by hand");
            let next = successor.map(|kid| format!(" {kid} signs in its place.")).unwrap_or_default();
            say(format!(
                "{kid} is withdrawn: nodes refuse what it signed within a second, verifiers elsewhere when they fetch the \
                 key set anew.{next}"
            ));
            Ok(())
        }
        Withdrawal::NoSuchKey => bail!("{pool} has no key {kid}: its key set shows those it has"),
    }
}
