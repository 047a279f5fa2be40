//! Puts every mutant of a source behind a switch.
//!
//! syn says where expressions begin and end; the source itself is kept and texts are put between. Left out is what the
//! compiler computes: constants, statics, lengths of arrays, patterns. A `const fn` with a mutant loses its `const`; whoever
//! needs it learns so from the compiler, and then the function is left as it was.

mod visit;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::{Context, Result};

use crate::edits::{Edits, Placed};
use crate::lines::Lines;
use crate::list::{Genre, Mutant};

/// A source with its mutants behind switches.
#[derive(Debug)]
pub struct Bent {
    /// The new text.
    pub text: String,
    /// What stands where in it.
    pub placed: Vec<Placed>,
    /// The mutants that are in it.
    pub taken: BTreeSet<u32>,
    /// Those no compiler would accept: `||` beside a `let`.
    pub hopeless: BTreeSet<u32>,
    /// Functions that lost their `const`, and the mutants they hold.
    pub unconst: Vec<(String, Vec<u32>)>,
}

/// Bends a source by these mutants, all of its file.
pub fn bend(source: &str, mutants: &[&Mutant]) -> Result<Bent> {
    let file = syn::parse_file(source).context("syn does not read it")?;
    let lines = Lines::of(source);
    let mut wanted: BTreeMap<(usize, usize), Vec<&Mutant>> = BTreeMap::new();
    for mutant in mutants {
        let key = (lines.offset(mutant.start), lines.offset(mutant.end));
        wanted.entry(key).or_default().push(mutant);
    }
    let mut bender = Bender {
        source,
        lines,
        wanted,
        edits: Edits::default(),
        taken: BTreeSet::new(),
        hopeless: BTreeSet::new(),
        unconst: Vec::new(),
        still: 0,
    };
    syn::visit::Visit::visit_file(&mut bender, &file);
    let Bender { edits, taken, hopeless, unconst, .. } = bender;
    let (text, placed) = edits.render(source);
    Ok(Bent { text, placed, taken, hopeless, unconst })
}

struct Bender<'a> {
    source: &'a str,
    lines: Lines<'a>,
    wanted: BTreeMap<(usize, usize), Vec<&'a Mutant>>,
    edits: Edits,
    taken: BTreeSet<u32>,
    hopeless: BTreeSet<u32>,
    unconst: Vec<(String, Vec<u32>)>,
    /// How many things around us the compiler computes.
    still: usize,
}

impl<'a> Bender<'a> {
    /// The mutants of this genre that replace exactly this, if anything may be put here.
    fn take(&mut self, range: &Range<usize>, genre: Genre) -> Vec<&'a Mutant> {
        if self.still > 0 {
            return Vec::new();
        }
        let here = self.wanted.get(&(range.start, range.end)).into_iter().flatten();
        here.copied().filter(|mutant| mutant.genre == genre).collect()
    }

    fn took(&mut self, mutants: &[&Mutant]) {
        self.taken.extend(mutants.iter().map(|mutant| mutant.number));
    }

    /// All mutants that lie within.
    fn within(&self, range: &Range<usize>) -> Vec<u32> {
        let inside = self.wanted.iter().filter(|((start, end), _)| range.start <= *start && *end <= range.end);
        inside.flat_map(|(_, mutants)| mutants).map(|mutant| mutant.number).collect()
    }

    fn said(&self, range: Range<usize>) -> &'a str {
        self.source.get(range).unwrap_or_default()
    }

    /// Does something where the compiler computes.
    fn in_stillness(&mut self, work: impl FnOnce(&mut Self)) {
        self.still += 1;
        work(self);
        self.still -= 1;
    }

    /// Does something in a body that runs, wherever it stands.
    fn in_motion(&mut self, work: impl FnOnce(&mut Self)) {
        let still = std::mem::take(&mut self.still);
        work(self);
        self.still = still;
    }
}

#[cfg(test)]
mod tests;
