//! Messages and events that follow from a committed change, sent by a job with retry.

use crate::{Row, StoreError, Tx, vals};
use kernel::Time;
use std::time::Duration;
use uuid::Uuid;

/// Something to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Stable over all tries, so that a receiver can tell a second copy.
    pub id: Uuid,
    /// Which sender takes it: `mail`, `sms` … None takes a [`Letter::DECOY`].
    pub kind: String,
    /// What to send, sealed under the id.
    pub payload: Vec<u8>,
    /// When the change was made.
    pub created: Time,
    /// Not before.
    pub due: Time,
    /// Not after: an old code helps nobody.
    pub expires: Time,
    /// How often it was tried, the try under way included.
    pub tries: u32,
}

impl Letter {
    /// The kind of a row that is stored for its cost alone (ST-11): nobody gets it, and nobody waits for it.
    pub const DECOY: &'static str = "decoy";
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// On its way.
    Queued,
    /// The other side said yes.
    Delivered,
    /// The other side said no for good.
    Refused {
        /// Its words.
        error: String,
    },
}

/// The outbox.
#[derive(Debug)]
pub struct Outbox<'t> {
    pub(super) tx: &'t mut Tx,
}

impl Outbox<'_> {
    /// Puts a letter into the queue. It leaves when the transaction is committed, and only then.
    pub async fn push(&mut self, letter: &Letter) -> Result<(), StoreError> {
        let sql = "INSERT INTO outbox (id, kind, state, payload, created_at, due_at, expires_at, tries, lease_until) \
            VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7, 0)";
        let l = letter;
        let all = vals![&l.id, &l.kind, &l.payload, l.created, l.due, l.expires, l.tries];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// Takes letters that are due for `lease` long. One whose taker died is due again when the lease has ended. Expired
    /// ones are among them: somebody has to write down that they never left.
    pub async fn claim(
        &mut self,
        now: Time,
        owner: &str,
        most: u32,
        lease: Duration,
    ) -> Result<Vec<Letter>, StoreError> {
        let sql = "UPDATE outbox SET lease_owner = $1, lease_until = $2, tries = tries + 1 WHERE id IN \
            (SELECT id FROM outbox WHERE state = 'queued' AND due_at <= $3 AND lease_until <= $3 \
            ORDER BY due_at, id LIMIT $4 {for_update_skip_locked}) \
            RETURNING id, kind, payload, created_at, due_at, expires_at, tries";
        let rows = self.tx.rows(sql, vals![owner, now + lease, now, most]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Takes one letter by its id, for a request that waits for its delivery. None when somebody else has it already.
    pub async fn claim_one(
        &mut self,
        id: &Uuid,
        now: Time,
        owner: &str,
        lease: Duration,
    ) -> Result<Option<Letter>, StoreError> {
        let sql = "UPDATE outbox SET lease_owner = $1, lease_until = $2, tries = tries + 1 \
            WHERE id = $4 AND state = 'queued' AND lease_until <= $3 AND expires_at > $3 \
            RETURNING id, kind, payload, created_at, due_at, expires_at, tries";
        self.tx.row(sql, vals![owner, now + lease, now, id]).await?.map(read).transpose()
    }

    /// Marks a letter as delivered and wipes what it said; false when the lease went to somebody else meanwhile.
    pub async fn delivered(&mut self, id: &Uuid, owner: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET state = 'delivered', payload = NULL, last_error = NULL \
            WHERE id = $1 AND lease_owner = $2 AND state = 'queued'";
        Ok(self.tx.execute(sql, vals![id, owner]).await? == 1)
    }

    /// A try failed; the letter is due again at `retry`. False when the lease went to somebody else meanwhile.
    pub async fn failed(&mut self, id: &Uuid, owner: &str, retry: Time, error: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET due_at = $3, lease_until = 0, lease_owner = NULL, last_error = $4 \
            WHERE id = $1 AND lease_owner = $2 AND state = 'queued'";
        Ok(self.tx.execute(sql, vals![id, owner, retry, error]).await? == 1)
    }

    /// The other side said no for good: no more tries, and what it said is wiped.
    pub async fn refused(&mut self, id: &Uuid, owner: &str, error: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET state = 'refused', payload = NULL, last_error = $3 \
            WHERE id = $1 AND lease_owner = $2 AND state = 'queued'";
        Ok(self.tx.execute(sql, vals![id, owner, error]).await? == 1)
    }

    /// Removes a decoy: nothing became of it that anybody could ask for. False when the lease went to somebody else
    /// meanwhile.
    pub async fn clear(&mut self, id: &Uuid, owner: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM outbox WHERE id = $1 AND lease_owner = $2 AND state = 'queued'";
        Ok(self.tx.execute(sql, vals![id, owner]).await? == 1)
    }

    /// What became of a letter; None when it is gone.
    pub async fn get_delivery(&mut self, id: &Uuid) -> Result<Option<Delivery>, StoreError> {
        let sql = "SELECT state, last_error FROM outbox WHERE id = $1";
        let Some(mut row) = self.tx.row(sql, vals![id]).await? else { return Ok(None) };
        Ok(Some(match row.get::<String>(0)?.as_str() {
            "delivered" => Delivery::Delivered,
            "refused" => Delivery::Refused { error: row.get::<Option<String>>(1)?.unwrap_or_default() },
            _ => Delivery::Queued,
        }))
    }

    /// When the next letter is due, so that the job sleeps no longer.
    pub async fn next_due(&mut self) -> Result<Option<Time>, StoreError> {
        let sql = "SELECT due_at, lease_until FROM outbox WHERE state = 'queued' ORDER BY due_at, id LIMIT 1";
        let Some(mut row) = self.tx.row(sql, &[]).await? else { return Ok(None) };
        Ok(Some(row.get::<Time>(0)?.max(row.get(1)?)))
    }

    /// What was written down about letters that did not leave at the first try, for operators.
    pub async fn list_errors(&mut self, limit: u32) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT last_error FROM outbox WHERE last_error IS NOT NULL ORDER BY id LIMIT $1";
        let rows = self.tx.rows(sql, vals![limit]).await?;
        rows.into_iter().map(|mut row| row.get(0)).collect()
    }

    /// When the letter that is due longest was due, of those that are still worth sending: for metrics.
    pub async fn oldest_due(&mut self, now: Time) -> Result<Option<Time>, StoreError> {
        let sql = "SELECT due_at FROM outbox WHERE state = 'queued' AND expires_at > $1 AND kind <> $2 \
            ORDER BY due_at, id LIMIT 1";
        self.tx.row(sql, vals![now, Letter::DECOY]).await?.map(|mut row| row.get(0)).transpose()
    }

    /// How many letters wait, counted up to `most`: for metrics.
    pub async fn count_queued(&mut self, most: u32) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM \
            (SELECT 1 FROM outbox WHERE state = 'queued' AND kind <> $2 LIMIT $1) AS waiting";
        let row = self.tx.row(sql, vals![most, Letter::DECOY]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }
}

fn read(mut row: Row) -> Result<Letter, StoreError> {
    Ok(Letter {
        id: row.get(0)?,
        kind: row.get(1)?,
        payload: row.get(2)?,
        created: row.get(3)?,
        due: row.get(4)?,
        expires: row.get(5)?,
        tries: row.get(6)?,
    })
}
