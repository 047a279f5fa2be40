//! Rows on their way out, the same for both engines.

use crate::StoreError;
use kernel::{AccountId, ClientId, IdentityId, IdentityPoolId, Sub, Time, UserPoolId};

/// A value read from SQLite. (Postgres rows keep their own buffer and are read from it.)
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

#[derive(Debug)]
pub(crate) enum Cells {
    Sqlite(Vec<Cell>),
    Postgres(tokio_postgres::Row),
}

/// One row of an answer. Columns are read by position and leave the row as they are read.
#[derive(Debug)]
pub struct Row(pub(crate) Cells);

impl Row {
    /// The value of a column, counted from zero in the order the question names them.
    ///
    /// # Errors
    /// [`StoreError::Misread`] when it holds something else.
    pub fn get<T: FromCell>(&mut self, column: usize) -> Result<T, StoreError> {
        T::from_cell(self, column)
    }

    fn read(&mut self, column: usize, expected: &'static str) -> Result<Cell, StoreError> {
        let misread = StoreError::Misread { column, expected };
        match &mut self.0 {
            Cells::Sqlite(cells) => cells.get_mut(column).map(|c| std::mem::replace(c, Cell::Null)).ok_or(misread),
            Cells::Postgres(row) => from_postgres(row, column).ok_or(misread),
        }
    }
}

fn from_postgres(row: &tokio_postgres::Row, column: usize) -> Option<Cell> {
    use tokio_postgres::types::Type;
    let kind = row.columns().get(column)?.type_().clone();
    let cell = match kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(column).ok()?.map(Cell::Int),
        Type::INT4 => row.try_get::<_, Option<i32>>(column).ok()?.map(|n| Cell::Int(n.into())),
        Type::BOOL => row.try_get::<_, Option<bool>>(column).ok()?.map(|b| Cell::Int(b.into())),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column).ok()?.map(Cell::Blob),
        _ => row.try_get::<_, Option<String>>(column).ok()?.map(Cell::Text),
    };
    Some(cell.unwrap_or(Cell::Null))
}

/// What a column can be read as.
pub trait FromCell: Sized {
    /// Reads the column.
    ///
    /// # Errors
    /// [`StoreError::Misread`] when it holds something else.
    fn from_cell(row: &mut Row, column: usize) -> Result<Self, StoreError>;
}

macro_rules! from_cell {
    ($kind:ty, $expected:literal, $pattern:pat => $value:expr) => {
        impl FromCell for $kind {
            fn from_cell(row: &mut Row, column: usize) -> Result<Self, StoreError> {
                let value: Option<Self> = match row.read(column, $expected)? {
                    $pattern => $value,
                    _ => None,
                };
                value.ok_or(StoreError::Misread { column, expected: $expected })
            }
        }
        impl FromCell for Option<$kind> {
            fn from_cell(row: &mut Row, column: usize) -> Result<Self, StoreError> {
                let value: Option<$kind> = match row.read(column, $expected)? {
                    Cell::Null => return Ok(None),
                    $pattern => $value,
                    _ => None,
                };
                value.map(Some).ok_or(StoreError::Misread { column, expected: $expected })
            }
        }
    };
}

from_cell!(i64, "a number", Cell::Int(n) => Some(n));
from_cell!(u32, "a small number", Cell::Int(n) => u32::try_from(n).ok());
from_cell!(bool, "yes or no", Cell::Int(n) => match n { 0 => Some(false), 1 => Some(true), _ => None });
from_cell!(Time, "a moment", Cell::Int(n) => Some(Time::from_millis(n)));
from_cell!(String, "text", Cell::Text(t) => Some(t));
from_cell!(Vec<u8>, "bytes", Cell::Blob(b) => Some(b));
from_cell!(UserPoolId, "a pool id", Cell::Text(t) => UserPoolId::from_text(t).ok());
from_cell!(ClientId, "a client id", Cell::Text(t) => ClientId::from_text(t).ok());
from_cell!(Sub, "a sub", Cell::Text(t) => Sub::from_text(t).ok());
from_cell!(IdentityPoolId, "an identity pool id", Cell::Text(t) => IdentityPoolId::from_text(t).ok());
from_cell!(IdentityId, "an identity id", Cell::Text(t) => IdentityId::from_text(t).ok());
from_cell!(AccountId, "an account id", Cell::Text(t) => AccountId::from_text(t).ok());
from_cell!(uuid::Uuid, "a uuid", Cell::Blob(b) => uuid::Uuid::from_slice(&b).ok());
