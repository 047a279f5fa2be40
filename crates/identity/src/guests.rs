//! Guests who stay away are forgotten, where a deployment wants that (identity-pools.md 11), and so is what is nobody's.

use crate::Identity;
use kernel::EntropyExt;
use model::{DomainEvent, EventKind};
use std::time::Duration;
use store::{StoreError, work};

/// Guests forgotten in one step.
const STEP: u32 = 200;

impl Identity {
    /// Forgets some of the guests whose last visit is longer ago than `age`, and of the identities that lost their last login
    /// as long ago; answers how many. Whoever signed in once is no guest.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_guests(&self, age: Duration) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let before = now - age;
        let ids: Vec<_> = (0..STEP).map(|_| self.entropy.uuid()).collect();
        self.store
            .write(work!(|tx, now, before, ids| -> StoreError {
                let mut idle = tx.identities().idle_guests(*before, STEP).await?;
                idle.extend(tx.identities().left_behind(*before, STEP).await?);
                idle.truncate(ids.len());
                let gone = idle.len();
                for (row, id) in idle.into_iter().zip(ids) {
                    tx.identities().delete(&row.id).await?;
                    let kind = EventKind::Deleted { identity: row.id };
                    let event = DomainEvent { id: *id, account: row.account, pool: row.pool, kind, at: *now };
                    tx.domain_events().append(&event).await?;
                }
                Ok(gone)
            }))
            .await
    }
}
