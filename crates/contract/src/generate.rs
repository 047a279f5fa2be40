//! What generated code is made of: one line per structure or enum instead of fifty, to read and to compile.

/// Gives a structure its shape and both ways between it and a value; members stand in the order of the shape.
macro_rules! structure {
    ($name:ident = $shape:path { $($how:ident $field:ident),* }) => {
        impl $crate::value::FromValue for $name {
            #[allow(unused_mut, unused_variables)] // structures without members
            fn from_value(value: $crate::value::Value) -> Result<Self, $crate::value::Misshapen> {
                let mut fields = $crate::value::Fields::of(value)?;
                Ok(Self { $($field: fields.$how()?),* })
            }
        }
        impl $crate::value::ToValue for $name {
            fn to_value(self) -> $crate::value::Value {
                $crate::value::Value::Struct(vec![$($crate::value::place::$how(self.$field)),*])
            }
        }
        impl $crate::value::ListItem for $name {}
        impl $crate::shape::Shaped for $name {
            const SHAPE: &'static $crate::shape::Shape = &$shape;
        }
    };
}
pub(crate) use structure;

/// A closed set of values.
macro_rules! text_enum {
    ($name:ident { $($variant:ident = $value:literal,)* }) => {
        #[doc = concat!("`", stringify!($name), "`.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = concat!("`", $value, "`.")] $variant,)*
        }
        impl $name {
            /// Every value, in the order of the model.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Every value as the wire spells it, in the order of the model.
            pub const NAMES: &'static [&'static str] = &[$($value),*];

            /// The value as the wire spells it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $value),* }
            }

            /// Reads the wire's spelling.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($value => Some(Self::$variant),)* _ => None }
            }
        }
        $crate::generate::enum_traits!($name);
    };
}
pub(crate) use text_enum;

macro_rules! enum_traits {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl $crate::value::FromValue for $name {
            fn from_value(value: $crate::value::Value) -> Result<Self, $crate::value::Misshapen> {
                let text = String::from_value(value)?;
                Self::parse(&text).ok_or($crate::value::Misshapen(stringify!($name)))
            }
        }
        impl $crate::value::ToValue for $name {
            fn to_value(self) -> $crate::value::Value {
                $crate::value::Value::Text(self.as_str().to_owned())
            }
        }
        impl $crate::value::ListItem for $name {}
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom(concat!("not a ", stringify!($name))))
            }
        }
    };
}
pub(crate) use enum_traits;
