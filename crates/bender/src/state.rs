//! What became of each mutant, kept in a file so that a run that was stopped goes on where it was.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::list::Mutant;

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// This test noticed, or some test of a batch that did not say which.
    Killed(String),
    /// All tests that reach it are green.
    Survived,
    /// No test comes where it is.
    Unreached,
    /// The tests that reach it did not end.
    Hung,
    /// No program.
    Unviable,
    /// Could not be put behind a switch.
    LeftOut,
    /// The crates' own tests are green; the wire tests have still to be asked.
    Spared,
}

impl Outcome {
    /// As it stands in the file.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Killed(_) => "killed",
            Self::Survived => "survived",
            Self::Unreached => "unreached",
            Self::Hung => "hung",
            Self::Unviable => "unviable",
            Self::LeftOut => "left out",
            Self::Spared => "spared",
        }
    }

    fn read(word: &str, detail: &str) -> Option<Self> {
        let all = [
            Self::Killed(detail.to_owned()),
            Self::Survived,
            Self::Unreached,
            Self::Hung,
            Self::Unviable,
            Self::LeftOut,
            Self::Spared,
        ];
        all.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// The outcomes of one tree.
pub struct State {
    path: PathBuf,
    file: File,
    known: BTreeMap<u32, Outcome>,
}

impl State {
    /// Those of the tree with this hash, as far as an earlier run came.
    pub fn open(dir: &Path, hash: &str) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let path = dir.join(format!("outcomes-{hash}.tsv"));
        let known = parse(&fs::read_to_string(&path).unwrap_or_default());
        let file = File::options().create(true).append(true).open(&path);
        let file = file.with_context(|| format!("opening {}", path.display()))?;
        Ok(Self { path, file, known })
    }

    /// Where they are kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is known.
    pub fn known(&self) -> &BTreeMap<u32, Outcome> {
        &self.known
    }

    /// One more, kept at once.
    pub fn tell(&mut self, mutant: &Mutant, outcome: Outcome) -> Result<()> {
        let detail = if let Outcome::Killed(by) = &outcome { by } else { "" };
        let line = format!("{}\t{}\t{}\t{}\t{detail}\n", mutant.number, outcome.word(), mutant.file, mutant.name);
        self.file.write_all(line.as_bytes())?;
        self.known.insert(mutant.number, outcome);
        Ok(())
    }
}

/// A line that was cut off says nothing; the last line about a mutant counts.
fn parse(text: &str) -> BTreeMap<u32, Outcome> {
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let line = |line: &str| {
        let mut fields = line.split('\t');
        let (number, word) = (fields.next()?.parse().ok()?, fields.next()?);
        Some((number, Outcome::read(word, fields.nth(2).unwrap_or_default())?))
    };
    whole.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_known_again_and_half_a_line_is_not() {
        let text =
            "1\tkilled\ta.rs\ta.rs:1: x\tb::c\n2\tleft out\ta.rs\ta.rs:2: y\t\n1\thung\ta.rs\ta.rs:1: x\t\n3\tkil";
        let known = parse(text);
        assert_eq!(known, BTreeMap::from([(1, Outcome::Hung), (2, Outcome::LeftOut)]));
        assert_eq!(parse("4\tspared\ta.rs\ta.rs:4: z\t\n"), BTreeMap::from([(4, Outcome::Spared)]));
        let killed = parse("1\tkilled\ta.rs\ta.rs:1: x\tb::c\n");
        assert_eq!(killed, BTreeMap::from([(1, Outcome::Killed("b::c".into()))]));
    }
}
