//! Outstanding one-time codes.

use crate::{Row, StoreError, Tx, vals};
use kernel::{Sub, UserPoolId};
use model::{Code, CodePurpose};

/// Codes, by pool, person, purpose and attribute.
#[derive(Debug)]
pub struct Codes<'t> {
    pub(super) tx: &'t mut Tx,
}

impl Codes<'_> {
    /// Stores a code in the place of an older one of the same purpose and attribute.
    pub async fn save(&mut self, code: &Code) -> Result<(), StoreError> {
        let sql = "INSERT INTO codes (pool, sub, purpose, attribute, hash, created_at, expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (pool, sub, purpose, attribute) DO UPDATE SET \
            hash = excluded.hash, created_at = excluded.created_at, expires_at = excluded.expires_at";
        let c = code;
        let all = vals![&c.pool, &c.sub, c.purpose.as_str(), &c.attribute, &c.hash, c.created, c.expires];
        self.tx.execute(sql, all).await?;
        Ok(())
    }

    /// The outstanding codes of a purpose, one per attribute.
    pub async fn list(&mut self, pool: &UserPoolId, sub: &Sub, purpose: CodePurpose) -> Result<Vec<Code>, StoreError> {
        let sql = "SELECT pool, sub, purpose, attribute, hash, created_at, expires_at FROM codes \
            WHERE pool = $1 AND sub = $2 AND purpose = $3 ORDER BY attribute LIMIT 100";
        let rows = self.tx.rows(sql, vals![pool, sub, purpose.as_str()]).await?;
        rows.into_iter().map(read).collect()
    }

    /// The outstanding code of a purpose that went to this attribute.
    pub async fn get(
        &mut self,
        pool: &UserPoolId,
        sub: &Sub,
        purpose: CodePurpose,
        attribute: &str,
    ) -> Result<Option<Code>, StoreError> {
        let sql = "SELECT pool, sub, purpose, attribute, hash, created_at, expires_at FROM codes \
            WHERE pool = $1 AND sub = $2 AND purpose = $3 AND attribute = $4";
        self.tx.row(sql, vals![pool, sub, purpose.as_str(), attribute]).await?.map(read).transpose()
    }

    /// Reads and removes in one step, so that a code is good once, however many ask at the same moment.
    pub async fn take(
        &mut self,
        pool: &UserPoolId,
        sub: &Sub,
        purpose: CodePurpose,
        attribute: &str,
        hash: &[u8],
    ) -> Result<Option<Code>, StoreError> {
        let sql = "DELETE FROM codes WHERE pool = $1 AND sub = $2 AND purpose = $3 AND attribute = $4 AND hash = $5 \
            RETURNING pool, sub, purpose, attribute, hash, created_at, expires_at";
        self.tx.row(sql, vals![pool, sub, purpose.as_str(), attribute, hash]).await?.map(read).transpose()
    }

    /// Withdraws all codes of a purpose: it is served.
    pub async fn delete(&mut self, pool: &UserPoolId, sub: &Sub, purpose: CodePurpose) -> Result<(), StoreError> {
        let sql = "DELETE FROM codes WHERE pool = $1 AND sub = $2 AND purpose = $3";
        self.tx.execute(sql, vals![pool, sub, purpose.as_str()]).await?;
        Ok(())
    }

    /// Withdraws the code of a purpose that went to this attribute: its value has changed.
    pub async fn withdraw(
        &mut self,
        pool: &UserPoolId,
        sub: &Sub,
        purpose: CodePurpose,
        attribute: &str,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM codes WHERE pool = $1 AND sub = $2 AND purpose = $3 AND attribute = $4";
        self.tx.execute(sql, vals![pool, sub, purpose.as_str(), attribute]).await?;
        Ok(())
    }
}

fn read(mut row: Row) -> Result<Code, StoreError> {
    Ok(Code {
        pool: row.get(0)?,
        sub: row.get(1)?,
        purpose: CodePurpose::parse(&row.get::<String>(2)?)
            .ok_or(StoreError::Misread { column: 2, expected: "a code's purpose" })?,
        attribute: row.get(3)?,
        hash: row.get(4)?,
        created: row.get(5)?,
        expires: row.get(6)?,
    })
}
