//! Texts put into a source, nested as the expressions are, and where they stand afterwards.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

/// What a stretch of the bent text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// What stands there when this mutant is switched on.
    New(u32),
    /// Everything that was put around or before something for this mutant's sake.
    Whole(u32),
    /// A function of the source.
    Function,
}

/// A mark and its bytes in the bent text.
#[derive(Debug, Clone)]
pub struct Placed {
    /// What it is.
    pub mark: Mark,
    /// Where.
    pub range: Range<usize>,
}

/// A piece of what is put in.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text.
    Text(String),
    /// A stretch begins.
    Begin(Mark),
    /// The stretch that began last with this mark ends.
    End(Mark),
}

/// Text as a piece.
pub fn text(text: impl Into<String>) -> Piece {
    Piece::Text(text.into())
}

/// What is put in at one offset: first the ends of what closes there, then the beginnings of what opens.
#[derive(Default)]
struct Gap {
    closing: VecDeque<Vec<Piece>>,
    opening: Vec<Piece>,
}

/// All that happens to one source. Outer expressions come before the inner ones they hold: what opens at the same place
/// opens in that order, and closes in the opposite one.
#[derive(Default)]
pub struct Edits {
    gaps: BTreeMap<usize, Gap>,
    cuts: BTreeMap<usize, usize>,
}

impl Edits {
    /// Puts something before what begins at `at`.
    pub fn open(&mut self, at: usize, pieces: Vec<Piece>) {
        self.gaps.entry(at).or_default().opening.extend(pieces);
    }

    /// Puts something behind what ends at `at`.
    pub fn close(&mut self, at: usize, pieces: Vec<Piece>) {
        self.gaps.entry(at).or_default().closing.push_front(pieces);
    }

    /// Takes text away.
    pub fn cut(&mut self, range: Range<usize>) {
        self.cuts.insert(range.start, range.end);
    }

    /// The bent text, and what stands where.
    pub fn render(self, source: &str) -> (String, Vec<Placed>) {
        let mut out = Written::default();
        let mut at = 0;
        let mut cuts = self.cuts.into_iter().peekable();
        for (offset, gap) in self.gaps {
            while let Some((start, end)) = cuts.next_if(|(start, _)| *start < offset) {
                out.copy(source, at..start);
                at = at.max(end);
            }
            out.copy(source, at..offset);
            at = at.max(offset);
            gap.closing.into_iter().flatten().chain(gap.opening).for_each(|piece| out.put(piece));
        }
        for (start, end) in cuts {
            out.copy(source, at..start);
            at = at.max(end);
        }
        out.copy(source, at..source.len());
        (out.text, out.placed)
    }
}

#[derive(Default)]
struct Written {
    text: String,
    begun: Vec<(Mark, usize)>,
    placed: Vec<Placed>,
}

impl Written {
    fn copy(&mut self, source: &str, range: Range<usize>) {
        self.text.push_str(source.get(range).unwrap_or_default());
    }

    fn put(&mut self, piece: Piece) {
        match piece {
            Piece::Text(text) => self.text.push_str(&text),
            Piece::Begin(mark) => self.begun.push((mark, self.text.len())),
            Piece::End(mark) => {
                if let Some(at) = self.begun.iter().rposition(|(begun, _)| *begun == mark) {
                    let (mark, start) = self.begun.remove(at);
                    self.placed.push(Placed { mark, range: start..self.text.len() });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_nests_as_the_expressions_do() {
        let source = "a + b + c";
        let mut edits = Edits::default();
        edits.open(0, vec![Piece::Begin(Mark::Whole(1)), text("<1")]);
        edits.close(9, vec![text("1>"), Piece::End(Mark::Whole(1))]);
        edits.open(0, vec![text("<2")]);
        edits.close(5, vec![text("2>")]);
        edits.cut(6..7);
        let (bent, placed) = edits.render(source);
        assert_eq!(bent, "<1<2a + b2>  c1>");
        assert!(
            matches!(placed.as_slice(), [Placed { mark: Mark::Whole(1), range }] if *range == (0..16)),
            "{placed:?}"
        );
    }

    #[test]
    fn what_is_cut_may_have_something_in_its_place() {
        let mut edits = Edits::default();
        edits.cut(1..3);
        edits.open(1, vec![text(" or ")]);
        assert_eq!(edits.render("a||b").0, "a or b");
    }
}
