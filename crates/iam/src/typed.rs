//! Types that values of a request are said to have, by the operators that can compare them.

use std::net::IpAddr;

use crate::moment::Moment;
use crate::number::Number;
use crate::wanted::{bytes, flag};

/// What a value of a condition key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Any text.
    Text,
    /// A decimal number.
    Number,
    /// `true` or `false`.
    Flag,
    /// An address of IPv4 or IPv6.
    Address,
    /// Base64.
    Bytes,
    /// ISO 8601, or seconds since 1970.
    Date,
}

impl ValueType {
    /// Whether a text is a value of this type: whether operators of its family would take it for more than a mismatch.
    #[must_use]
    pub fn admits(self, text: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Number => Number::parse(text).is_some(),
            Self::Flag => flag(text).is_some(),
            Self::Address => text.parse::<IpAddr>().is_ok(),
            Self::Bytes => bytes(text).is_some(),
            Self::Date => Moment::parse(text).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_takes_its_own_and_nothing_else() {
        for (kind, good, bad) in [
            (ValueType::Number, "-1.50", "1e3"),
            (ValueType::Flag, "TRUE", "yes"),
            (ValueType::Address, "2001:db8::1", "10.0.0.0/8"),
            (ValueType::Bytes, "QUI=", "QQ"),
            (ValueType::Date, "2026-09-01T08:05:09Z", "yesterday"),
            (ValueType::Date, "1788249600", ""),
        ] {
            assert!(kind.admits(good) && ValueType::Text.admits(good), "{good}");
            assert!(!kind.admits(bad) && ValueType::Text.admits(bad), "{bad}");
        }
    }
}
