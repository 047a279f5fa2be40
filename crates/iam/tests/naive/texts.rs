//! Globs, variables and resource names, symbol by symbol.

use std::collections::BTreeMap;

type Context = BTreeMap<String, Vec<String>>;

/// One place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Symbol {
    /// A character the document's author wrote.
    Written(char),
    /// A character out of a variable, or escaped.
    Filled(char),
    One,
    Run,
}

/// The symbols of a text with its variables filled. `None`: one of them has no value.
fn symbols(text: &str, context: &Context, wild: bool, variables: bool) -> Option<Vec<Symbol>> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if variables && chars[at] == '$' && chars.get(at + 1) == Some(&'{') {
            let end = at + chars[at..].iter().position(|c| *c == '}').unwrap();
            let inside: String = chars[at + 2..end].iter().collect();
            out.extend(value(&inside, context)?.chars().map(Symbol::Filled));
            at = end + 1;
            continue;
        }
        out.push(match chars[at] {
            '*' if wild => Symbol::Run,
            '?' if wild => Symbol::One,
            c => Symbol::Written(c),
        });
        at += 1;
    }
    Some(out)
}

fn value(inside: &str, context: &Context) -> Option<String> {
    if ["*", "?", "$"].contains(&inside) {
        return Some(inside.into());
    }
    let (key, default) = match inside.find(',') {
        Some(comma) => (&inside[..comma], Some(inside[comma + 1..].trim().trim_matches('\'').to_owned())),
        None => (inside, None),
    };
    match context.get(&key.trim().to_lowercase()) {
        Some(values) if values.len() == 1 => Some(values[0].clone()),
        _ => default,
    }
}

pub fn is_resolved(text: &str, context: &Context, variables: bool) -> bool {
    symbols(text, context, true, variables).is_some()
}

/// By a table: whether the first i symbols match the first j characters.
fn glob(pattern: &[Symbol], text: &[char]) -> bool {
    let mut table = vec![vec![false; text.len() + 1]; pattern.len() + 1];
    table[0][0] = true;
    for i in 1..=pattern.len() {
        for j in 0..=text.len() {
            table[i][j] = match pattern[i - 1] {
                Symbol::Run => table[i - 1][j] || (j > 0 && table[i][j - 1]),
                Symbol::One => j > 0 && table[i - 1][j - 1],
                Symbol::Written(c) | Symbol::Filled(c) => j > 0 && text[j - 1] == c && table[i - 1][j - 1],
            };
        }
    }
    table[pattern.len()][text.len()]
}

pub fn plain_glob(pattern: &str, text: &str) -> bool {
    like(pattern, text, &Context::new(), false)
}

pub fn like(pattern: &str, text: &str, context: &Context, variables: bool) -> bool {
    let text: Vec<char> = text.chars().collect();
    symbols(pattern, context, true, variables).is_some_and(|pattern| glob(&pattern, &text))
}

/// The text with its variables filled, without wildcards.
pub fn filled(text: &str, context: &Context, variables: bool) -> Option<String> {
    let symbols = symbols(text, context, false, variables)?;
    let char_of = |symbol: Symbol| match symbol {
        Symbol::Written(c) | Symbol::Filled(c) => c,
        Symbol::One | Symbol::Run => unreachable!("no wildcards were asked for"),
    };
    Some(symbols.into_iter().map(char_of).collect())
}

/// Six segments, each for itself; of fewer, the last may take in the rest when it ends in a star.
pub fn arn(pattern: &str, name: &str, context: &Context, variables: bool) -> bool {
    if pattern == "*" {
        return true;
    }
    let Some(symbols) = symbols(pattern, context, true, variables) else { return false };
    let mut segments: Vec<Vec<Symbol>> = vec![Vec::new()];
    for symbol in &symbols {
        if *symbol == Symbol::Written(':') && segments.len() < 6 {
            segments.push(Vec::new());
        } else {
            segments.last_mut().unwrap().push(*symbol);
        }
    }
    if segments.len() < 6 && symbols.last() != Some(&Symbol::Run) {
        return glob(&symbols, &name.chars().collect::<Vec<_>>());
    }
    let parts: Vec<Vec<char>> = name.splitn(segments.len(), ':').map(|part| part.chars().collect()).collect();
    parts.len() == segments.len() && segments.iter().zip(&parts).all(|(own, part)| glob(own, part))
}
