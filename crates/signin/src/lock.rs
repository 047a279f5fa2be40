//! Taking an attempt before the proof is looked at, and giving it back on success (authentication.md 11).

use crate::Signin;
use crate::subject::Subject;
use kernel::Time;
use model::{Pool, Refusal};
use std::sync::Arc;
use store::{Tx, work};

/// Raises the counter inside a transaction. The refusal of a locked person is an answer, not a failure of the block.
pub(crate) async fn take(tx: &mut Tx, pool: &Pool, key: &str, now: Time) -> Result<Result<(), Refusal>, Refusal> {
    let attempts = tx.attempts().get_for_update(&pool.id, key.as_bytes()).await?;
    match attempts.take_password(now) {
        Ok(taken) => {
            tx.attempts().save(&pool.id, key.as_bytes(), &taken).await?;
            Ok(Ok(()))
        }
        Err(_) => Ok(Err(Refusal::Locked)),
    }
}

/// Whether a password may be tried at all; nothing is counted by asking.
pub(crate) async fn open(tx: &mut Tx, pool: &Pool, key: &str, now: Time) -> Result<Result<(), Refusal>, Refusal> {
    let attempts = tx.attempts().get_for_update(&pool.id, key.as_bytes()).await?;
    Ok(attempts.take_password(now).map(|_| ()).map_err(|_| Refusal::Locked))
}

/// Gives the attempts back inside the transaction that follows a right proof.
pub(crate) async fn give_back(tx: &mut Tx, pool: &Pool, key: &str) -> Result<(), Refusal> {
    let attempts = tx.attempts().get_for_update(&pool.id, key.as_bytes()).await?;
    Ok(tx.attempts().save(&pool.id, key.as_bytes(), &attempts.password_proved()).await?)
}

impl Signin {
    /// Takes an attempt for whoever the name stands for, known or not, in one commit of the same kind.
    pub(crate) async fn take_attempt(&self, pool: &Arc<Pool>, subject: &Subject) -> Result<(), Refusal> {
        let (pool, key, now) = (pool.clone(), subject.attempt_key().to_owned(), self.accounts.clock.now());
        self.accounts.store.write(work!(|tx, pool, key, now| -> Refusal { take(tx, pool, key, *now).await })).await?
    }

    /// Hands on what became of a proof; one that could not be looked at (no thread was free in time) is not held against
    /// the person. Only that one is taken back: else whoever overloads us could reset the counter.
    pub(crate) async fn judged<T>(
        &self,
        pool: &Arc<Pool>,
        subject: &Subject,
        outcome: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if !matches!(outcome, Err(Refusal::Busy | Refusal::Internal(_))) {
            return outcome;
        }
        let (pool, key) = (pool.clone(), subject.attempt_key().to_owned());
        self.accounts
            .store
            .write(work!(|tx, pool, key| -> Refusal {
                let attempts = tx.attempts().get_for_update(&pool.id, key.as_bytes()).await?;
                Ok(tx.attempts().save(&pool.id, key.as_bytes(), &attempts.password_unjudged()).await?)
            }))
            .await?;
        outcome
    }

    /// Gives the attempts back where the right proof leads to a refusal (not confirmed, reset required).
    pub(crate) async fn return_attempt(&self, pool: &Arc<Pool>, subject: &Subject) -> Result<(), Refusal> {
        let (pool, key) = (pool.clone(), subject.attempt_key().to_owned());
        self.accounts.store.write(work!(|tx, pool, key| -> Refusal { give_back(tx, pool, key).await })).await
    }
}
