//! `cognate keys rotate-signing` and `revoke-signing`: a pool's signing keys replaced in peace, or at once; or those of all
//! identity pools, which have theirs together.
//!
//! Break-glass commands: they open keyring and database themselves and leave a line in the log. Running nodes notice
//! within a second (docs/operating/keys.md).

use crate::console::say;
use crate::identity_plan::IdentityPlan;
use crate::{commands, logs, open};
use anyhow::{Context, bail};
use crypto::offload::{CryptoPool, PoolSettings};
use kernel::{SystemClock, SystemEntropy, Time, UserPoolId};
use model::Refusal;
use std::path::Path;
use std::sync::Arc;
use tokens::{IdentityTokens, Issuer, IssuerStyle, Parts, Rotation, Tokens, Withdrawal};

/// What is said in the place of a pool for the keys of identity pools' tokens. No pool's id looks like that.
const IDENTITY_POOLS: &str = "identity-pools";

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
        let identity = IdentityPlan::of(&settings).tokens(tokens.clone(), settings.account_id.clone(), "");
        let keys = Keys { tokens, identity };
        match task {
            Task::Rotate { pool } => rotate(&keys, pool).await,
            Task::Revoke { pool, kid } => revoke(&keys, pool, kid).await,
        }
    })
}

/// Keys of user pools, and those of identity pools.
struct Keys {
    tokens: Tokens,
    identity: IdentityTokens,
}

impl Keys {
    async fn rotate(&self, pool: &str) -> anyhow::Result<Result<Rotation, Refusal>> {
        Ok(match pool {
            IDENTITY_POOLS => self.identity.rotate().await,
            pool => self.tokens.rotate_signing(&pool_id(pool)?).await,
        })
    }

    async fn revoke(&self, pool: &str, kid: &str) -> anyhow::Result<Result<Withdrawal, Refusal>> {
        Ok(match pool {
            IDENTITY_POOLS => self.identity.withdraw(kid).await,
            pool => self.tokens.revoke_signing(&pool_id(pool)?, kid).await,
        })
    }
}

fn pool_id(pool: &str) -> anyhow::Result<UserPoolId> {
    UserPoolId::parse(pool).ok().context("that is no pool id")
}

async fn rotate(keys: &Keys, pool: &str) -> anyhow::Result<()> {
    match keys.rotate(pool).await?.with_context(|| format!("the keys of {pool} were not rotated"))? {
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

async fn revoke(keys: &Keys, pool: &str, kid: &str) -> anyhow::Result<()> {
    match keys.revoke(pool, kid).await?.with_context(|| format!("the key of {pool} was not withdrawn"))? {
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
