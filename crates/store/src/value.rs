//! Values on their way into a statement. Borrowed: binding copies nothing on SQLite.

use bytes::BytesMut;
use kernel::{ClientId, IdentityId, IdentityPoolId, Sub, Time, UserPoolId};
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// One parameter of a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Val<'a> {
    /// Nothing.
    Null,
    /// A whole number; moments are milliseconds.
    Int(i64),
    /// Text, compared bytewise.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// Yes or no.
    Bool(bool),
}

/// Values may be secrets on their way to a row: only their kind is printed.
impl std::fmt::Debug for Val<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Int(_) => "Int",
            Self::Text(_) => "Text",
            Self::Blob(_) => "Blob",
            Self::Bool(_) => "Bool",
        })
    }
}

/// The parameters of a statement, in the order of its `$1`, `$2` …
#[macro_export]
macro_rules! vals {
    ($($value:expr),* $(,)?) => { &[$($crate::Val::from($value)),*] };
}

macro_rules! from_text {
    ($($kind:ty),*) => { $(impl<'a> From<&'a $kind> for Val<'a> {
        fn from(value: &'a $kind) -> Self { Self::Text(value.as_ref()) }
    })* };
}
from_text!(str, String, UserPoolId, ClientId, Sub, IdentityPoolId, IdentityId, kernel::Region, kernel::AccountId);

// Captures of a block are references: small things bind from either.
macro_rules! from_small {
    ($($kind:ty, $value:ident => $val:expr;)*) => { $(
        impl From<$kind> for Val<'_> {
            fn from($value: $kind) -> Self { $val }
        }
        impl From<&$kind> for Val<'_> {
            fn from($value: &$kind) -> Self { Self::from(*$value) }
        }
    )* };
}
from_small! {
    i64, n => Self::Int(n);
    i32, n => Self::Int(n.into());
    u32, n => Self::Int(n.into());
    u16, n => Self::Int(n.into());
    Time, t => Self::Int(t.millis());
    bool, b => Self::Bool(b);
}

impl<'a> From<&'a uuid::Uuid> for Val<'a> {
    fn from(value: &'a uuid::Uuid) -> Self {
        Self::Blob(value.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Val<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Val<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Val<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, T: Into<Val<'a>>> From<Option<T>> for Val<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! from_maybe {
    ($($kind:ty),*) => { $(impl<'a> From<&'a Option<$kind>> for Val<'a> {
        fn from(value: &'a Option<$kind>) -> Self { value.as_ref().map_or(Self::Null, Self::from) }
    })* };
}
from_maybe!(String, Vec<u8>, Sub, ClientId, IdentityId, Time);

impl rusqlite::ToSql for Val<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(n),
            Self::Text(t) => ValueRef::Text(t.as_bytes()),
            Self::Blob(b) => ValueRef::Blob(b),
            Self::Bool(b) => ValueRef::Integer(i64::from(b)),
        }))
    }
}

impl Val<'_> {
    /// The type named in an unnamed statement, where the server is not asked first.
    pub(crate) fn postgres_type(&self) -> Type {
        match self {
            Self::Null => Type::UNKNOWN,
            Self::Int(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
            Self::Blob(_) => Type::BYTEA,
            Self::Bool(_) => Type::BOOL,
        }
    }
}

impl ToSql for Val<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match *self {
            Self::Null => Ok(IsNull::Yes),
            // A bare literal beside a parameter makes Postgres infer int4.
            Self::Int(n) if *ty == Type::INT4 => i32::try_from(n)?.to_sql(ty, out),
            Self::Int(n) if *ty == Type::INT8 => n.to_sql(ty, out),
            Self::Text(t) if <&str as ToSql>::accepts(ty) => t.to_sql(ty, out),
            Self::Blob(b) if *ty == Type::BYTEA => b.to_sql(ty, out),
            Self::Bool(b) if *ty == Type::BOOL => b.to_sql(ty, out),
            _ => Err(format!("{self:?} given where {ty} is wanted").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true // decided with the value in hand, above
    }

    to_sql_checked!();
}
