//! Just enough of Rust's grammar to tell code from comments and literals, and to find where functions begin and end.

/// A source file taken apart. `code` keeps the line breaks of the original, so line numbers agree.
pub struct Lexed {
    /// The text with comments and the insides of literals blanked.
    pub code: String,
    /// Each string literal with the line it starts on.
    pub strings: Vec<(usize, String)>,
}

/// A function and the lines it covers.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Line of the `fn` word, counted from one.
    pub line: usize,
    /// Lines from the `fn` word to the closing brace.
    pub lines: usize,
}

/// Takes a source text apart.
pub fn lex(text: &str) -> Lexed {
    let mut reader = Reader {
        chars: text.chars().collect(),
        at: 0,
        line: 1,
        code: String::with_capacity(text.len()),
        strings: Vec::new(),
    };
    while let Some(c) = reader.peek(0) {
        reader.step(c);
    }
    Lexed { code: reader.code, strings: reader.strings }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn step(&mut self, c: char) {
        match (c, self.peek(1)) {
            ('/', Some('/')) => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.blank();
                }
            }
            ('/', Some('*')) => self.block_comment(),
            ('"', _) => self.string(0, false),
            ('r', Some('"' | '#')) if !self.inside_word() && self.raw_hashes().is_some() => {
                let hashes = self.raw_hashes().unwrap_or(0);
                for _ in 0..=hashes {
                    self.keep();
                }
                self.string(hashes, true);
            }
            ('\'', _) => self.quote(),
            _ => self.keep(),
        }
    }

    fn inside_word(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.chars.get(at));
        // `br"…"` is a literal too.
        before.is_some_and(|c| (c.is_alphanumeric() || *c == '_') && *c != 'b')
    }

    fn raw_hashes(&self) -> Option<usize> {
        let hashes = (1..).take_while(|ahead| self.peek(*ahead) == Some('#')).count();
        (self.peek(1 + hashes) == Some('"')).then_some(hashes)
    }

    fn keep(&mut self) {
        if let Some(c) = self.peek(0) {
            self.line += usize::from(c == '\n');
            self.code.push(c);
            self.at += 1;
        }
    }

    fn blank(&mut self) {
        if let Some(c) = self.peek(0) {
            self.line += usize::from(c == '\n');
            self.code.push(if c == '\n' { '\n' } else { ' ' });
            self.at += 1;
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self, hashes: usize, raw: bool) {
        let (line, start) = (self.line, self.at + 1);
        self.keep();
        while let Some(c) = self.peek(0) {
            if c == '\\' && !raw {
                self.blank();
                self.blank();
            } else if c == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                let inside = self.chars.get(start..self.at).unwrap_or_default();
                self.strings.push((line, inside.iter().collect()));
                self.keep();
                return;
            } else {
                self.blank();
            }
        }
    }

    /// A character literal is blanked, a lifetime is kept.
    fn quote(&mut self) {
        if self.peek(1) == Some('\\') {
            self.blank();
            self.blank();
            self.blank();
            while self.peek(0).is_some_and(|c| c != '\'') {
                self.blank();
            }
            self.blank();
        } else if self.peek(2) == Some('\'') {
            self.blank();
            self.blank();
            self.blank();
        } else {
            self.keep();
        }
    }
}

/// The functions with a body, in the order they begin.
pub fn functions(code: &str) -> Vec<Function> {
    let chars: Vec<char> = code.chars().collect();
    let mut found = Vec::new();
    let mut line = 1;
    for (at, c) in chars.iter().enumerate() {
        line += usize::from(*c == '\n');
        if word_at(&chars, at, "fn")
            && let Some(function) = function_at(&chars, at, line)
        {
            found.push(function);
        }
    }
    found
}

fn word_at(chars: &[char], at: usize, word: &str) -> bool {
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let before = at.checked_sub(1).and_then(|at| chars.get(at)).is_some_and(is_word);
    let after = chars.get(at + word.len()).is_some_and(is_word);
    !before && !after && word.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c))
}

fn function_at(chars: &[char], at: usize, line: usize) -> Option<Function> {
    let rest = chars.get(at + 2..)?;
    let name: String =
        rest.iter().skip_while(|c| c.is_whitespace()).take_while(|c| c.is_alphanumeric() || **c == '_').collect();
    if name.is_empty() {
        return None; // a function pointer type
    }
    let (mut nested, mut braces, mut lines) = (0_i32, 0_i32, 1);
    for c in rest {
        match c {
            '\n' => lines += 1,
            '(' | '[' => nested += 1,
            ')' | ']' => nested -= 1,
            ';' if nested == 0 && braces == 0 => return None, // a declaration without a body
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces == 0 && nested == 0 {
                    return Some(Function { name, line, lines });
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_not_code() {
        let lexed =
            lex("let a = \"if sqlite\"; // if sqlite\n/* if /* x */ sqlite */ let b = r#\"x\"y\"#; let c = '\"';");
        assert!(!lexed.code.contains("sqlite"));
        assert_eq!(lexed.strings, vec![(1, "if sqlite".to_owned()), (2, "x\"y".to_owned())]);
        assert!(lexed.code.contains("let c"));
    }

    #[test]
    fn a_lifetime_does_not_open_a_literal() {
        let lexed = lex("fn f<'a>(x: &'a str) -> &'a str { g('\\'', \"q\") }");
        assert_eq!(lexed.strings, vec![(1, "q".to_owned())]);
    }

    #[test]
    fn a_function_ends_at_its_own_brace() {
        let code =
            lex("trait T { fn none(); }\nfn one(x: fn(u8) -> u8) {\n  if true { two() }\n}\nfn last() {}\n").code;
        let names: Vec<_> = functions(&code).into_iter().map(|f| (f.name, f.line, f.lines)).collect();
        assert_eq!(names, vec![("one".to_owned(), 2, 3), ("last".to_owned(), 5, 1)]);
    }
}
