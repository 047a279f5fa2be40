//! Signing keys made ahead of need.

use crate::{StoreError, Tx, vals};
use kernel::Time;
use uuid::Uuid;

/// A key that belongs to no pool yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockedKey {
    /// Its row; the sealed half is bound to it.
    pub id: Uuid,
    /// `RS256`.
    pub kind: String,
    /// Sealed PKCS#8.
    pub sealed: Vec<u8>,
    /// The public JWK, JSON text.
    pub jwk: String,
    /// When it was made.
    pub created: Time,
}

/// The stock.
#[derive(Debug)]
pub struct KeyStock<'t> {
    pub(super) tx: &'t mut Tx,
}

impl KeyStock<'_> {
    /// Adds a key.
    pub async fn push(&mut self, key: &StockedKey) -> Result<(), StoreError> {
        let sql = "INSERT INTO key_stock (id, kind, private_key, public_jwk, created_at) VALUES ($1, $2, $3, $4, $5)";
        self.tx.execute(sql, vals![&key.id, &key.kind, &key.sealed, &key.jwk, key.created]).await?;
        Ok(())
    }

    /// Takes the oldest key of a kind out of the stock.
    pub async fn take(&mut self, kind: &str) -> Result<Option<StockedKey>, StoreError> {
        let sql = "DELETE FROM key_stock WHERE id IN (SELECT id FROM key_stock WHERE kind = $1 \
            ORDER BY created_at, id LIMIT 1 {for_update_skip_locked}) \
            RETURNING id, kind, private_key, public_jwk, created_at";
        let row = self.tx.row(sql, vals![kind]).await?;
        row.map(|mut row| {
            Ok(StockedKey {
                id: row.get(0)?,
                kind: row.get(1)?,
                sealed: row.get(2)?,
                jwk: row.get(3)?,
                created: row.get(4)?,
            })
        })
        .transpose()
    }

    /// How many keys of a kind there are.
    pub async fn count(&mut self, kind: &str) -> Result<u32, StoreError> {
        let row = self.tx.row("SELECT count(*) FROM key_stock WHERE kind = $1", vals![kind]).await?;
        row.ok_or(StoreError::Misread { column: 0, expected: "a count" })?.get(0)
    }
}
