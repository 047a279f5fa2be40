//! Texts of a policy that may hold variables: `${key}`, `${key, 'default'}`, and the escapes `${*}`, `${?}`, `${$}`.
//!
//! What a variable stands for is literal text: a star in a user's name is a star, never a wildcard.

use std::borrow::Cow;

use crate::context::Context;
use crate::glob::{Glob, Token};

/// What a text may hold besides itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grammar {
    /// `*` and `?` are wildcards.
    pub wildcards: bool,
    /// `${…}` is a variable: since version 2012-10-17.
    pub variables: bool,
}

/// A part of a text.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// This text.
    Text(String),
    /// `?`
    One,
    /// `*`
    Run,
    /// `${…}`
    Variable(Variable),
}

/// A value taken from the request.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// The key as it was written.
    pub name: String,
    folded: String,
    default: Option<String>,
}

impl Variable {
    /// Reads what stands between the braces.
    fn parse(inside: &str) -> Option<Self> {
        let (name, default) = match inside.split_once(',') {
            None => (inside, None),
            Some((name, default)) => {
                let quoted = default.trim().strip_prefix('\'')?.strip_suffix('\'')?;
                (name, Some(quoted.to_owned()))
            }
        };
        let name = name.trim();
        let sound = !name.is_empty() && !name.contains(['$', '{', '*', '?', '\'']);
        sound.then(|| Self { name: name.to_owned(), folded: name.to_ascii_lowercase(), default })
    }

    /// The request's value, else the default. A key of several values stands for none of them.
    fn resolve<'a>(&'a self, context: &'a Context) -> Option<&'a str> {
        match context.folded(&self.folded) {
            [one] => Some(one),
            _ => self.default.as_deref(),
        }
    }
}

/// Cuts a text into its parts. `None`: a variable is not closed or not named.
pub(crate) fn pieces(text: &str, grammar: Grammar) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut left = text;
    while let Some(c) = left.chars().next() {
        if let Some(inside) = left.strip_prefix("${").filter(|_| grammar.variables) {
            let (inside, behind) = inside.split_once('}')?;
            match inside {
                "*" | "?" | "$" => push_text(&mut pieces, inside),
                named => pieces.push(Piece::Variable(Variable::parse(named)?)),
            }
            left = behind;
            continue;
        }
        let (own, behind) = left.split_at_checked(c.len_utf8())?;
        match c {
            '*' if grammar.wildcards => pieces.push(Piece::Run),
            '?' if grammar.wildcards => pieces.push(Piece::One),
            _ => push_text(&mut pieces, own),
        }
        left = behind;
    }
    Some(pieces)
}

fn push_text(pieces: &mut Vec<Piece>, more: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.push_str(more),
        _ => pieces.push(Piece::Text(more.to_owned())),
    }
}

/// A text of a policy, compiled.
#[derive(Debug, Clone)]
pub(crate) enum Template {
    /// Without variables.
    Fixed(Glob),
    /// With variables, which each request fills.
    Open(Vec<Piece>),
}

impl Template {
    /// Compiles parts.
    pub(crate) fn of(pieces: Vec<Piece>) -> Self {
        if pieces.iter().any(|piece| matches!(piece, Piece::Variable(_))) {
            return Template::Open(pieces);
        }
        Template::Fixed(Glob::of(pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(Token::Text(text)),
            Piece::One => Some(Token::One),
            Piece::Run => Some(Token::Run),
            Piece::Variable(_) => None,
        })))
    }

    /// The text it is, without variables and wildcards.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self {
            Template::Fixed(glob) => glob.text(),
            Template::Open(_) => None,
        }
    }

    /// The keys its variables name, as written.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let pieces = match self {
            Template::Fixed(_) => &[][..],
            Template::Open(pieces) => pieces,
        };
        pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable.name.as_str()),
            _ => None,
        })
    }

    /// Whether some variable has neither a value in this request nor a default. Such a text matches nothing.
    pub(crate) fn is_unresolved(&self, context: &Context) -> bool {
        match self {
            Template::Fixed(_) => false,
            Template::Open(pieces) => pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Variable(variable) if variable.resolve(context).is_none())),
        }
    }

    /// Whether `text` as a whole matches.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> bool {
        match self {
            Template::Fixed(glob) => glob.matches(text),
            Template::Open(pieces) => fill(pieces, text, context).unwrap_or(false),
        }
    }

    /// The text this stands for, for one without wildcards. `None`: unresolved.
    pub(crate) fn text<'a>(&'a self, context: &'a Context) -> Option<Cow<'a, str>> {
        match self {
            Template::Fixed(glob) => glob.text().map(Cow::Borrowed),
            Template::Open(pieces) => {
                let mut whole = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => whole.push_str(text),
                        Piece::Variable(variable) => whole.push_str(variable.resolve(context)?),
                        Piece::One | Piece::Run => return None,
                    }
                }
                Some(Cow::Owned(whole))
            }
        }
    }
}

/// Follows the parts along the text. Most policies have one star, at the end, and then nothing is copied; from a star
/// further ahead a glob is put together for the rest. `None`: a variable is unresolved, or the text ended early.
fn fill(pieces: &[Piece], text: &str, context: &Context) -> Option<bool> {
    let mut left = text;
    for (at, piece) in pieces.iter().enumerate() {
        left = match piece {
            Piece::Text(own) => left.strip_prefix(own.as_str())?,
            Piece::Variable(variable) => left.strip_prefix(variable.resolve(context)?)?,
            Piece::One => {
                let mut chars = left.chars();
                chars.next()?;
                chars.as_str()
            }
            Piece::Run if at + 1 == pieces.len() => "",
            Piece::Run => return Some(Glob::of(tokens(pieces.get(at..)?, context)?).matches(left)),
        };
    }
    Some(left.is_empty())
}

fn tokens<'a>(pieces: &'a [Piece], context: &'a Context) -> Option<Vec<Token<'a>>> {
    let token = |piece: &'a Piece| match piece {
        Piece::Text(text) => Some(Token::Text(text)),
        Piece::One => Some(Token::One),
        Piece::Run => Some(Token::Run),
        Piece::Variable(variable) => variable.resolve(context).map(Token::Text),
    };
    pieces.iter().map(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Grammar = Grammar { wildcards: true, variables: true };

    fn matches(template: &str, text: &str, who: &str) -> bool {
        let mut context = Context::default();
        context.set("aws:username", who);
        Template::of(pieces(template, BOTH).unwrap()).matches(text, &context)
    }

    #[test]
    fn cr_18_a_value_is_literal_wherever_the_stars_stand() {
        // Template, and a text that matches it for each name in place of the `@`.
        for (template, text) in [
            ("${aws:username}", "@"),
            ("a/${aws:username}", "a/@"),
            ("${aws:username}*", "@xy"),
            ("*${aws:username}", "xy@"),
            ("*/${aws:username}/*", "x/@/y"),
            ("?${aws:username}?", "x@y"),
        ] {
            for who in ["ana", "*", "?na", "a*", "**"] {
                assert!(matches(template, &text.replace('@', who), who), "{template} for {who}");
                assert_eq!(matches(template, &text.replace('@', "ana"), who), who == "ana", "{template} for {who}");
            }
        }
    }

    #[test]
    fn keys_are_found_whatever_their_case_and_defaults_stand_in() {
        assert!(matches("${AWS:UserName}", "ana", "ana"));
        assert!(matches("${aws:nobody, 'x*'}", "x*", "ana"));
        assert!(!matches("${aws:nobody, 'x*'}", "xy", "ana"));
        assert!(matches("${ aws:nobody ,''}", "", "ana"));
        assert!(matches("${aws:username, 'x'}", "ana", "ana"));
    }

    #[test]
    fn an_unresolved_variable_matches_nothing() {
        for text in ["", "x", "${aws:nobody}", "a/"] {
            assert!(!matches("${aws:nobody}", text, "ana"));
            assert!(!matches("*${aws:nobody}*", text, "ana"));
            assert!(!matches("${aws:nobody}*", text, "ana"));
        }
    }

    #[test]
    fn a_key_of_several_values_is_no_variable() {
        let mut context = Context::default();
        context.set_many("aws:tags", vec!["a".into(), "b".into()]);
        let template = Template::of(pieces("${aws:tags}", BOTH).unwrap());
        assert!(
            !template.matches("a", &context) && !template.matches("b", &context) && template.is_unresolved(&context)
        );
    }

    #[test]
    fn escapes_are_the_characters_themselves() {
        assert!(matches("a${*}", "a*", "") && !matches("a${*}", "ab", ""));
        assert!(matches("a${?}", "a?", "") && !matches("a${?}", "ab", ""));
        assert!(matches("${$}{aws:username}", "${aws:username}", "ana"));
    }

    #[test]
    fn variables_that_cannot_be_read_are_refused() {
        for text in ["${", "a${b", "${}", "${ }", "${a${b}}", "${a,b}", "${a,'b}", "${a b'}", "${a*}", "${,'x'}"] {
            assert!(pieces(text, BOTH).is_none(), "{text}");
        }
    }

    #[test]
    fn without_variables_a_dollar_is_a_dollar() {
        let template = Template::of(pieces("${aws:username}*", Grammar { wildcards: true, variables: false }).unwrap());
        assert!(template.matches("${aws:username}/x", &Context::default()));
        assert!(template.variables().next().is_none());
    }
}
