//! Guesses at one-time codes: bounded per hour, counted under the person's one lock (ST-10, authentication.md 11).
//!
//! Taking the attempt, looking at the code and giving the attempt back happen in one transaction: the answer leaves after
//! its commit, so that no guess is ever answered that is not counted, and parallel ones queue up behind the row.

use kernel::{Time, UserPoolId};
use model::Refusal;
use std::time::Duration;
use store::Tx;

const HOUR: Duration = Duration::from_secs(3600);

/// How often something may be tried within an hour.
#[derive(Debug, Clone, Copy)]
pub struct Hourly {
    /// The counter's name.
    pub kind: &'static str,
    /// So often.
    pub most: u32,
}

impl Hourly {
    /// Counts one more for whoever the key stands for. False beyond the limit.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn raise(self, tx: &mut Tx, pool: &UserPoolId, key: &str, now: Time) -> Result<bool, Refusal> {
        Ok(tx.counters().raise(pool, key, self.kind, now, HOUR).await? <= self.most)
    }
}

/// Takes an attempt at a code for whoever the key stands for: a person's sub, or what passes for one where the name is
/// nobody's. During a lock nothing is counted. The refusal is an answer of the block, not its failure: what was counted stays.
pub(crate) async fn take(
    tx: &mut Tx,
    pool: &UserPoolId,
    key: &str,
    hourly: Hourly,
    now: Time,
) -> Result<Result<(), Refusal>, Refusal> {
    let attempts = tx.attempts().get_for_update(pool, key.as_bytes()).await?;
    let Ok(taken) = attempts.take_code(now) else { return Ok(Err(Refusal::LimitExceeded)) };
    if !hourly.raise(tx, pool, key, now).await? {
        return Ok(Err(Refusal::LimitExceeded));
    }
    tx.attempts().save(pool, key.as_bytes(), &taken).await?;
    Ok(Ok(()))
}

/// Gives the attempts at codes back: the right one was presented.
pub(crate) async fn give_back(tx: &mut Tx, pool: &UserPoolId, key: &str) -> Result<(), Refusal> {
    let attempts = tx.attempts().get_for_update(pool, key.as_bytes()).await?;
    Ok(tx.attempts().save(pool, key.as_bytes(), &attempts.code_proved()).await?)
}
