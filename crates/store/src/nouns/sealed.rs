//! Everything that is sealed, wherever it stands: what a change of the master key walks through.

use super::{Page, one_more};
use crate::{Row, StoreError, Tx, Val, vals};
use uuid::Uuid;

/// A column of sealed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealedColumn {
    /// Password verifiers.
    Credentials,
    /// Earlier passwords.
    PasswordHistory,
    /// Secrets of app clients.
    ClientSecrets,
    /// The pools' signing keys.
    SigningKeys,
    /// The keys that sign tokens of identity pools.
    OpenIdKeys,
    /// Signing keys made ahead of need.
    KeyStock,
    /// Secrets of access keys.
    AccessKeys,
    /// Messages on their way.
    Outbox,
}

/// A sealed value and the key of its row, part by part, as it is bound into the seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// The primary key's parts; a UUID in its usual spelling.
    pub key: Vec<String>,
    /// The value.
    pub sealed: Vec<u8>,
}

/// Sealed values of all tables.
#[derive(Debug)]
pub struct Sealed<'t> {
    pub(super) tx: &'t mut Tx,
}

/// The questions of one column: the first page, the pages behind a key, the replacement.
struct Questions {
    first: &'static str,
    behind: &'static str,
    replace: &'static str,
}

macro_rules! questions {
    ($table:literal, $column:literal, $keys:literal, $marks:literal, $limit:literal, $where:literal, $new:literal, $old:literal) => {
        Questions {
            first: concat!(
                "SELECT ",
                $column,
                ", ",
                $keys,
                " FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL ORDER BY ",
                $keys,
                " LIMIT $1"
            ),
            behind: concat!(
                "SELECT ",
                $column,
                ", ",
                $keys,
                " FROM ",
                $table,
                " WHERE ",
                $column,
                " IS NOT NULL AND (",
                $keys,
                ") > (",
                $marks,
                ") ORDER BY ",
                $keys,
                " LIMIT ",
                $limit
            ),
            replace: concat!(
                "UPDATE ", $table, " SET ", $column, " = ", $new, " WHERE ", $where, " AND ", $column, " = ", $old
            ),
        }
    };
}

impl SealedColumn {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Credentials,
        Self::PasswordHistory,
        Self::ClientSecrets,
        Self::SigningKeys,
        Self::OpenIdKeys,
        Self::KeyStock,
        Self::AccessKeys,
        Self::Outbox,
    ];

    fn questions(self) -> Questions {
        match self {
            Self::Credentials => {
                questions!("credentials", "sealed", "pool, sub", "$1, $2", "$3", "pool = $1 AND sub = $2", "$3", "$4")
            }
            Self::PasswordHistory => questions!(
                "password_history",
                "sealed",
                "pool, sub, generation",
                "$1, $2, $3",
                "$4",
                "pool = $1 AND sub = $2 AND generation = $3",
                "$4",
                "$5"
            ),
            Self::ClientSecrets => questions!(
                "client_secrets",
                "secret",
                "pool, client, id",
                "$1, $2, $3",
                "$4",
                "pool = $1 AND client = $2 AND id = $3",
                "$4",
                "$5"
            ),
            Self::SigningKeys => questions!(
                "signing_keys",
                "private_key",
                "pool, kid",
                "$1, $2",
                "$3",
                "pool = $1 AND kid = $2",
                "$3",
                "$4"
            ),
            Self::OpenIdKeys => questions!(
                "openid_keys",
                "private_key",
                "account, kid",
                "$1, $2",
                "$3",
                "account = $1 AND kid = $2",
                "$3",
                "$4"
            ),
            Self::KeyStock => questions!("key_stock", "private_key", "id", "$1", "$2", "id = $1", "$2", "$3"),
            Self::AccessKeys => questions!("access_keys", "secret", "id", "$1", "$2", "id = $1", "$2", "$3"),
            Self::Outbox => questions!("outbox", "payload", "id", "$1", "$2", "id = $1", "$2", "$3"),
        }
    }

    const fn by_uuid(self) -> bool {
        matches!(self, Self::KeyStock | Self::Outbox)
    }

    const fn parts(self) -> usize {
        match self {
            Self::ClientSecrets | Self::PasswordHistory => 3,
            Self::Credentials | Self::SigningKeys | Self::OpenIdKeys => 2,
            Self::KeyStock | Self::AccessKeys | Self::Outbox => 1,
        }
    }

    fn read(self, mut row: Row) -> Result<SealedValue, StoreError> {
        let sealed = row.get(0)?;
        let part = |at: usize, row: &mut Row| {
            if self.by_uuid() { row.get::<Uuid>(at).map(|id| id.to_string()) } else { row.get::<String>(at) }
        };
        let key = (1..=self.parts()).map(|at| part(at, &mut row)).collect::<Result<_, _>>()?;
        Ok(SealedValue { key, sealed })
    }
}

/// A key as it is bound: text, or the bytes of a UUID.
fn bound(column: SealedColumn, key: &[String]) -> Result<Vec<Uuid>, StoreError> {
    let read = |text: &String| {
        Uuid::parse_str(text).map_err(|e| StoreError::Unreadable { what: "a row's id", why: e.to_string() })
    };
    if column.by_uuid() { key.iter().map(read).collect() } else { Ok(Vec::new()) }
}

fn key_vals<'a>(key: &'a [String], ids: &'a [Uuid]) -> Vec<Val<'a>> {
    if ids.is_empty() { key.iter().map(Val::from).collect() } else { ids.iter().map(Val::from).collect() }
}

impl Sealed<'_> {
    /// Values of a column in the order of their keys, those behind `after`.
    pub async fn list(
        &mut self,
        column: SealedColumn,
        after: Option<&[String]>,
        limit: u32,
    ) -> Result<Page<SealedValue>, StoreError> {
        let questions = column.questions();
        let rows = match after {
            None => self.tx.rows(questions.first, vals![one_more(limit)]).await?,
            Some(key) => {
                let ids = bound(column, key)?;
                let mut all = key_vals(key, &ids);
                all.push(Val::from(one_more(limit)));
                self.tx.rows(questions.behind, &all).await?
            }
        };
        Page::of(rows, limit, |row| column.read(row))
    }

    /// Puts the same secret there under another seal; false when the value has changed meanwhile.
    pub async fn replace(
        &mut self,
        column: SealedColumn,
        key: &[String],
        old: &[u8],
        new: &[u8],
    ) -> Result<bool, StoreError> {
        let ids = bound(column, key)?;
        let mut all = key_vals(key, &ids);
        all.extend([Val::from(new), Val::from(old)]);
        Ok(self.tx.execute(column.questions().replace, &all).await? == 1)
    }
}
