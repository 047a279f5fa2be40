//! Sealed password verifiers.

use crate::{StoreError, Tx, vals};
use kernel::{Sub, UserPoolId};
use model::Credential;

/// Credentials, by pool and person.
#[derive(Debug)]
pub struct Credentials<'t> {
    pub(super) tx: &'t mut Tx,
}

impl Credentials<'_> {
    /// A person's credential.
    pub async fn get(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<Option<Credential>, StoreError> {
        let sql = "SELECT generation, sealed, expires_at, set_at FROM credentials WHERE pool = $1 AND sub = $2";
        let Some(mut row) = self.tx.row(sql, vals![pool, sub]).await? else { return Ok(None) };
        Ok(Some(Credential {
            pool: pool.clone(),
            sub: sub.clone(),
            generation: row.get(0)?,
            sealed: row.get(1)?,
            expires: row.get(2)?,
            set: row.get(3)?,
        }))
    }

    /// The generation alone, locked until the end of the transaction: a commit that issues tokens asks whether it
    /// moved since the proof.
    pub async fn get_generation_for_update(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT generation FROM credentials WHERE pool = $1 AND sub = $2 {for_update}";
        self.tx.row(sql, vals![pool, sub]).await?.map(|mut row| row.get(0)).transpose()
    }

    /// Sets a person's credential, whatever was there.
    pub async fn save(&mut self, credential: &Credential) -> Result<(), StoreError> {
        let sql = "INSERT INTO credentials (pool, sub, generation, sealed, expires_at, set_at) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (pool, sub) DO UPDATE SET generation = excluded.generation, \
            sealed = excluded.sealed, expires_at = excluded.expires_at, set_at = excluded.set_at";
        let c = credential;
        self.tx.execute(sql, vals![&c.pool, &c.sub, c.generation, &c.sealed, c.expires, c.set]).await?;
        Ok(())
    }

    /// Stores the same password in another form (powers of the verifier, a new master key); false when the password
    /// has changed meanwhile.
    pub async fn reseal(
        &mut self,
        pool: &UserPoolId,
        sub: &Sub,
        generation: i64,
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE credentials SET sealed = $4 WHERE pool = $1 AND sub = $2 AND generation = $3";
        Ok(self.tx.execute(sql, vals![pool, sub, generation, sealed]).await? == 1)
    }

    /// Removes a person's credential.
    pub async fn delete(&mut self, pool: &UserPoolId, sub: &Sub) -> Result<bool, StoreError> {
        let sql = "DELETE FROM credentials WHERE pool = $1 AND sub = $2";
        Ok(self.tx.execute(sql, vals![pool, sub]).await? == 1)
    }
}
