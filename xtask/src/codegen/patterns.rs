//! Patterns of the models as Rust: plain class checks where the pattern is one repeated class, compiled regexes elsewhere.
//!
//! The models are written for Java, where `\w`, `\d` and `\s` mean ASCII and a dot stops at every line end.

use anyhow::{Context, bail};
use std::fmt::Write;

/// A piece of a character class.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Range(char, char),
    NotSpace,
    Unicode(String),
}

const SPACES: [(char, char); 2] = [('\t', '\r'), (' ', ' ')];

/// How a pattern is matched, as the expression of a `Matcher`.
pub(crate) fn matcher(pattern: &str) -> anyhow::Result<String> {
    // Look-around is beyond a linear-time engine: these two are written by hand.
    match pattern {
        r"^[0-9A-Za-z\.\-_]*(?<!\.)$" => return Ok(by_hand("bucket_name")),
        "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$" => return Ok(by_hand("account_alias")),
        _ if pattern.contains("(?<") || pattern.contains("(?!") || pattern.contains("(?=") => {
            bail!("pattern {pattern} looks around: write a check in contract/src/pattern.rs and name it in codegen");
        }
        _ => {}
    }
    if let Some(check) = class_check(pattern)? {
        return Ok(format!("Matcher::Check({check})"));
    }
    let regex = format!(r"\A(?:{})\z", translate(pattern)?);
    let compiled = regex::Regex::new(&regex).with_context(|| format!("pattern {pattern}"))?;
    let compile = format!("LazyLock::new(|| compile({}))", raw(&regex));
    if let Some((_, repeated)) = repeated_class(pattern)? {
        let ascii: Vec<u8> =
            (0..0x80).filter(|byte: &u8| compiled.is_match(char::from(*byte).encode_utf8(&mut [0]))).collect();
        return Ok(format!(
            "Matcher::Class {{ stranger: |v| stranger(v, |b| matches!(b, {})), empty: {}, regex: {compile} }}",
            byte_arms(&ascii),
            repeated == "*",
        ));
    }
    Ok(format!("Matcher::Regex({compile})"))
}

/// Runs of bytes as arms of a match.
fn byte_arms(bytes: &[u8]) -> String {
    let runs = bytes.chunk_by(|one, next| one + 1 == *next).filter_map(|run| Some((run.first()?, run.last()?)));
    let byte = |b: &u8| format!("b'{}'", b.escape_ascii());
    let arm = |(from, to): (&u8, &u8)| {
        if from == to { byte(from) } else { format!("{}..={}", byte(from), byte(to)) }
    };
    runs.map(arm).collect::<Vec<_>>().join(" | ")
}

/// A check of `contract::pattern`.
pub(crate) fn by_hand(name: &str) -> String {
    format!("Matcher::Check(crate::pattern::{name})")
}

/// A Rust string literal that shows the text as it is.
pub(crate) fn raw(text: &str) -> String {
    if !text.contains(['\\', '"']) || text.chars().any(char::is_control) {
        return format!("{text:?}");
    }
    if text.contains('"') { format!("r#\"{text}\"#") } else { format!("r\"{text}\"") }
}

/// The items of `[...]+` or `[...]*`, and its last character.
fn repeated_class(pattern: &str) -> anyhow::Result<Option<(Vec<Item>, &str)>> {
    let text = pattern.strip_prefix('^').unwrap_or(pattern);
    let text = text.strip_suffix('$').unwrap_or(text);
    let Some(body) = text.strip_prefix('[').filter(|body| !body.starts_with('^')) else { return Ok(None) };
    Ok(Some(class_items(body)?).filter(|(_, rest)| ["+", "*"].contains(rest)))
}

/// `[...]+` and `[...]*` without Unicode categories: a closure over characters.
fn class_check(pattern: &str) -> anyhow::Result<Option<String>> {
    let Some((items, repeated)) = repeated_class(pattern)? else { return Ok(None) };
    let condition = match items.as_slice() {
        [Item::NotSpace] => format!("!matches!(c, {})", arms(&SPACES)),
        _ => {
            let mut ranges = Vec::new();
            for item in &items {
                let Item::Range(from, to) = item else { return Ok(None) };
                ranges.push((*from, *to));
            }
            format!("matches!(c, {})", arms(&ranges))
        }
    };
    let filled = if repeated == "*" { "" } else { "!v.is_empty() && " };
    Ok(Some(format!("|v| {filled}v.chars().all(|c| {condition})")))
}

fn arms(ranges: &[(char, char)]) -> String {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    // Overlapping and touching arms become one: an arm that can never be reached is a warning.
    let mut ranges: Vec<(char, char)> = Vec::new();
    for (from, to) in sorted {
        match ranges.last_mut() {
            Some((_, end)) if u32::from(from) <= u32::from(*end) => *end = to.max(*end),
            _ => ranges.push((from, to)),
        }
    }
    let arm = |(from, to): &(char, char)| {
        if from == to { literal(*from) } else { format!("{}..={}", literal(*from), literal(*to)) }
    };
    ranges.iter().map(arm).collect::<Vec<_>>().join(" | ")
}

fn literal(c: char) -> String {
    if c == ' ' || c.is_ascii_graphic() { format!("{c:?}") } else { format!("'\\u{{{:x}}}'", u32::from(c)) }
}

/// Reads a class after its `[`; answers its items and what follows the `]`.
fn class_items(body: &str) -> anyhow::Result<(Vec<Item>, &str)> {
    let mut items: Vec<Item> = Vec::new();
    let mut rest = body;
    // Whether the last item is a single character, which a dash may turn into a range.
    let mut open_end = false;
    loop {
        let c = rest.chars().next().context("class without end")?;
        if c == ']' {
            return Ok((items, &rest[1..]));
        }
        let single = |item: &Item| matches!(item, Item::Range(from, to) if from == to);
        if c == '-' && open_end && !rest[1..].starts_with(']') {
            let (to, after) = class_atom(&rest[1..])?;
            match (items.pop(), to.as_slice()) {
                (Some(Item::Range(from, _)), [to @ Item::Range(end, _)]) if single(to) => {
                    items.push(Item::Range(from, *end))
                }
                _ => bail!("odd range in class {body}"),
            }
            open_end = false;
            rest = after;
            continue;
        }
        let (atom, after) = class_atom(rest)?;
        open_end = matches!(atom.as_slice(), [item] if single(item));
        items.extend(atom);
        rest = after;
    }
}

/// One character, escape or category.
fn class_atom(text: &str) -> anyhow::Result<(Vec<Item>, &str)> {
    let mut chars = text.chars();
    let c = chars.next().context("class without end")?;
    if c != '\\' {
        return Ok((vec![Item::Range(c, c)], chars.as_str()));
    }
    let escaped = chars.next().context("pattern ends in a backslash")?;
    let after = chars.as_str();
    let hex = |digits: usize| -> anyhow::Result<(Vec<Item>, &str)> {
        let code = after.get(..digits).context("short escape")?;
        let c = char::from_u32(u32::from_str_radix(code, 16)?).context("no character")?;
        Ok((vec![Item::Range(c, c)], after.get(digits..).unwrap_or_default()))
    };
    let ranges = |ranges: &[(char, char)]| ranges.iter().map(|(from, to)| Item::Range(*from, *to)).collect();
    Ok(match escaped {
        'w' => (ranges(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]), after),
        'd' => (ranges(&[('0', '9')]), after),
        's' => (ranges(&SPACES), after),
        'S' => (vec![Item::NotSpace], after),
        't' => (ranges(&[('\t', '\t')]), after),
        'n' => (ranges(&[('\n', '\n')]), after),
        'r' => (ranges(&[('\r', '\r')]), after),
        'x' => hex(2)?,
        'u' => hex(4)?,
        'p' => {
            let end = after.find('}').context("category without end")?;
            (vec![Item::Unicode(format!("\\p{}", &after[..=end]))], &after[end + 1..])
        }
        other if other.is_ascii_punctuation() => (ranges(&[(other, other)]), after),
        other => bail!("escape \\{other} is not known"),
    })
}

/// The same pattern in the words of Rust's engine.
fn translate(pattern: &str) -> anyhow::Result<String> {
    let mut out = String::new();
    let mut rest = pattern;
    if let Some(after) = rest.strip_prefix("(?s)") {
        out.push_str("(?s)");
        rest = after;
    }
    let dot = if out.is_empty() { r"[^\n\r\x{85}\x{2028}\x{2029}]" } else { "." };
    while let Some(c) = rest.chars().next() {
        match c {
            '[' => {
                let (negated, body) = rest[1..].strip_prefix('^').map_or((false, &rest[1..]), |body| (true, body));
                let (items, after) = class_items(body)?;
                out.push_str(&class(negated, &items));
                rest = after;
            }
            '\\' => {
                let (items, after) = class_atom(rest)?;
                out.push_str(&class(false, &items));
                rest = after;
            }
            '.' => {
                out.push_str(dot);
                rest = &rest[1..];
            }
            other => {
                out.push(other);
                rest = &rest[other.len_utf8()..];
            }
        }
    }
    Ok(out)
}

fn class(negated: bool, items: &[Item]) -> String {
    let mut out = String::from(if negated { "[^" } else { "[" });
    for item in items {
        match item {
            Item::Range(from, to) if from == to => out.push_str(&class_char(*from)),
            Item::Range(from, to) => {
                let _ = write!(out, "{}-{}", class_char(*from), class_char(*to));
            }
            Item::NotSpace => out.push_str(r"[^\t-\r ]"),
            Item::Unicode(category) => out.push_str(category),
        }
    }
    out.push(']');
    out
}

fn class_char(c: char) -> String {
    match c {
        '\t' => r"\t".to_owned(),
        '\n' => r"\n".to_owned(),
        '\r' => r"\r".to_owned(),
        '_' | ' ' | '/' | ':' | ',' | '@' | '=' | '#' | '<' | '>' => c.to_string(),
        c if c.is_ascii_punctuation() => format!("\\{c}"),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c => format!("\\x{{{:X}}}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_class_becomes_a_plain_check() {
        assert_eq!(
            matcher(r"[\w+]+").unwrap(),
            "Matcher::Check(|v| !v.is_empty() && v.chars().all(|c| matches!(c, '+' | '0'..='9' | 'A'..='Z' | '_' | 'a'..='z')))"
        );
        assert_eq!(matcher(r"[\d]*").unwrap(), "Matcher::Check(|v| v.chars().all(|c| matches!(c, '0'..='9')))");
        assert!(matcher(r"[\S]+").unwrap().contains("!matches!(c, '\\u{9}'..='\\u{d}' | ' ')"));
    }

    #[test]
    fn of_a_class_of_unicode_ascii_is_checked_plainly() {
        let made = matcher(r"[\p{L}\p{N}\p{P}_\s]*").unwrap();
        let start =
            r"Matcher::Class { stranger: |v| stranger(v, |b| matches!(b, b'\t'..=b'\r' | b' '..=b'#' | b'%'..=b'*'";
        assert!(made.starts_with(start) && made.contains("empty: true"), "{made}");
        assert!(matcher(r"[\p{L}]+").unwrap().contains("matches!(b, b'A'..=b'Z' | b'a'..=b'z')), empty: false"));
        assert!(matcher(r"[\p{L}]+@[\p{L}]+").unwrap().starts_with("Matcher::Regex"));
    }

    #[test]
    fn a_dash_after_a_range_or_at_the_end_is_a_dash() {
        let (items, rest) = class_items("A-Z0-9-_=.]+").unwrap();
        assert_eq!(rest, "+");
        assert!(items.contains(&Item::Range('-', '-')) && items.contains(&Item::Range('_', '_')));
        assert!(class_items("+,.@-]").unwrap().0.contains(&Item::Range('-', '-')));
    }

    #[test]
    fn java_classes_mean_ascii() {
        let regex = regex::Regex::new(&format!(r"\A(?:{})\z", translate(r"[\w-]+_[0-9a-zA-Z]+").unwrap())).unwrap();
        assert!(regex.is_match("eu-west-1_aB3"));
        assert!(!regex.is_match("eü-west-1_aB3"));
    }

    #[test]
    fn unknown_look_around_is_refused() {
        assert!(matcher("a(?!b)").is_err());
    }
}
