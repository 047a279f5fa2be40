//! Guests who stay away are forgotten, where a deployment wants that (identity-pools.md 11).

use super::{ROUND, has_lease};
use crate::app::Ground;
use identity::Identity;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use tokio_util::sync::CancellationToken;

/// Forgets guests whose last visit is longer ago than `age`, step by step.
pub(super) async fn forget(
    ground: Ground,
    identity: Arc<Identity>,
    age: Duration,
    node: String,
    stop: CancellationToken,
) {
    while stop.run_until_cancelled(tokio::time::sleep(ROUND)).await.is_some() {
        if !has_lease(&ground, "guests", &node).await {
            continue;
        }
        let rounds = async {
            while identity.forget_guests(age).await? > 0 {}
            Ok::<_, StoreError>(())
        };
        if let Some(Err(error)) = stop.run_until_cancelled(rounds).await {
            tracing::warn!(%error, "forgetting guests stopped half way; it goes on with the next round");
        }
    }
}
