//! Decimal numbers of any length, compared exactly.

use std::borrow::Cow;
use std::cmp::Ordering;

/// A decimal number: digits as text, so that none are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number<'t> {
    negative: bool,
    /// Without zeros in front.
    whole: Cow<'t, str>,
    /// Without zeros at the end.
    fraction: Cow<'t, str>,
}

impl<'t> Number<'t> {
    /// Reads `-1.50`. No exponents, no signs but minus.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !zero, whole: whole.into(), fraction: fraction.into() })
    }

    /// The same number, holding its own digits.
    pub(crate) fn into_owned(self) -> Number<'static> {
        Number {
            negative: self.negative,
            whole: self.whole.into_owned().into(),
            fraction: self.fraction.into_owned().into(),
        }
    }

    /// Which is greater.
    pub(crate) fn compare(&self, other: &Number<'_>) -> Ordering {
        let sizes = || {
            let lengths = self.whole.len().cmp(&other.whole.len());
            lengths.then_with(|| self.whole.cmp(&other.whole)).then_with(|| self.fraction.cmp(&other.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => sizes(),
            (true, true) => sizes().reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(a: &str, b: &str) -> Ordering {
        Number::parse(a).unwrap().compare(&Number::parse(b).unwrap())
    }

    #[test]
    fn numbers_are_ordered() {
        let row = ["-10.5", "-10", "-2", "-0.1", "0", "0.09", "0.1", "1", "1.05", "1.5", "9", "10", "9007199254740993"];
        for (i, a) in row.iter().enumerate() {
            for (j, b) in row.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(compare("9007199254740992", "9007199254740993"), Ordering::Less);
    }

    #[test]
    fn zeros_do_not_count() {
        assert_eq!(compare("007.10", "7.1"), Ordering::Equal);
        assert_eq!(compare("-0.0", "0"), Ordering::Equal);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1.", ".5", "1e3", "+1", "1 ", "٣", "0x1", "inf", "NaN", "--1", "1.2.3"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }
}
