//! Identities. What is asked about their logins stands in `identity_logins.rs`.

use super::{Page, one_more, unstorable};
use crate::{Row, StoreError, Tx, vals};
use kernel::{IdentityId, IdentityPoolId, Time};
use model::{Identity, IdentityState, Known, Login, USE_STEP};

/// Identities, by id.
#[derive(Debug)]
pub struct Identities<'t> {
    pub(super) tx: &'t mut Tx,
}

/// How many merges are followed from an identity that was merged. Each made one of two that somebody used.
const MERGES_MAX: u32 = 64;

/// Those of a deleted pool are not there although the sweeper has not come to them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.pool, i.account, i.created_at, i.updated_at, i.disabled_at, i.merged_into, i.generation, \
             i.guest, i.used_at FROM identities AS i \
             WHERE EXISTS (SELECT 1 FROM identity_pools AS p WHERE p.id = i.pool) AND ",
            $rest
        )
    };
}

/// With their logins: a row for each, and one without where there is none.
macro_rules! select_known {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.pool, i.account, i.created_at, i.updated_at, i.disabled_at, i.merged_into, i.generation, \
             i.guest, i.used_at, l.provider, l.subject, l.developer \
             FROM identities AS i LEFT JOIN identity_logins AS l ON l.identity = i.id \
             WHERE EXISTS (SELECT 1 FROM identity_pools AS p WHERE p.id = i.pool) AND ",
            $rest
        )
    };
}

/// Which identities a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityFilter {
    /// All of them.
    All,
    /// Those that may be used.
    Enabled,
    /// Those with a login of this provider, by its canonical key, or of the developer's.
    Of {
        /// The key.
        provider: String,
        /// The developer's.
        developer: bool,
    },
}

impl Identities<'_> {
    /// An identity.
    pub async fn get(&mut self, id: &IdentityId) -> Result<Option<Identity>, StoreError> {
        self.tx.row(select!("i.id = $1"), vals![id]).await?.map(|mut row| read(&mut row)).transpose()
    }

    /// An identity with its logins; of a merged one with the identity that is left in the end.
    pub async fn get_known(&mut self, id: &IdentityId) -> Result<Option<Known>, StoreError> {
        let rows = self.tx.rows(select_known!("i.id = $1"), vals![id]).await?;
        let Some(mut known) = grouped(rows)?.into_iter().next() else { return Ok(None) };
        for _ in 0..MERGES_MAX {
            let Some(into) = &known.identity.merged_into else { break };
            match self.get(into).await?.and_then(|heir| heir.merged_into) {
                Some(further) => known.identity.merged_into = Some(further),
                None => break,
            }
        }
        Ok(Some(known))
    }

    /// Adds an identity, without logins; false when its pool is gone.
    pub async fn insert(&mut self, identity: &Identity) -> Result<bool, StoreError> {
        let sql = "INSERT INTO identities (id, pool, account, created_at, updated_at, disabled_at, merged_into, \
            generation, guest, used_at) SELECT $1, p.id, $3, $4, $5, $6, $7, $8, $9, $10 FROM identity_pools AS p \
            WHERE p.id = $2";
        let i = identity;
        let all = vals![
            &i.id,
            &i.pool,
            &i.account,
            i.created,
            i.updated,
            (!i.enabled()).then_some(i.updated),
            &i.merged_into,
            i.generation,
            i.guest,
            i.used,
        ];
        Ok(self.tx.execute(sql, all).await? == 1)
    }

    /// Switches an identity off and ends its sessions. False when it is gone or was off before.
    pub async fn disable(
        &mut self,
        id: &IdentityId,
        merged_into: Option<&IdentityId>,
        now: Time,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE identities SET disabled_at = $3, updated_at = $3, merged_into = $2, guest = $4, \
            generation = generation + 1 WHERE id = $1 AND disabled_at IS NULL";
        self.tx.touch_identity(id);
        Ok(self.tx.execute(sql, vals![id, merged_into, now, false]).await? == 1)
    }

    /// Notes that its logins changed, or that it has none left: it is no guest, and if it was one, whoever knows the guest's
    /// id has no say any more. `ends_sessions` when something was taken from it.
    pub(super) async fn changed(&mut self, id: &IdentityId, ends_sessions: bool, now: Time) -> Result<(), StoreError> {
        let sql = "UPDATE identities SET guest = $2, updated_at = $3, \
            generation = generation + $4 + CASE WHEN guest THEN 1 ELSE 0 END, \
            left_at = CASE WHEN NOT EXISTS (SELECT 1 FROM identity_logins WHERE identity = $1) \
            THEN CAST($3 AS {int}) END WHERE id = $1";
        self.tx.touch_identity(id);
        self.tx.execute(sql, vals![id, false, now, i64::from(ends_sessions)]).await?;
        Ok(())
    }

    /// Removes an identity and its logins; false when it is gone.
    pub async fn delete(&mut self, id: &IdentityId) -> Result<bool, StoreError> {
        self.tx.touch_identity(id);
        self.tx.execute("DELETE FROM identity_logins WHERE identity = $1", vals![id]).await?;
        Ok(self.tx.execute("DELETE FROM identities WHERE id = $1", vals![id]).await? == 1)
    }

    /// Writes down that a guest was used, at most once in [`USE_STEP`].
    pub async fn touch(&mut self, id: &IdentityId, now: Time) -> Result<(), StoreError> {
        let sql = "UPDATE identities SET used_at = $2 WHERE id = $1 AND used_at <= $3 AND guest";
        self.tx.execute(sql, vals![id, now, now - USE_STEP]).await?;
        Ok(())
    }

    /// Guests that nobody has used since `before`, those unused for longest first.
    pub async fn idle_guests(&mut self, before: Time, limit: u32) -> Result<Vec<Identity>, StoreError> {
        let sql = select!("i.guest AND i.used_at < $1 ORDER BY i.used_at LIMIT $2");
        let rows = self.tx.rows(sql, vals![before, limit]).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Identities that lost their last login before `before`, those left for longest first.
    pub async fn left_behind(&mut self, before: Time, limit: u32) -> Result<Vec<Identity>, StoreError> {
        // A node that knows nothing of the column may have linked one again.
        let sql = select!(
            "i.left_at < $1 AND i.disabled_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM identity_logins AS l WHERE l.identity = i.id) ORDER BY i.left_at LIMIT $2"
        );
        let rows = self.tx.rows(sql, vals![before, limit]).await?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Identities of a pool by id, those behind `after`, with their logins.
    pub async fn list(
        &mut self,
        pool: &IdentityPoolId,
        filter: &IdentityFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<Known>, StoreError> {
        let (after, most) = (after.unwrap_or(""), one_more(limit));
        let rows = match filter {
            IdentityFilter::All => {
                let sql = select_known!(
                    "i.id IN (SELECT id FROM identities WHERE pool = $1 AND id > $2 ORDER BY id LIMIT $3) ORDER BY i.id"
                );
                self.tx.rows(sql, vals![pool, after, most]).await?
            }
            IdentityFilter::Enabled => {
                let sql = select_known!(
                    "i.id IN (SELECT id FROM identities WHERE pool = $1 AND id > $2 AND disabled_at IS NULL \
                     ORDER BY id LIMIT $3) ORDER BY i.id"
                );
                self.tx.rows(sql, vals![pool, after, most]).await?
            }
            IdentityFilter::Of { provider, .. } if unstorable(provider) => Vec::new(),
            IdentityFilter::Of { provider, developer: false } => {
                let sql = select_known!(
                    "i.id IN (SELECT identity FROM identity_logins WHERE pool = $1 AND provider = $2 AND NOT developer \
                     AND identity > $3 ORDER BY identity LIMIT $4) ORDER BY i.id"
                );
                self.tx.rows(sql, vals![pool, provider, after, most]).await?
            }
            IdentityFilter::Of { provider, developer: true } => {
                let sql = select_known!(
                    "i.id IN (SELECT DISTINCT identity FROM identity_logins WHERE pool = $1 AND provider = $2 \
                     AND developer AND identity > $3 ORDER BY identity LIMIT $4) ORDER BY i.id"
                );
                self.tx.rows(sql, vals![pool, provider, after, most]).await?
            }
        };
        let mut items = grouped(rows)?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        Ok(Page { items, more })
    }

    /// Whose these logins are, each identity once with all its logins. At most as many questions as logins.
    pub async fn owners_of(&mut self, pool: &IdentityPoolId, logins: &[Login]) -> Result<Vec<Known>, StoreError> {
        let sql = select_known!(
            "i.id = (SELECT identity FROM identity_logins WHERE pool = $1 AND provider = $2 AND login_key = $3)"
        );
        let mut owners: Vec<Known> = Vec::new();
        for login in logins {
            if unstorable(&login.provider) || owners.iter().any(|owner| owner.has(login)) {
                continue;
            }
            let rows = self.tx.rows(sql, vals![pool, &login.provider, &super::identity_logins::key_of(login)]).await?;
            owners.extend(grouped(rows)?);
        }
        Ok(owners)
    }
}

/// Rows of one identity follow one another.
fn grouped(rows: Vec<Row>) -> Result<Vec<Known>, StoreError> {
    let mut all: Vec<Known> = Vec::new();
    for mut row in rows {
        let identity = read(&mut row)?;
        let login = super::identity_logins::read_joined(&mut row, 10)?;
        match all.last_mut().filter(|last| last.identity.id == identity.id) {
            Some(last) => last.logins.extend(login),
            None => all.push(Known { identity, logins: login.into_iter().collect() }),
        }
    }
    for known in &mut all {
        known.logins.sort_unstable();
    }
    Ok(all)
}

fn read(row: &mut Row) -> Result<Identity, StoreError> {
    let disabled = row.get::<Option<Time>>(5)?;
    Ok(Identity {
        id: row.get(0)?,
        pool: row.get(1)?,
        account: row.get(2)?,
        created: row.get(3)?,
        updated: row.get(4)?,
        state: if disabled.is_some() { IdentityState::Disabled } else { IdentityState::Enabled },
        merged_into: row.get(6)?,
        generation: row.get(7)?,
        guest: row.get(8)?,
        used: row.get(9)?,
    })
}
