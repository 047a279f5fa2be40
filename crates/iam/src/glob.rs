//! Globs: `*` is any run of characters, also none; `?` is one character. Characters are Unicode scalar values.
//!
//! A pattern is cut at its stars. The first chunk is anchored at the front, the last at the end, and each one between is
//! looked for once, from where the one before it ended: never backtracking, so a hostile pattern costs no more than a
//! kind one.

use std::collections::HashMap;

/// Whether `text` as a whole matches `pattern`, case-sensitively.
#[must_use]
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    Glob::parse(pattern).matches(text)
}

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// This text.
    Text(&'a str),
    /// `?`
    One,
    /// `*`
    Run,
}

/// A pattern cut at its stars.
#[derive(Debug, Clone)]
pub(crate) struct Glob {
    first: Chunk,
    /// The chunks behind the first star: those between two stars, and the one behind the last.
    rest: Option<(Vec<Chunk>, Chunk)>,
}

impl Glob {
    /// Compiles `*` and `?`; everything else is literal.
    pub(crate) fn parse(pattern: &str) -> Self {
        let mut tokens = Vec::new();
        for piece in pattern.split_inclusive(['*', '?']) {
            let (text, wild) = match (piece.strip_suffix('*'), piece.strip_suffix('?')) {
                (Some(text), _) => (text, Some(Token::Run)),
                (_, Some(text)) => (text, Some(Token::One)),
                _ => (piece, None),
            };
            tokens.push(Token::Text(text));
            tokens.extend(wild);
        }
        Self::of(tokens)
    }

    /// Compiles tokens.
    pub(crate) fn of<'a>(tokens: impl IntoIterator<Item = Token<'a>>) -> Self {
        let mut chunks = vec![Chunk::default()];
        for token in tokens {
            match (token, chunks.last_mut()) {
                (Token::Run, _) => chunks.push(Chunk::default()),
                (Token::Text(text), Some(chunk)) => chunk.push_text(text),
                (Token::One, Some(chunk)) => chunk.push_hole(),
                (_, None) => {}
            }
        }
        let last = if chunks.len() > 1 { chunks.pop() } else { None };
        let mut chunks = chunks.into_iter();
        let first = chunks.next().unwrap_or_default();
        // Stars side by side leave empty chunks between them, which are found everywhere.
        let between = chunks.filter(|chunk| !chunk.is_empty()).collect();
        Self { first, rest: last.map(|last| (between, last)) }
    }

    /// The one text this matches, when it has no wildcard.
    pub(crate) fn text(&self) -> Option<&str> {
        match (&self.first, &self.rest) {
            (Chunk::Text(text), None) => Some(text),
            _ => None,
        }
    }

    /// Whether the whole of `text` matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some(mut left) = self.first.leads(text) else { return false };
        let Some((between, last)) = &self.rest else { return left.is_empty() };
        for chunk in between {
            match chunk.find(left) {
                Some(behind) => left = behind,
                None => return false,
            }
        }
        last.ends(left)
    }
}

/// What stands between two stars.
#[derive(Debug, Clone)]
enum Chunk {
    /// Without `?`: searched for as text.
    Text(String),
    /// With `?`, which is `None` here.
    Holes(Vec<Option<char>>),
}

impl Default for Chunk {
    fn default() -> Self {
        Chunk::Text(String::new())
    }
}

impl Chunk {
    fn push_text(&mut self, more: &str) {
        match self {
            Chunk::Text(text) => text.push_str(more),
            Chunk::Holes(chars) => chars.extend(more.chars().map(Some)),
        }
    }

    fn push_hole(&mut self) {
        if let Chunk::Text(text) = self {
            *self = Chunk::Holes(text.chars().map(Some).collect());
        }
        if let Chunk::Holes(chars) = self {
            chars.push(None);
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Chunk::Text(text) if text.is_empty())
    }

    /// What follows this chunk in a text that begins with it.
    fn leads<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Chunk::Text(own) => text.strip_prefix(own.as_str()),
            Chunk::Holes(chars) => leads(chars, text),
        }
    }

    /// Whether a text ends with this chunk.
    fn ends(&self, text: &str) -> bool {
        match self {
            Chunk::Text(own) => text.ends_with(own.as_str()),
            Chunk::Holes(chars) => {
                let mut from_behind = text.chars().rev();
                chars.iter().rev().all(|own| from_behind.next().is_some_and(|c| own.is_none_or(|own| own == c)))
            }
        }
    }

    /// What follows the first place where this chunk is found.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Chunk::Text(own) => text.find(own.as_str()).and_then(|at| text.get(at + own.len()..)),
            // Up to a word's length, looking at every place costs less than preparing masks.
            Chunk::Holes(chars) if chars.len() <= 64 => {
                text.char_indices().find_map(|(at, _)| leads(chars, text.get(at..)?))
            }
            Chunk::Holes(chars) => find_long(chars, text),
        }
    }
}

fn leads<'t>(chars: &[Option<char>], text: &'t str) -> Option<&'t str> {
    let mut left = text.chars();
    for own in chars {
        let c = left.next()?;
        if own.is_some_and(|own| own != c) {
            return None;
        }
    }
    Some(left.as_str())
}

/// Shift-And: bit `n` of the state says that the chunk's first `n + 1` characters end at the present character.
/// A character of the text costs as many steps as the chunk has words of 64 characters.
fn find_long<'t>(chars: &[Option<char>], text: &'t str) -> Option<&'t str> {
    let words = chars.len().div_ceil(64);
    let bits = |wanted: &dyn Fn(&Option<char>) -> bool| -> Vec<u64> {
        chars
            .chunks(64)
            .map(|word| word.iter().rev().fold(0, |mask, own| (mask << 1) | u64::from(wanted(own))))
            .collect()
    };
    let others = bits(&|own| own.is_none());
    let mut masks: HashMap<char, Vec<u64>> = HashMap::new();
    for own in chars.iter().flatten() {
        masks.entry(*own).or_insert_with(|| bits(&|other| other.is_none_or(|other| other == *own)));
    }
    let done = 1u64 << ((chars.len() - 1) % 64);
    let mut state = vec![0u64; words];
    for (at, c) in text.char_indices() {
        let mut carry = 1;
        for (word, mask) in state.iter_mut().zip(masks.get(&c).unwrap_or(&others)) {
            let shifted = (*word << 1) | carry;
            carry = *word >> 63;
            *word = shifted & mask;
        }
        if state.last().is_some_and(|word| word & done != 0) {
            return text.get(at + c.len_utf8()..);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the book: every split of the text at every star.
    fn slow(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|n| slow(rest, &text[n..])),
            Some((own, rest)) => {
                text.split_first().is_some_and(|(c, left)| (*own == '?' || own == c) && slow(rest, left))
            }
        }
    }

    #[test]
    fn stars_match_runs_and_marks_match_one_character() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("**", "x", true),
            ("?", "", false),
            ("?", "é", true),
            ("?", "👩", true),
            ("a*", "a", true),
            ("a*b", "ab", true),
            ("a*b", "aXbX", false),
            ("a*a", "a", false),
            ("*ab*ab", "ab", false),
            ("*ab*ab", "abab", true),
            ("a?c*", "abcd/e:f", true),
            ("*?", "", false),
            ("*??", "ab", true),
            ("?*?", "a", false),
            ("A*", "abc", false),
        ] {
            assert_eq!(glob_matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn every_small_pattern_matches_as_the_book_says() {
        let words = |alphabet: &[char], len: u32| -> Vec<Vec<char>> {
            (0..=len)
                .flat_map(|n| {
                    (0..alphabet.len().pow(n)).map(move |mut i| {
                        (0..n)
                            .map(|_| {
                                let c = alphabet[i % alphabet.len()];
                                i /= alphabet.len();
                                c
                            })
                            .collect()
                    })
                })
                .collect()
        };
        let texts = words(&['a', 'b'], 5);
        for pattern in words(&['a', 'b', '*', '?'], 5) {
            let glob = Glob::parse(&pattern.iter().collect::<String>());
            for text in &texts {
                assert_eq!(
                    glob.matches(&text.iter().collect::<String>()),
                    slow(&pattern, text),
                    "{pattern:?} on {text:?}"
                );
            }
        }
    }

    #[test]
    fn long_chunks_with_holes_are_found_where_short_ones_would_be() {
        for len in [64, 65, 127, 128, 129, 200] {
            let mut chunk = "ab".repeat(len);
            chunk.replace_range(3..4, "?");
            let chunk = &chunk[..len];
            let inside = chunk.replace('?', "x");
            for (text, expected) in [
                (format!("aab{inside}b"), true),
                (inside.clone(), true),
                (format!("é{inside}"), true),
                (inside[1..].to_owned(), false),
                (format!("{}c", &inside[..len - 1]), false),
            ] {
                assert_eq!(glob_matches(&format!("*{chunk}*"), &text), expected, "{len}: {text}");
            }
        }
    }

    #[test]
    fn cr_20_hostile_patterns_of_2_kb_are_matched_in_a_number_of_steps_that_grows_with_their_length() {
        // No clock in a test: with backtracking, none of these would end today.
        let text = "a".repeat(2048);
        for unit in ["*a", "*a?", "*?", "?*", "*aa?a", "a*?"] {
            let pattern = unit.repeat(2048 / unit.len());
            assert!(!glob_matches(&format!("{pattern}b"), &text), "{unit}");
            assert!(!glob_matches(&format!("{pattern}*b*"), &text), "{unit}");
        }
        let half = "a?".repeat(512);
        assert!(!glob_matches(&format!("*{half}b*"), &text));
        assert!(glob_matches(&format!("*{half}*"), &text));
    }
}
