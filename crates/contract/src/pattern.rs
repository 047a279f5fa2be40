//! Patterns of the models, compiled on first use.

use std::fmt;
use std::sync::LazyLock;

/// A pattern as the model spells it (for the message) and how it is matched.
pub struct Pattern {
    /// The model's spelling, shown in constraint messages.
    pub text: &'static str,
    /// Whether the whole value matches.
    pub matches: Matcher,
}

/// How a pattern is matched.
pub enum Matcher {
    /// A character class repeated, `[\w-]+`: a plain function, no automaton.
    Check(fn(&str) -> bool),
    /// The same with classes of Unicode, `[\p{L}\p{N}]+`: the automaton is asked only for what is not ASCII.
    Class {
        /// The first byte that is no ASCII character of the class.
        stranger: fn(&str) -> Option<u8>,
        /// Nothing matches too.
        empty: bool,
        /// What is not ASCII.
        regex: LazyLock<regex::Regex>,
    },
    /// Everything else.
    Regex(LazyLock<regex::Regex>),
}

impl Pattern {
    /// Whether the whole value matches.
    #[must_use]
    pub fn is_match(&self, value: &str) -> bool {
        match &self.matches {
            Matcher::Check(check) => check(value),
            Matcher::Class { stranger, empty, regex } => match stranger(value) {
                None => *empty || !value.is_empty(),
                Some(byte) => !byte.is_ascii() && regex.is_match(value),
            },
            Matcher::Regex(regex) => regex.is_match(value),
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// Bytes that are looked at without asking after each whether to go on: the compiler looks at several at once.
const AT_ONCE: usize = 64;

/// The first byte that does not belong. Values may be a thousand times too long, and are held against their pattern all the
/// same (ST-24).
pub(crate) fn stranger(value: &str, belongs: impl Fn(u8) -> bool) -> Option<u8> {
    let all = |chunk: &&[u8]| chunk.iter().fold(true, |all, byte| all & belongs(*byte));
    let mixed = value.as_bytes().chunks(AT_ONCE).find(|chunk| !all(chunk))?;
    mixed.iter().copied().find(|byte| !belongs(*byte))
}

/// Compiles a pattern of the generated tables.
#[allow(clippy::expect_used)] // codegen compiled the same text before writing it
pub(crate) fn compile(text: &str) -> regex::Regex {
    regex::Regex::new(text).expect("codegen compiled this pattern")
}

/// `^[\S]+.*[\S]+$` up to 256 characters: no space at either end, two characters or more, spaces inside are welcome.
///
/// A longer password is refused with this clause as well (UP-8).
pub(crate) fn password(value: &str) -> bool {
    let solid = |c: Option<char>| c.is_some_and(|c| !matches!(c, '\t'..='\r' | ' '));
    let count = value.chars().count();
    (2..=kernel::limits::PASSWORD_CHARS_MAX).contains(&count)
        && solid(value.chars().next())
        && solid(value.chars().next_back())
        && !value.contains(['\n', '\r'])
}

/// `^[0-9A-Za-z\.\-_]*(?<!\.)$`: does not end in a dot.
pub(crate) fn bucket_name(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) && !value.ends_with('.')
}

/// `^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`: no two dashes in a row, none at the ends.
pub(crate) fn account_alias(value: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (3..=63).contains(&value.len())
        && value.bytes().all(|b| letter(b) || b == b'-')
        && !value.starts_with('-')
        && !value.ends_with('-')
        && !value.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cognito_idp::patterns;

    #[test]
    fn the_first_stranger_is_found_wherever_it_stands() {
        let letter = |byte: u8| byte.is_ascii_lowercase();
        for before in [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE] {
            let friends = "f".repeat(before);
            assert_eq!(stranger(&friends, letter), None, "{before}");
            for after in ["", "f", "!", &"f".repeat(AT_ONCE)] {
                assert_eq!(stranger(&format!("{friends}?{after}"), letter), Some(b'?'), "{before}: {after}");
            }
        }
    }

    /// Every character up to U+3000 alone, and beside others: the plain check and the automaton never disagree.
    #[test]
    fn a_class_of_unicode_is_what_its_automaton_says() {
        let classes =
            [&patterns::PROVIDER_NAME_TYPE, &patterns::EMAIL_NOTIFICATION_BODY_TYPE, &patterns::ATTRIBUTE_NAME_TYPE];
        for pattern in classes {
            let Matcher::Class { regex, .. } = &pattern.matches else { panic!("{pattern:?} is no class") };
            let alike = |text: &str| assert_eq!(pattern.is_match(text), regex.is_match(text), "{pattern:?}: {text:?}");
            alike("");
            for c in (0..0x3000).filter_map(char::from_u32) {
                alike(&c.to_string());
                alike(&format!("a{c}"));
                alike(&format!("é{c}z"));
                alike(&format!("{c}\u{200b}"));
            }
        }
    }
}
