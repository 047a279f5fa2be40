//! Found by an administrator, switched off and on, removed: what may end somebody's access from one moment to the next.

use crate::Accounts;
use crate::confirm::require;
use kernel::Time;
use model::{Pool, Refusal, User};
use std::sync::Arc;
use store::work;
use tokens::Bearer;

impl Accounts {
    /// The person an administrator means.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`].
    pub async fn admin_get(&self, pool: &Arc<Pool>, username: &str) -> Result<User, Refusal> {
        self.look_up(pool, username).await?.ok_or(Refusal::NoSuchUser)
    }

    /// AdminDisableUser: tokens handed out earlier end with the same stroke, and sign-ins under way with them.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`].
    pub async fn admin_disable(&self, pool: &Arc<Pool>, username: &str) -> Result<(), Refusal> {
        self.switch(pool, username, User::disable).await
    }

    /// AdminEnableUser: the person may sign in again; what ended stays ended.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`].
    pub async fn admin_enable(&self, pool: &Arc<Pool>, username: &str) -> Result<(), Refusal> {
        self.switch(pool, username, User::enable).await
    }

    /// AdminDeleteUser: the person and everything that hangs on them; tokens handed out earlier are refused from now on.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`].
    pub async fn admin_delete(&self, pool: &Arc<Pool>, username: &str) -> Result<(), Refusal> {
        let (pool, username) = (pool.clone(), username.to_owned());
        self.store
            .write(work!(|tx, pool, username| -> Refusal {
                let user = require(tx, pool, username).await?;
                tx.users().delete(&pool.id, &user.sub).await?;
                Ok(())
            }))
            .await
    }

    /// DeleteUser: the same by the person themselves.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`] when gone already, [`Refusal::AccessTokenRevoked`] when signed out in between.
    pub async fn delete_self(&self, bearer: Bearer) -> Result<(), Refusal> {
        self.store
            .write(work!(|tx, bearer| -> Refusal {
                let user = bearer.still(tx).await?;
                tx.users().delete(&user.pool, &user.sub).await?;
                Ok(())
            }))
            .await
    }

    async fn switch(&self, pool: &Arc<Pool>, username: &str, turn: fn(User, Time) -> User) -> Result<(), Refusal> {
        let (pool, username, now) = (pool.clone(), username.to_owned(), self.clock.now());
        self.store
            .write(work!(|tx, pool, username, turn, now| -> Refusal {
                let found = require(tx, pool, username).await?;
                let user = tx.users().require(&pool.id, &found.sub).await?;
                tx.users().save(&turn(user, *now)).await?;
                Ok(())
            }))
            .await
    }
}
