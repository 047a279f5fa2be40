//! Signing keys made ahead of need: a key takes 50 ms and more to find, so no request ever waits for one to be made
//! while the stock lasts.

use crate::Tokens;
use crate::keys::key_context;
use crypto::jose::SigningKey;
use crypto::{Context, Purpose};
use kernel::{EntropyExt, Time, UserPoolId};
use model::{KeyUse, Refusal, SigningKeyRow};
use std::time::Duration;
use store::{StockedKey, work};

/// Keys kept ahead: four pools at once.
const STOCK: u32 = 8;
const KIND: &str = "RS256";
/// How long a new pool waits for an empty stock to be filled.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Where a key made ahead of need is sealed to.
#[must_use]
pub fn stock_context<'a>(key: &'a [&'a str; 1]) -> Context<'a> {
    Context { purpose: Purpose::SigningKey, table: "key_stock", key, column: "private_key", version: 1 }
}

impl Tokens {
    /// Makes keys until the stock is full. A background job calls this; keys are found one at a time, on a thread that
    /// stands back behind all others.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the database does not answer.
    pub async fn fill_stock(&self) -> Result<(), Refusal> {
        loop {
            let count = self.store.read(work!(|tx| -> Refusal { Ok(tx.key_stock().count(KIND).await?) })).await?;
            if count >= STOCK {
                return Ok(());
            }
            let made = self.crypto.key(SigningKey::generate).await.map_err(|_| Refusal::Busy)?;
            let key = self.stocked(&made.map_err(Refusal::internal)?)?;
            self.store.write(work!(|tx, key| -> Refusal { Ok(tx.key_stock().push(key).await?) })).await?;
            self.stock_filled.notify_waiters();
        }
    }

    /// Waits until somebody has taken from the stock; for the background job.
    pub async fn stock_taken(&self) {
        self.stock_taken.notified().await;
    }

    /// Two keys for a new pool, one for each kind of token, sealed to it.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the stock is empty and is not filled in time.
    pub async fn keys_for_new_pool(&self, pool: &UserPoolId) -> Result<Vec<SigningKeyRow>, Refusal> {
        let mut rows = Vec::with_capacity(2);
        for key_use in KeyUse::ALL {
            rows.push(self.key_for_pool(pool, key_use).await?);
        }
        Ok(rows)
    }

    /// One key from the stock, sealed to a pool.
    pub(crate) async fn key_for_pool(&self, pool: &UserPoolId, key_use: KeyUse) -> Result<SigningKeyRow, Refusal> {
        let stocked = self.take_stocked().await?;
        self.assigned(pool, key_use, &stocked)
    }

    /// The oldest key of the stock, which is waited for a while.
    pub(crate) async fn take_stocked(&self) -> Result<StockedKey, Refusal> {
        let give_up = kernel::Stopwatch::start();
        loop {
            let filled = self.stock_filled.notified();
            let taken = self.store.write(work!(|tx| -> Refusal { Ok(tx.key_stock().take(KIND).await?) })).await?;
            self.stock_taken.notify_one();
            if let Some(key) = taken {
                return Ok(key);
            }
            let left = PATIENCE.checked_sub(give_up.elapsed()).ok_or(Refusal::Busy)?;
            // Another node may fill the stock without our hearing of it.
            let _ = tokio::time::timeout(left.min(Duration::from_millis(200)), filled).await;
        }
    }

    fn stocked(&self, key: &SigningKey) -> Result<StockedKey, Refusal> {
        let id = self.entropy.uuid();
        let der = key.to_pkcs8().map_err(Refusal::internal)?;
        let sealed = self.keyring.seal(&stock_context(&[&id.to_string()]), der.reveal(), &*self.entropy);
        let jwk = serde_json::to_string(key.public_jwk()).map_err(Refusal::internal)?;
        Ok(StockedKey { id, kind: KIND.to_owned(), sealed, jwk, created: self.clock.now() })
    }

    /// Seals a stocked key to the pool it now belongs to.
    fn assigned(&self, pool: &UserPoolId, key_use: KeyUse, stocked: &StockedKey) -> Result<SigningKeyRow, Refusal> {
        let id = stocked.id.to_string();
        let der = self.keyring.open(&stock_context(&[&id]), &stocked.sealed).map_err(Refusal::internal)?;
        let kid = SigningKey::from_pkcs8(der.reveal()).map_err(Refusal::internal)?.kid().to_owned();
        let sealed = self.keyring.seal(&key_context(&[pool.as_str(), &kid]), der.reveal(), &*self.entropy);
        let now = self.clock.now();
        Ok(SigningKeyRow {
            pool: pool.clone(),
            kid,
            key_use,
            sealed,
            jwk: stocked.jwk.clone(),
            created: now,
            // Good from the beginning of time: a node whose clock is behind must not find a pool without a key.
            not_before: Time::default(),
            retired: None,
        })
    }
}
