//! Guesses at one-time codes: bounded per hour, counted under the person's one lock (ST-10, authentication.md 11).
//!
//! Taking the attempt, looking at the code and giving the attempt back happen in one transaction: the answer leaves after
//! its commit, so that no guess is ever answered that is not counted, and parallel ones queue up behind the row.

use crate::Accounts;
use kernel::{Secret, Sub, Time, UserPoolId};
use model::{Code, CodePurpose, Pool, Refusal, User};
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

/// What a look at a presented code showed.
#[derive(Debug)]
pub(crate) enum Seen {
    /// The right digits in time.
    Right(Code),
    /// The right digits, too late.
    Late,
    /// Wrong digits; whether the outstanding code is still good.
    Wrong {
        /// It is.
        in_time: bool,
    },
    /// No code is outstanding, or there is nobody who could have one.
    Nothing,
}

impl Accounts {
    /// Looks whether the digits are those of an outstanding code, for the address it was sent to. The same steps are gone
    /// through for a name nobody has.
    pub(crate) async fn see_code(
        &self,
        tx: &mut Tx,
        pool: &Pool,
        (key, user): (&str, Option<&User>),
        (purpose, digits): (CodePurpose, &Secret<String>),
        now: Time,
    ) -> Result<Seen, Refusal> {
        let sub = Sub::parse(key).map_err(Refusal::internal)?;
        let outstanding = tx.codes().list(&pool.id, &sub, purpose).await?.into_iter().next();
        let nothing = || Code {
            pool: pool.id.clone(),
            sub: sub.clone(),
            purpose,
            attribute: "email".to_owned(),
            hash: vec![0; 32],
            created: now,
            expires: now,
        };
        let exists = outstanding.is_some();
        let code = outstanding.unwrap_or_else(nothing);
        let address = user.and_then(|user| user.attribute(&code.attribute)).unwrap_or_default();
        let right = self.opens(&code, address, digits);
        Ok(match (exists && user.is_some(), right, now < code.expires) {
            (false, ..) => Seen::Nothing,
            (true, true, true) => Seen::Right(code),
            (true, true, false) => Seen::Late,
            (true, false, in_time) => Seen::Wrong { in_time },
        })
    }
}
