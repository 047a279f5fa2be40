//! Values between bytes and types: what a codec reads with the help of a [`crate::Shape`] and a generated type takes over.

use kernel::{Secret, Time};
use std::fmt;

/// A value of the contract. A structure is a list of members in the order of its shape.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// Integer and long.
    Int(i64),
    /// Float and double.
    Float(f64),
    /// String and enum.
    Text(String),
    /// Bytes (base64 on the wire).
    Blob(Vec<u8>),
    /// A moment.
    Time(Time),
    /// A list.
    List(Vec<Value>),
    /// A map with text keys, in the order they came.
    Map(Vec<(String, Value)>),
    /// A structure: one place per member of its shape, `None` where absent.
    Struct(Vec<Option<Value>>),
    /// Free-form JSON (document types).
    Document(serde_json::Value),
}

impl fmt::Debug for Value {
    // Values carry passwords and tokens: only their kind may be printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool(_) => "Bool(..)",
            Self::Int(_) => "Int(..)",
            Self::Float(_) => "Float(..)",
            Self::Text(_) => "Text(..)",
            Self::Blob(_) => "Blob(..)",
            Self::Time(_) => "Time(..)",
            Self::List(_) => "List(..)",
            Self::Map(_) => "Map(..)",
            Self::Struct(_) => "Struct(..)",
            Self::Document(_) => "Document(..)",
        })
    }
}

/// A value does not have the shape its type expects. After decoding and checking this is a bug or a foreign database row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("value does not have the expected shape: {0}")]
pub struct Misshapen(pub &'static str);

/// Types that can be read from a [`Value`].
pub trait FromValue: Sized {
    /// Takes the value over.
    ///
    /// # Errors
    /// [`Misshapen`] when the value is of another kind.
    fn from_value(value: Value) -> Result<Self, Misshapen>;
}

/// Types that can be turned into a [`Value`].
pub trait ToValue {
    /// Gives the value away.
    fn to_value(self) -> Value;
}

/// The members of a structure, taken out one after the other, in the order of its shape.
#[derive(Debug)]
pub struct Fields(std::vec::IntoIter<Option<Value>>);

impl Fields {
    /// Opens a structure.
    ///
    /// # Errors
    /// [`Misshapen`] when the value is no structure.
    pub fn of(value: Value) -> Result<Self, Misshapen> {
        match value {
            Value::Struct(fields) => Ok(Self(fields.into_iter())),
            _ => Err(Misshapen("structure")),
        }
    }

    /// The next member, if present.
    ///
    /// # Errors
    /// [`Misshapen`] when it is of another kind.
    pub fn maybe<T: FromValue>(&mut self) -> Result<Option<T>, Misshapen> {
        self.0.next().flatten().map(T::from_value).transpose()
    }

    /// The next member, which is required.
    ///
    /// # Errors
    /// [`Misshapen`] when it is absent or of another kind.
    pub fn need<T: FromValue>(&mut self) -> Result<T, Misshapen> {
        self.maybe()?.ok_or(Misshapen("required member"))
    }
}

/// How a member goes into its place in a [`Value::Struct`]; the words are those of [`Fields`].
pub mod place {
    use super::{ToValue, Value};

    /// An optional member.
    pub fn maybe<T: ToValue>(member: Option<T>) -> Option<Value> {
        member.map(T::to_value)
    }

    /// A required member.
    pub fn need<T: ToValue>(member: T) -> Option<Value> {
        Some(member.to_value())
    }
}

macro_rules! plain {
    ($type:ty, $variant:ident, $what:literal) => {
        impl FromValue for $type {
            fn from_value(value: Value) -> Result<Self, Misshapen> {
                match value {
                    Value::$variant(inner) => Ok(inner),
                    _ => Err(Misshapen($what)),
                }
            }
        }
        impl ToValue for $type {
            fn to_value(self) -> Value {
                Value::$variant(self)
            }
        }
    };
}
plain!(bool, Bool, "boolean");
plain!(i64, Int, "integer");
plain!(f64, Float, "float");
plain!(String, Text, "string");
plain!(Vec<u8>, Blob, "blob");
plain!(Time, Time, "timestamp");
plain!(serde_json::Value, Document, "document");

impl<T: FromValue + zeroize::Zeroize> FromValue for Secret<T> {
    fn from_value(value: Value) -> Result<Self, Misshapen> {
        T::from_value(value).map(Secret::new)
    }
}
impl<T: ToValue + zeroize::Zeroize + Clone> ToValue for Secret<T> {
    fn to_value(self) -> Value {
        self.expose().to_value()
    }
}

/// A list of the contract. A type of its own, because `Vec<u8>` is a blob.
impl<T: FromValue + ListItem> FromValue for Vec<T> {
    fn from_value(value: Value) -> Result<Self, Misshapen> {
        match value {
            Value::List(items) => items.into_iter().map(T::from_value).collect(),
            _ => Err(Misshapen("list")),
        }
    }
}
impl<T: ToValue + ListItem> ToValue for Vec<T> {
    fn to_value(self) -> Value {
        Value::List(self.into_iter().map(T::to_value).collect())
    }
}

/// Marks what may stand in a list; everything but a bare byte.
pub trait ListItem {}
impl ListItem for bool {}
impl ListItem for i64 {}
impl ListItem for f64 {}
impl ListItem for String {}
impl ListItem for Time {}
impl<T: zeroize::Zeroize> ListItem for Secret<T> {}
impl<T> ListItem for Vec<T> {}
impl<K, V> ListItem for indexmap::IndexMap<K, V> {}

impl<V: FromValue> FromValue for indexmap::IndexMap<String, V> {
    fn from_value(value: Value) -> Result<Self, Misshapen> {
        match value {
            Value::Map(entries) => entries.into_iter().map(|(k, v)| Ok((k, V::from_value(v)?))).collect(),
            _ => Err(Misshapen("map")),
        }
    }
}
impl<V: ToValue> ToValue for indexmap::IndexMap<String, V> {
    fn to_value(self) -> Value {
        Value::Map(self.into_iter().map(|(k, v)| (k, v.to_value())).collect())
    }
}
