//! Lines and columns of a text as offsets in bytes.

use std::ops::Range;

use proc_macro2::Span;

use crate::list::Place;

/// Where the lines of a text begin.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Of this text.
    pub fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The offset of a line and a column, both from 1.
    pub fn offset(&self, (line, column): Place) -> usize {
        let Some(start) = line.checked_sub(1).and_then(|line| self.starts.get(line)) else { return self.text.len() };
        let rest = self.text.get(*start..).unwrap_or_default();
        let before = rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>();
        start + before
    }

    /// The offsets of what syn saw. Its columns begin at 0.
    pub fn range(&self, span: Span) -> Range<usize> {
        let (start, end) = (span.start(), span.end());
        self.offset((start.line, start.column + 1))..self.offset((end.line, end.column + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_offsets_are_bytes() {
        let lines = Lines::of("ab\nä=b\n");
        assert_eq!([lines.offset((1, 1)), lines.offset((2, 1)), lines.offset((2, 2))], [0, 3, 5]);
        assert_eq!(lines.offset((9, 1)), 8);
    }
}
