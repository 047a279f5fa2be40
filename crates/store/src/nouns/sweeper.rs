//! Carries away what has expired, in bounded steps, so that no transaction grows long and no writer waits.

use crate::{Store, StoreError, vals, work};
use kernel::Time;
use std::time::Duration;
use uuid::Uuid;

/// The longest life of an access or id token (user-pools.md 6): one drawn in a refresh token's last moment outlives it
/// by so much, and is still asked for its family.
const ACCESS_MAX: Duration = Duration::from_secs(24 * 3600);

/// How far the clocks of two nodes may be apart, or one be set back, before a row goes too early: ten minutes. The node
/// that sweeps is not the node that judges: a session that has expired there may be good for some seconds here, and a
/// nonce forgotten meanwhile would open it a second time. The same goes for hourly limits and codes. DESIGN 3 promises
/// agreement at 30 s; a row more costs less than a wrong clock.
const CLOCKS_APART: Duration = Duration::from_secs(10 * 60);

/// What goes [`CLOCKS_APART`] after its time has passed; each has an index on `expires_at`.
const EXPIRING: &[&str] = &[
    "DELETE FROM spent WHERE (pool, nonce) IN \
        (SELECT pool, nonce FROM spent WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    "DELETE FROM attempts WHERE (pool, subject) IN \
        (SELECT pool, subject FROM attempts WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    "DELETE FROM counters WHERE (pool, subject, kind) IN \
        (SELECT pool, subject, kind FROM counters WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    "DELETE FROM codes WHERE (pool, sub, purpose, attribute) IN \
        (SELECT pool, sub, purpose, attribute FROM codes WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
    // What still waits is the dispatcher's, which writes down that nobody got it.
    "DELETE FROM outbox WHERE id IN \
        (SELECT id FROM outbox WHERE expires_at <= $1 AND state <> 'queued' ORDER BY expires_at LIMIT $2)",
];

/// The same for what is looked at for [`ACCESS_MAX`] longer still.
const EXPIRING_LATER: &[&str] = &["DELETE FROM families WHERE (pool, id) IN \
        (SELECT pool, id FROM families WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"];

/// A signing key stays published for a day and an hour after its last signature (`tokens::keys`), and a while for nodes
/// whose clocks are behind.
const KEY_MAX: Duration = Duration::from_secs(26 * 3600);

/// Signing keys nobody can need any more.
const RETIRED_KEYS: &[&str] = &[
    "DELETE FROM signing_keys WHERE (pool, kid) IN \
        (SELECT pool, kid FROM signing_keys WHERE retired_at <= $1 ORDER BY retired_at LIMIT $2)",
    "DELETE FROM openid_keys WHERE (account, kid) IN \
        (SELECT account, kid FROM openid_keys WHERE retired_at <= $1 ORDER BY retired_at LIMIT $2)",
];

/// How long it is told what happened to identities.
const EVENT_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

/// Events that are old enough.
const EVENTS: &str = "DELETE FROM domain_events WHERE (pool, at, id) IN \
    (SELECT pool, at, id FROM domain_events WHERE at <= $1 ORDER BY at LIMIT $2)";

/// What a deleted identity pool leaves behind. The identities go last, as people do. Its events stay: what is kept by
/// identities elsewhere ends by them.
const OF_AN_IDENTITY_POOL: &[&str] = &[
    "DELETE FROM identity_logins WHERE pool = $1 AND (provider, login_key) IN \
        (SELECT provider, login_key FROM identity_logins WHERE pool = $1 ORDER BY provider, login_key LIMIT $2)",
    "DELETE FROM identities WHERE pool = $1 AND id IN \
        (SELECT id FROM identities WHERE pool = $1 ORDER BY id LIMIT $2)",
];

/// What a deleted pool leaves behind, by key. The people go last: until then the job knows that it is not done.
const OF_A_POOL: &[&str] = &[
    "DELETE FROM names WHERE pool = $1 AND (folded, kind) IN \
        (SELECT folded, kind FROM names WHERE pool = $1 ORDER BY folded, kind LIMIT $2)",
    "DELETE FROM credentials WHERE pool = $1 AND sub IN \
        (SELECT sub FROM credentials WHERE pool = $1 ORDER BY sub LIMIT $2)",
    "DELETE FROM password_history WHERE pool = $1 AND (sub, generation) IN \
        (SELECT sub, generation FROM password_history WHERE pool = $1 ORDER BY sub, generation LIMIT $2)",
    "DELETE FROM codes WHERE pool = $1 AND (sub, purpose, attribute) IN \
        (SELECT sub, purpose, attribute FROM codes WHERE pool = $1 ORDER BY sub, purpose, attribute LIMIT $2)",
    "DELETE FROM pending_attributes WHERE pool = $1 AND (sub, attribute) IN \
        (SELECT sub, attribute FROM pending_attributes WHERE pool = $1 ORDER BY sub, attribute LIMIT $2)",
    "DELETE FROM families WHERE pool = $1 AND id IN (SELECT id FROM families WHERE pool = $1 ORDER BY id LIMIT $2)",
    "DELETE FROM spent WHERE pool = $1 AND nonce IN (SELECT nonce FROM spent WHERE pool = $1 ORDER BY nonce LIMIT $2)",
    "DELETE FROM attempts WHERE pool = $1 AND subject IN \
        (SELECT subject FROM attempts WHERE pool = $1 ORDER BY subject LIMIT $2)",
    "DELETE FROM counters WHERE pool = $1 AND (subject, kind) IN \
        (SELECT subject, kind FROM counters WHERE pool = $1 ORDER BY subject, kind LIMIT $2)",
    "DELETE FROM group_members WHERE pool = $1 AND (sub, group_id) IN \
        (SELECT sub, group_id FROM group_members WHERE pool = $1 ORDER BY sub, group_id LIMIT $2)",
    "DELETE FROM groups WHERE pool = $1 AND name IN (SELECT name FROM groups WHERE pool = $1 ORDER BY name LIMIT $2)",
    "DELETE FROM doomed_groups WHERE pool = $1 AND group_id IN \
        (SELECT group_id FROM doomed_groups WHERE pool = $1 ORDER BY group_id LIMIT $2)",
    "DELETE FROM user_count_changes WHERE pool = $1 AND (sub, change) IN \
        (SELECT sub, change FROM user_count_changes WHERE pool = $1 ORDER BY sub, change LIMIT $2)",
    "DELETE FROM user_counts WHERE pool = $1 AND people IN (SELECT people FROM user_counts WHERE pool = $1 LIMIT $2)",
    "DELETE FROM users WHERE pool = $1 AND sub IN (SELECT sub FROM users WHERE pool = $1 ORDER BY sub LIMIT $2)",
];

impl Store {
    /// Removes what has expired: at most `limit` rows per table, each table in a transaction of its own. Answers how
    /// many rows went; ask again while it is not zero.
    ///
    /// # Errors
    /// When the database refuses; what went before that stays gone.
    pub async fn sweep(&self, now: Time, limit: u32) -> Result<u64, StoreError> {
        let mut gone = 0;
        let surely = now - CLOCKS_APART;
        let later = surely - ACCESS_MAX;
        let expired = EXPIRING.iter().map(|sql| (sql, surely)).chain(EXPIRING_LATER.iter().map(|sql| (sql, later)));
        let retired = RETIRED_KEYS.iter().map(|sql| (sql, now - KEY_MAX));
        for (sql, now) in expired.chain(retired).chain([(&EVENTS, now - EVENT_MAX)]) {
            gone += self.write(work!(|tx, sql, now, limit| tx.execute(sql, vals![now, limit]).await)).await?;
        }
        gone += self.sweep_doomed(limit).await?;
        gone += self.sweep_doomed_identity_pools(limit).await?;
        gone += self.sweep_doomed_groups(limit).await?;
        Ok(gone)
    }

    async fn sweep_doomed(&self, limit: u32) -> Result<u64, StoreError> {
        let doomed = self.read(work!(|tx| tx.row("SELECT pool FROM doomed_pools ORDER BY pool LIMIT 1", &[]).await));
        let Some(mut row) = doomed.await? else { return Ok(0) };
        let pool: String = row.get(0)?;
        for sql in OF_A_POOL {
            let mine = pool.clone();
            let gone: u64 = self.write(work!(|tx, sql, mine, limit| tx.execute(sql, vals![mine, limit]).await)).await?;
            if gone > 0 {
                return Ok(gone);
            }
        }
        self.write(work!(|tx, pool| tx.execute("DELETE FROM doomed_pools WHERE pool = $1", vals![pool]).await)).await
    }

    /// One deleted identity pool, in steps; its mark goes when nobody is left.
    async fn sweep_doomed_identity_pools(&self, limit: u32) -> Result<u64, StoreError> {
        let next = "SELECT pool FROM doomed_identity_pools ORDER BY pool LIMIT 1";
        let doomed = self.read(work!(|tx, next| tx.row(next, &[]).await));
        let Some(mut row) = doomed.await? else { return Ok(0) };
        let pool: String = row.get(0)?;
        for sql in OF_AN_IDENTITY_POOL {
            let mine = pool.clone();
            let gone: u64 = self.write(work!(|tx, sql, mine, limit| tx.execute(sql, vals![mine, limit]).await)).await?;
            if gone > 0 {
                return Ok(gone);
            }
        }
        let unmark = "DELETE FROM doomed_identity_pools WHERE pool = $1";
        self.write(work!(|tx, pool, unmark| tx.execute(unmark, vals![pool]).await)).await
    }

    /// One deleted group's members, in steps; its mark goes with the step that finds nobody.
    async fn sweep_doomed_groups(&self, limit: u32) -> Result<u64, StoreError> {
        let next = self.read(work!(|tx| {
            tx.row("SELECT pool, group_id FROM doomed_groups ORDER BY pool, group_id LIMIT 1", &[]).await
        }));
        let Some(mut row) = next.await? else { return Ok(0) };
        let doomed: (String, Uuid) = (row.get(0)?, row.get(1)?);
        self.write(work!(|tx, doomed, limit| {
            let (pool, group) = doomed;
            let members = "DELETE FROM group_members WHERE pool = $1 AND group_id = $2 AND sub IN \
                (SELECT sub FROM group_members WHERE pool = $1 AND group_id = $2 ORDER BY sub LIMIT $3)";
            let gone = tx.execute(members, vals![pool, group, limit]).await?;
            if gone > 0 {
                return Ok(gone);
            }
            tx.execute("DELETE FROM doomed_groups WHERE pool = $1 AND group_id = $2", vals![pool, group]).await
        }))
        .await
    }

    /// Adds at most `limit` changes to the rolled-up counts of people. Answers how many there were.
    ///
    /// # Errors
    /// When the database refuses; nothing is counted twice.
    pub async fn roll_up_counts(&self, limit: u32) -> Result<u64, StoreError> {
        self.write(work!(|tx, limit| {
            let take = "DELETE FROM user_count_changes WHERE (pool, sub, change) IN \
                (SELECT pool, sub, change FROM user_count_changes ORDER BY pool, sub, change LIMIT $1) \
                RETURNING pool, change";
            let rows = tx.rows(take, vals![limit]).await?;
            let count = rows.len() as u64;
            let mut sums = std::collections::BTreeMap::<String, i64>::new();
            for mut row in rows {
                *sums.entry(row.get(0)?).or_default() += row.get::<i64>(1)?;
            }
            for (pool, change) in &sums {
                let add = "INSERT INTO user_counts (pool, people) VALUES ($1, $2) \
                    ON CONFLICT (pool) DO UPDATE SET people = user_counts.people + excluded.people";
                tx.execute(add, vals![pool, change]).await?;
            }
            Ok(count)
        }))
        .await
    }
}
