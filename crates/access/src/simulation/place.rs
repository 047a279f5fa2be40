//! Where the statements of a document stand in its text: a policy without `Sid`s is shown by its lines.

use contract::iam::types::Position;

/// Where a statement begins and where it is over.
pub type Place = (Position, Position);

/// The places of a document's statements, in their order. The document has been read as a policy before, so its JSON is
/// well formed; a `Statement` that is written with escapes in its name is not found, and its statements have no place.
pub fn statements(text: &str) -> Vec<Place> {
    let mut reader = Reader { line: 1, ..Reader::default() };
    text.chars().for_each(|c| reader.take(c));
    reader.found
}

#[derive(Default)]
struct Reader {
    line: i64,
    column: i64,
    depth: usize,
    quoted: bool,
    escaped: bool,
    /// The text in quotes that was read last.
    word: String,
    /// Whether this is the value of `Statement`.
    within: bool,
    /// How deep the statement that is being read stands, and where it began.
    open: Option<(usize, Position)>,
    found: Vec<Place>,
}

impl Reader {
    fn take(&mut self, c: char) {
        if c == '\n' {
            self.line += 1;
            self.column = 0;
        } else {
            self.column += 1;
        }
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' if self.quoted => self.escaped = true,
            '"' => {
                if !self.quoted {
                    self.word.clear();
                }
                self.quoted = !self.quoted;
            }
            c if self.quoted => self.word.push(c),
            ':' if self.depth == 1 => self.within = self.word == "Statement",
            '{' | '[' => {
                if c == '{' && self.within && self.open.is_none() {
                    self.open = Some((self.depth, self.here(0)));
                }
                self.depth += 1;
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                if let Some((_, begun)) = self.open.take_if(|(depth, _)| *depth == self.depth) {
                    self.found.push((begun, self.here(1)));
                }
            }
            _ => {}
        }
    }

    /// The place of this character, or behind it.
    fn here(&self, behind: i64) -> Position {
        Position { line: Some(self.line), column: Some(self.column + behind) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<[i64; 4]> {
        let told = |place: &Position| (place.line.unwrap(), place.column.unwrap());
        let flat = |(a, b): &Place| [told(a).0, told(a).1, told(b).0, told(b).1];
        statements(text).iter().map(flat).collect()
    }

    #[test]
    fn statements_stand_between_their_braces() {
        assert_eq!(places(r#"{"Version":"2012-10-17","Statement":{"a":{}}}"#), [[1, 37, 1, 45]]);
        let lines = "{\n  \"Statement\": [\n    {\"a\": [1]},\n    {\n    }\n  ],\n  \"Id\": \"{\"\n}";
        assert_eq!(places(lines), [[3, 5, 3, 15], [4, 5, 5, 6]]);
    }

    #[test]
    fn braces_and_names_in_texts_are_text() {
        assert_eq!(places(r#"{"Id":"\"Statement\":{}","Statement":[{"Sid":"}\\"},{}]}"#).len(), 2);
        assert_eq!(places(r#"{"Statement":[{"Statement":{}}]}"#), [[1, 15, 1, 31]]);
        assert!(places(r#"{"\u0053tatement":[{}]}"#).is_empty());
    }
}
