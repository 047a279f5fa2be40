//! The logins of identities.

use super::{Identities, Page, unstorable};
use crate::{Row, StoreError, vals};
use aws_lc_rs::digest;
use kernel::{IdentityId, IdentityPoolId, Time};
use model::{Known, LOGINS_MAX, Login};

impl Identities<'_> {
    /// The logins of an identity, by provider and subject.
    pub async fn logins_of(&mut self, id: &IdentityId) -> Result<Vec<Login>, StoreError> {
        let sql = "SELECT provider, subject, developer FROM identity_logins WHERE identity = $1";
        let rows = self.tx.rows(sql, vals![id]).await?;
        let logins: Result<Vec<Option<Login>>, _> = rows.into_iter().map(|mut row| read_joined(&mut row, 0)).collect();
        let mut logins: Vec<Login> = logins?.into_iter().flatten().collect();
        logins.sort_unstable();
        Ok(logins)
    }

    /// Whose a login is.
    pub async fn owner_of(&mut self, pool: &IdentityPoolId, login: &Login) -> Result<Option<Known>, StoreError> {
        Ok(self.owners_of(pool, std::slice::from_ref(login)).await?.into_iter().next())
    }

    /// Ties logins to an identity, which is no guest from now on. `Conflict` when one of them is somebody's: another
    /// transaction was quicker, and the caller's runs again and finds whose it is.
    pub async fn link(
        &mut self,
        pool: &IdentityPoolId,
        id: &IdentityId,
        logins: &[Login],
        now: Time,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO identity_logins (pool, provider, login_key, identity, developer, subject, linked_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        for login in logins {
            let key = key_of(login);
            let subject = serde_json::to_string(&login.subject).map_err(|error| unreadable(&error))?;
            let all = vals![pool, &login.provider, &key, id, login.developer, &subject, now];
            if self.tx.execute(sql, all).await? == 0 {
                return Err(self.tx.collided());
            }
        }
        if logins.is_empty() { Ok(()) } else { self.changed(id, false, now).await }
    }

    /// Takes a login from an identity and ends the identity's sessions; false when it is not its login.
    pub async fn unlink(
        &mut self,
        pool: &IdentityPoolId,
        id: &IdentityId,
        login: &Login,
        now: Time,
    ) -> Result<bool, StoreError> {
        if unstorable(&login.provider) {
            return Ok(false);
        }
        let sql = "DELETE FROM identity_logins WHERE pool = $1 AND provider = $2 AND login_key = $3 AND identity = $4";
        if self.tx.execute(sql, vals![pool, &login.provider, &key_of(login), id]).await? == 0 {
            return Ok(false);
        }
        self.changed(id, true, now).await?;
        Ok(true)
    }

    /// Carries all logins of an identity over to another and tells how many. `Taken` when both have one of the same
    /// public provider.
    pub async fn move_logins(&mut self, from: &IdentityId, to: &IdentityId, now: Time) -> Result<u64, StoreError> {
        let sql = "UPDATE identity_logins SET identity = $2 WHERE identity = $1";
        let moved = self.tx.execute(sql, vals![from, to]).await?;
        self.changed(to, false, now).await?;
        Ok(moved)
    }

    /// The developer's identifiers of an identity, in order, those behind `after`. An identity has at most
    /// [`LOGINS_MAX`] logins, so they are read together.
    pub async fn list_identifiers(
        &mut self,
        id: &IdentityId,
        provider: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<String>, StoreError> {
        let behind = |login: &Login| after.is_none_or(|after| login.subject.as_str() > after);
        let mut items = Vec::with_capacity(LOGINS_MAX);
        for login in self.logins_of(id).await? {
            if login.developer && login.provider == provider && behind(&login) {
                items.push(login.subject);
            }
        }
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        Ok(Page { items, more })
    }
}

/// What a login is found by, beside its pool and provider. A developer's identifier is never found by a public
/// provider's subject, whatever the developer calls their provider.
pub(super) fn key_of(login: &Login) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&[u8::from(login.developer)]);
    context.update(login.subject.as_bytes());
    context.finish().as_ref().to_vec()
}

/// The login in three columns of a row, if there is one.
pub(super) fn read_joined(row: &mut Row, at: usize) -> Result<Option<Login>, StoreError> {
    let Some(provider) = row.get::<Option<String>>(at)? else { return Ok(None) };
    let subject = serde_json::from_str(&row.get::<String>(at + 1)?).map_err(|error| unreadable(&error))?;
    Ok(Some(Login { provider, subject, developer: row.get(at + 2)? }))
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "login", why: error.to_string() }
}
