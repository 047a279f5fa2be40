//! What people can be called by: usernames, addresses and numbers that sign in, preferred usernames.

use super::unstorable;
use crate::{StoreError, Tx, vals};
use kernel::{Sub, UserPoolId};

/// Which kind of name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// The username.
    Username,
    /// An e-mail address that signs in.
    Email,
    /// A phone number that signs in.
    PhoneNumber,
    /// A preferred username that signs in.
    PreferredUsername,
}

impl NameKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Username, Self::Email, Self::PhoneNumber, Self::PreferredUsername];

    /// As stored; the attribute's name where it is one.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::PreferredUsername => "preferred_username",
        }
    }

    /// As stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Names, by pool, folded spelling and kind. Uniqueness is the key of this table, never a read before a write.
#[derive(Debug)]
pub struct Names<'t> {
    pub(super) tx: &'t mut Tx,
}

impl Names<'_> {
    /// Gives a person a name; false when it belongs to somebody else, or when it can be nobody's. Claiming one's own
    /// name again is fine.
    pub async fn claim(
        &mut self,
        pool: &UserPoolId,
        kind: NameKind,
        folded: &str,
        sub: &Sub,
    ) -> Result<bool, StoreError> {
        if unstorable(folded) {
            return Ok(false);
        }
        let sql = "INSERT INTO names (pool, folded, kind, sub) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (pool, folded, kind) DO UPDATE SET sub = names.sub WHERE names.sub = excluded.sub RETURNING 1";
        Ok(self.tx.row(sql, vals![pool, folded, kind.as_str(), sub]).await?.is_some())
    }

    /// Whose name it is.
    pub async fn get(&mut self, pool: &UserPoolId, kind: NameKind, folded: &str) -> Result<Option<Sub>, StoreError> {
        if unstorable(folded) {
            return Ok(None);
        }
        let sql = "SELECT sub FROM names WHERE pool = $1 AND folded = $2 AND kind = $3";
        self.tx.row(sql, vals![pool, folded, kind.as_str()]).await?.map(|mut row| row.get(0)).transpose()
    }

    /// Everybody who is called so, and in which way: one look answers for username and aliases.
    pub async fn list(&mut self, pool: &UserPoolId, folded: &str) -> Result<Vec<(NameKind, Sub)>, StoreError> {
        if unstorable(folded) {
            return Ok(Vec::new());
        }
        let sql = "SELECT kind, sub FROM names WHERE pool = $1 AND folded = $2 ORDER BY kind LIMIT 10";
        let rows = self.tx.rows(sql, vals![pool, folded]).await?;
        let known = rows.into_iter().map(|mut row| {
            let kind = NameKind::parse(&row.get::<String>(0)?);
            Ok((kind.ok_or(StoreError::Misread { column: 0, expected: "a kind of name" })?, row.get(1)?))
        });
        known.collect()
    }

    /// Takes a name away from its owner; false when it was not that person's.
    pub async fn release(
        &mut self,
        pool: &UserPoolId,
        kind: NameKind,
        folded: &str,
        sub: &Sub,
    ) -> Result<bool, StoreError> {
        if unstorable(folded) {
            return Ok(false);
        }
        let sql = "DELETE FROM names WHERE pool = $1 AND folded = $2 AND kind = $3 AND sub = $4";
        Ok(self.tx.execute(sql, vals![pool, folded, kind.as_str(), sub]).await? == 1)
    }
}
