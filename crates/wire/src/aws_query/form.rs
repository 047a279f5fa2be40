//! A form, read once and sorted, so that everything about `PolicyArns.member.1` lies side by side.

use super::MALFORMED_INPUT;
use crate::{DecodeFault, percent};
use std::cmp::Ordering;

/// Most parameters of one request (RL-13).
const PARAMETERS_MAX: usize = 4_096;
/// Most pieces of a name; the deepest shape of IAM and STS needs 6.
const PIECES_MAX: usize = 32;

/// The parameters of a Query request, sorted piece by piece of their dotted names.
///
/// Sorted pairs rather than a tree: a tree would let two bytes of a name ask for a node of its own.
#[derive(Default)]
pub struct Form(Vec<(String, String)>);

impl std::fmt::Debug for Form {
    // Forms carry tokens and policies: only how many parameters there are may be printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({} parameters)", self.0.len())
    }
}

impl Form {
    /// Reads the parameters of the query string (GET) and of the body (POST). What stands in both is given twice.
    ///
    /// # Errors
    /// `MalformedInput` for broken escapes, text that is not UTF-8, repeated, too many or too deep parameters.
    pub fn read(query: &str, body: &[u8]) -> Result<Self, DecodeFault> {
        let body = std::str::from_utf8(body).map_err(|_| refusal("The form is not UTF-8"))?;
        let mut pairs = Vec::new();
        for pair in percent::pairs(query).chain(percent::pairs(body)) {
            let (name, value) = pair.map_err(|_| refusal("The form is not valid percent-encoded UTF-8"))?;
            if pairs.len() >= PARAMETERS_MAX {
                return Err(refusal("The request holds too many parameters"));
            }
            if name.split('.').count() > PIECES_MAX {
                return Err(refusal("A parameter is nested too deeply"));
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        pairs.sort_unstable_by(|(a, _), (b, _)| a.bytes().map(rank).cmp(b.bytes().map(rank)));
        // Readers disagree on which of two equal names counts; who sends both wants two of them to disagree.
        let twins = |pair: &[(String, String)]| matches!(pair, [(a, _), (b, _)] if a == b);
        if pairs.windows(2).any(twins) { Err(refusal("A parameter is given twice")) } else { Ok(Self(pairs)) }
    }

    /// The operation asked for.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.root().below("Action").and_then(|branch| branch.text())
    }

    /// The API version asked for.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.root().below("Version").and_then(|branch| branch.text())
    }

    pub(super) fn root(&self) -> Branch<'_> {
        Branch { pairs: &self.0, from: 0 }
    }
}

/// Parameters whose names begin alike; `from` is where the next piece of each name begins.
#[derive(Clone, Copy)]
pub(super) struct Branch<'f> {
    pairs: &'f [(String, String)],
    from: usize,
}

impl<'f> Branch<'f> {
    /// The value of the parameter that ends here. It sorts before those that go on.
    pub fn text(self) -> Option<&'f str> {
        self.pairs.first().filter(|(name, _)| name.len() < self.from).map(|(_, value)| value.as_str())
    }

    /// What goes on with this piece.
    pub fn below(self, piece: &str) -> Option<Branch<'f>> {
        let side = |pair: &(String, String)| next_piece(&pair.0, self.from).cmp(&Some(piece));
        let start = self.pairs.partition_point(|pair| side(pair) == Ordering::Less);
        let end = self.pairs.partition_point(|pair| side(pair) != Ordering::Greater);
        let pairs = self.pairs.get(start..end).filter(|pairs| !pairs.is_empty())?;
        Some(Branch { pairs, from: self.from + piece.len() + 1 })
    }

    /// Every next piece with what goes on from it.
    pub fn pieces(self) -> impl Iterator<Item = (&'f str, Branch<'f>)> {
        let same = move |(a, _): &(String, String), (b, _): &(String, String)| {
            next_piece(a, self.from) == next_piece(b, self.from)
        };
        self.pairs.chunk_by(same).filter_map(move |pairs| {
            let piece = next_piece(&pairs.first()?.0, self.from)?;
            Some((piece, Branch { pairs, from: self.from + piece.len() + 1 }))
        })
    }
}

/// Bytes in an order where the dot comes first, which sorts names piece by piece without cutting them.
fn rank(byte: u8) -> u16 {
    if byte == b'.' { 0 } else { u16::from(byte) + 1 }
}

fn next_piece(name: &str, from: usize) -> Option<&str> {
    name.get(from..)?.split('.').next()
}

pub(super) fn refusal(message: impl Into<String>) -> DecodeFault {
    DecodeFault::new(&MALFORMED_INPUT, message)
}
