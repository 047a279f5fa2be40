//! Guests who stay away are forgotten, where a deployment wants that (identity-pools.md 11).

use super::{ROUND, has_lease};
use crate::app::Ground;
use std::time::Duration;
use store::{StoreError, work};
use tokio_util::sync::CancellationToken;

/// Guests forgotten in one step.
const STEP: u32 = 200;

/// Forgets guests whose last visit is longer ago than `age`, step by step. Whoever signed in once is no guest.
pub(super) async fn forget(ground: Ground, age: Duration, node: String, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(ROUND)).await.is_some() {
        if !has_lease(&ground, "guests", &node).await {
            continue;
        }
        let rounds = async {
            while step(&ground, age).await? > 0 {}
            Ok::<_, StoreError>(())
        };
        if let Some(Err(error)) = stop.run_until_cancelled(rounds).await {
            tracing::warn!(%error, "forgetting guests stopped half way; it goes on with the next round");
        }
    }
}

/// Forgets some; answers how many.
async fn step(ground: &Ground, age: Duration) -> Result<usize, StoreError> {
    let (now, before) = (ground.clock.now(), ground.clock.now() - age);
    ground
        .store
        .write(work!(|tx, now, before| -> StoreError {
            let idle = tx.identities().idle_guests(*before, STEP).await?;
            for guest in &idle {
                tx.identities().delete(guest, *now).await?;
            }
            Ok(idle.len())
        }))
        .await
}
