//! Signing keys that replace one another (tokens.md 2, oauth-oidc.md 9.2). A new key is published for a day and more before
//! it signs, an old one until the last token it signed has ended; a leaked one goes at once.

use crate::Tokens;
use kernel::{Time, UserPoolId};
use model::{Refusal, SigningKeyRow};
use std::time::Duration;
use store::{Tx, work};

/// How long a new key is published before it signs: a day, and a little for clocks and caches.
pub const PUBLISHED_AHEAD: Duration = Duration::from_secs(25 * 3600);

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// These keys are published now and sign from then on.
    Begun {
        /// Their ids.
        kids: Vec<String>,
        /// When they begin to sign.
        from: Time,
    },
    /// Keys of an earlier rotation wait to sign: nothing was changed.
    UnderWay {
        /// When they begin to sign.
        from: Time,
    },
}

/// What a withdrawal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// The key is gone.
    Done {
        /// The key that signs in its place from now on, where it was a key that signed.
        successor: Option<String>,
    },
    /// The pool has no such key.
    NoSuchKey,
}

impl Tokens {
    /// Publishes new keys for both kinds of token, to sign once verifiers had a day to fetch them.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPool`]; [`Refusal::Busy`] when no key is ready and none is made in time.
    pub async fn rotate_signing(&self, pool: &UserPoolId) -> Result<Rotation, Refusal> {
        let now = self.clock.now();
        let from = now + PUBLISHED_AHEAD;
        if let Some(from) = self.waiting(pool, now).await? {
            return Ok(Rotation::UnderWay { from });
        }
        let mut fresh = self.keys_for_new_pool(pool).await?;
        for row in &mut fresh {
            row.not_before = from;
        }
        let kids = fresh.iter().map(|row| row.kid.clone()).collect();
        let id = pool.clone();
        let begun = self.store.write(work!(|tx, id, fresh, now| -> Refusal { publish(tx, id, fresh, *now).await }));
        Ok(match begun.await? {
            None => Rotation::Begun { kids, from },
            Some(from) => Rotation::UnderWay { from },
        })
    }

    /// From when on keys sign that wait for it.
    async fn waiting(&self, pool: &UserPoolId, now: Time) -> Result<Option<Time>, Refusal> {
        let id = pool.clone();
        self.store
            .read(work!(|tx, id, now| -> Refusal {
                tx.pools().require(id).await?;
                Ok(waiting(&tx.signing_keys().list(id).await?, *now))
            }))
            .await
    }

    /// Withdraws a key: what it signed is good no longer, here at once and on other nodes within a second. One that signed
    /// is replaced in the same stroke, by the key that was to follow it or by a fresh one.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPool`]; [`Refusal::Busy`] when no key is ready and none is made in time.
    pub async fn revoke_signing(&self, pool: &UserPoolId, kid: &str) -> Result<Withdrawal, Refusal> {
        let now = self.clock.now();
        let id = pool.clone();
        let rows = self
            .store
            .read(work!(|tx, id| -> Refusal {
                tx.pools().require(id).await?;
                Ok(tx.signing_keys().list(id).await?)
            }))
            .await?;
        let Some(leaked) = rows.into_iter().find(|row| row.kid == kid) else { return Ok(Withdrawal::NoSuchKey) };
        // Drawn before anybody knows whether it is needed: inside the transaction there is no time to find one.
        let spare = self.key_for_pool(pool, leaked.key_use).await?;
        let (id, kid) = (pool.clone(), kid.to_owned());
        let done = self
            .store
            .write(work!(|tx, id, kid, spare, now| -> Refusal { withdraw(tx, id, kid, spare, *now).await }))
            .await;
        self.keys.forget(pool);
        done
    }

    /// Begins a rotation in at most `limit` pools whose keys have signed for longer than `age`; answers how many.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the database does not answer; [`Refusal::Busy`] when keys are not made in time.
    pub async fn rotate_aged(&self, age: Duration, limit: u32) -> Result<u32, Refusal> {
        let older_than = self.clock.now() - age;
        let pools = self
            .store
            .scan(work!(|tx, older_than, limit| -> Refusal {
                Ok(tx.signing_keys().list_aged_pools(*older_than, *limit).await?)
            }))
            .await?;
        let mut begun = 0;
        for pool in &pools {
            match self.rotate_signing(pool).await {
                Ok(Rotation::Begun { kids, from }) => {
                    tracing::info!(pool.id = %pool, ?kids, from_secs = from.secs(), "new signing keys were published");
                    begun += 1;
                }
                // Deleted meanwhile, or somebody was faster.
                Ok(Rotation::UnderWay { .. }) | Err(Refusal::NoSuchPool(_)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(begun)
    }
}

fn waiting(rows: &[SigningKeyRow], now: Time) -> Option<Time> {
    rows.iter().map(|row| row.not_before).filter(|from| now < *from).max()
}

/// Adds the fresh keys and ends the signing of those before them at the same moment; answers from when on others sign
/// that wait already.
async fn publish(tx: &mut Tx, pool: &UserPoolId, fresh: &[SigningKeyRow], now: Time) -> Result<Option<Time>, Refusal> {
    tx.pools().get_for_update(pool).await?.ok_or_else(|| Refusal::NoSuchPool(pool.to_string()))?;
    let rows = tx.signing_keys().list(pool).await?;
    if let Some(from) = waiting(&rows, now) {
        return Ok(Some(from));
    }
    for new in fresh {
        for old in rows.iter().filter(|old| old.key_use == new.key_use) {
            tx.signing_keys().retire(pool, &old.kid, new.not_before).await?;
        }
        tx.signing_keys().insert(new).await?;
    }
    Ok(None)
}

async fn withdraw(
    tx: &mut Tx,
    pool: &UserPoolId,
    kid: &str,
    spare: &SigningKeyRow,
    now: Time,
) -> Result<Withdrawal, Refusal> {
    tx.pools().get_for_update(pool).await?.ok_or_else(|| Refusal::NoSuchPool(pool.to_string()))?;
    let rows = tx.signing_keys().list(pool).await?;
    if !tx.signing_keys().delete(pool, kid).await? {
        return Ok(Withdrawal::NoSuchKey);
    }
    let others: Vec<&SigningKeyRow> =
        rows.iter().filter(|row| row.kid != kid && row.key_use == spare.key_use).collect();
    if let Some(signing) = others.iter().find(|row| row.signs_at(now)) {
        // It was to follow the key that signs, which goes on now; or it had signed before.
        if rows.iter().any(|row| row.kid == kid && now < row.not_before) {
            tx.signing_keys().unretire(pool, &signing.kid).await?;
        }
        // A node whose clock lags may still wait for it, and would have no key to sign with.
        tx.signing_keys().bring_forward(pool, &signing.kid).await?;
        return Ok(Withdrawal::Done { successor: None });
    }
    let next = others.iter().find(|row| now < row.not_before);
    let successor = match next {
        Some(next) => {
            tx.signing_keys().bring_forward(pool, &next.kid).await?;
            next.kid.clone()
        }
        None => {
            tx.signing_keys().insert(spare).await?;
            spare.kid.clone()
        }
    };
    Ok(Withdrawal::Done { successor: Some(successor) })
}
