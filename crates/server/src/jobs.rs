//! What happens without anybody asking: messages leave, signing keys are made ahead of need and replaced when they are
//! old, what has expired is swept, guests who stay away are forgotten where that is wanted.

mod guests;

use crate::app::Ground;
use identity::Identity;
use kernel::EntropyExt;
use messages::Messages;
use std::sync::Arc;
use std::time::Duration;
use store::{StoreError, work};
use tokens::{IdentityTokens, Rotation, Tokens};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often a job looks for work when nobody wakes it.
const ROUND: Duration = Duration::from_secs(60);
/// How long a node has a job to itself; longer than a round, so that the same node keeps it.
const LEASE: Duration = Duration::from_secs(180);
/// Rows of one sweeping step, per table.
const SWEEP_ROWS: u32 = 500;

/// Pools whose signing keys are replaced in one round.
const ROTATED_POOLS: u32 = 4;

/// What the jobs work on, and how often it is to be done.
#[derive(Debug, Clone)]
pub(crate) struct Chores {
    /// The database and what else the server stands on.
    pub(crate) ground: Ground,
    /// The token engine of user pools.
    pub(crate) tokens: Tokens,
    /// The token engine of identity pools.
    pub(crate) identity_tokens: IdentityTokens,
    /// What is to be sent.
    pub(crate) messages: Messages,
    /// At what age signing keys are replaced; None: only by hand.
    pub(crate) signing_age: Option<Duration>,
    /// Identity pools.
    pub(crate) identity: Arc<Identity>,
    /// After what time a guest who did not come back is forgotten; None: guests stay.
    pub(crate) guest_age: Option<Duration>,
}

impl Chores {
    /// Starts the jobs; they end soon after `stop`.
    pub(crate) fn start(&self, stop: &CancellationToken) -> TaskTracker {
        let Self { ground, tokens, messages, .. } = self;
        let jobs = TaskTracker::new();
        // Letters are claimed row by row, so every node may dispatch.
        jobs.spawn({
            let (messages, stop) = (messages.clone(), stop.clone());
            async move { messages.run(stop).await }
        });
        let node = ground.entropy.uuid().to_string();
        jobs.spawn(fill_key_stock(ground.clone(), tokens.clone(), node.clone(), stop.clone()));
        jobs.spawn(keep_identity_key(self.identity_tokens.clone(), stop.clone()));
        jobs.spawn(sweep(ground.clone(), node.clone(), stop.clone()));
        if let Some(age) = self.guest_age {
            jobs.spawn(guests::forget(ground.clone(), self.identity.clone(), age, node.clone(), stop.clone()));
        }
        if let Some(age) = self.signing_age {
            let engines = (tokens.clone(), self.identity_tokens.clone());
            jobs.spawn(replace_signing_keys(ground.clone(), engines, age, node, stop.clone()));
        }
        jobs
    }
}

/// Keeps signing keys ready: at the start, once a round for what died with other nodes, and whenever one was taken here.
async fn fill_key_stock(ground: Ground, tokens: Tokens, node: String, stop: CancellationToken) {
    let mut taken_here = false;
    loop {
        // Whoever took a key makes the next one, lease or not: a busy node must not wait for an idle one to notice.
        let mine = taken_here || has_lease(&ground, "key_stock", &node).await;
        if mine && let Some(Err(error)) = stop.run_until_cancelled(tokens.fill_stock()).await {
            tracing::warn!(%error, "the stock of signing keys could not be filled");
        }
        taken_here = tokio::select! {
            () = stop.cancelled() => return,
            () = tokens.stock_taken() => true,
            () = tokio::time::sleep(ROUND) => false,
        };
    }
}

/// Sees to it that identity pools have a key to sign with before anybody is issued a token: who sets up a provider
/// elsewhere fetches what is published at once, and may keep it. Every node looks, for each has its own algorithm while
/// that is being changed; where there is a key, the look is all.
async fn keep_identity_key(identity_tokens: IdentityTokens, stop: CancellationToken) {
    loop {
        if let Some(Err(error)) = stop.run_until_cancelled(identity_tokens.ensure_key()).await {
            tracing::warn!(%error, "identity pools have no key to sign with; the next round tries again");
        }
        if stop.run_until_cancelled(tokio::time::sleep(ROUND)).await.is_none() {
            return;
        }
    }
}

/// Publishes new signing keys for pools whose keys are old, a few at a time: each takes two keys that must be found first.
/// Identity pools have one key together.
async fn replace_signing_keys(
    ground: Ground,
    (tokens, identity_tokens): (Tokens, IdentityTokens),
    age: Duration,
    node: String,
    stop: CancellationToken,
) {
    while stop.run_until_cancelled(tokio::time::sleep(ROUND)).await.is_some() {
        if !has_lease(&ground, "signing_keys", &node).await {
            continue;
        }
        let round = async {
            tokens.rotate_aged(age, ROTATED_POOLS).await?;
            identity_tokens.rotate_aged(age).await
        };
        match stop.run_until_cancelled(round).await {
            Some(Ok(Some(Rotation::Begun { kids, from }))) => {
                tracing::info!(?kids, from_secs = from.secs(), "a new key for tokens of identity pools was published");
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "old signing keys could not be replaced; the next round tries again");
            }
            _ => {}
        }
    }
}

/// Carries away what has expired, step by step, and adds up what was counted.
async fn sweep(ground: Ground, node: String, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(ROUND)).await.is_some() {
        if !has_lease(&ground, "sweeper", &node).await {
            continue;
        }
        let rounds = async {
            while ground.store.sweep(ground.clock.now(), SWEEP_ROWS).await? > 0 {}
            while ground.store.roll_up_counts(SWEEP_ROWS).await? > 0 {}
            Ok::<_, StoreError>(())
        };
        if let Some(Err(error)) = stop.run_until_cancelled(rounds).await {
            tracing::warn!(%error, "sweeping stopped half way; it goes on with the next round");
        }
    }
}

async fn has_lease(ground: &Ground, job: &'static str, node: &str) -> bool {
    let (now, node) = (ground.clock.now(), node.to_owned());
    let taken = ground
        .store
        .write(work!(|tx, job, node, now| -> StoreError { tx.leases().take(job, node, *now, LEASE).await }));
    match taken.await {
        Ok(lease) => lease.is_some(),
        Err(error) => {
            tracing::warn!(%error, job, "the lease of a job could not be taken");
            false
        }
    }
}
