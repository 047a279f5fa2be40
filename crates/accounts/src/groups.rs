//! Who is in which group (user-pools.md 15).

use crate::Accounts;
use crate::confirm::require;
use kernel::Sub;
use model::group::GROUPS_PER_USER_MAX;
use model::{Group, Pool, Refusal, User};
use std::sync::Arc;
use store::{Tx, work};

impl Accounts {
    /// AdminAddUserToGroup. Being in it already is fine.
    ///
    /// # Errors
    /// [`Refusal::NoSuchGroup`], [`Refusal::NoSuchUser`], [`Refusal::InTooManyGroups`].
    pub async fn admin_join_group(&self, pool: &Arc<Pool>, username: &str, group: &str) -> Result<(), Refusal> {
        let (pool, username, group) = (pool.clone(), username.to_owned(), group.to_owned());
        self.store
            .write(work!(|tx, pool, username, group| -> Refusal {
                // Settings may be a second old: nothing is added to a pool that is gone.
                tx.pools().require(&pool.id).await?;
                let group = tx.groups().require(&pool.id, group).await?;
                let user = require(tx, pool, username).await?;
                join_group(tx, &group, &user.sub).await
            }))
            .await
    }

    /// AdminRemoveUserFromGroup. Not being in it is fine.
    ///
    /// # Errors
    /// [`Refusal::NoSuchGroup`], [`Refusal::NoSuchUser`].
    pub async fn admin_leave_group(&self, pool: &Arc<Pool>, username: &str, group: &str) -> Result<(), Refusal> {
        let (pool, username, group) = (pool.clone(), username.to_owned(), group.to_owned());
        self.store
            .write(work!(|tx, pool, username, group| -> Refusal {
                let group = tx.groups().require(&pool.id, group).await?;
                let user = require(tx, pool, username).await?;
                tx.groups().leave(&group, &user.sub).await?;
                Ok(())
            }))
            .await
    }

    /// The person an administrator means, and all their groups by name.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`].
    pub async fn admin_groups_of(&self, pool: &Arc<Pool>, username: &str) -> Result<(User, Vec<Group>), Refusal> {
        let (pool, username) = (pool.clone(), username.to_owned());
        self.store
            .read(work!(|tx, pool, username| -> Refusal {
                let user = require(tx, pool, username).await?;
                let groups = tx.groups().list_of(&pool.id, &user.sub).await?;
                Ok((user, groups))
            }))
            .await
    }
}

/// Puts a person into a group. Who comes last is counted with the others: of many at once none passes the limit.
///
/// # Errors
/// [`Refusal::InTooManyGroups`]; the transaction must not be committed then.
pub async fn join_group(tx: &mut Tx, group: &Group, sub: &Sub) -> Result<(), Refusal> {
    if tx.groups().join(group, sub).await?
        && tx.groups().get_count_of(&group.pool, sub).await? > i64::from(GROUPS_PER_USER_MAX)
    {
        return Err(Refusal::InTooManyGroups);
    }
    Ok(())
}
