//! Mutation tests with one build: every mutant stands behind a switch, and the tests that come by it run with it on.
//!
//! Knows: how a source is bent, built and judged. Never knows: which mutants there are; `cargo mutants --list --json` says.
//! To add a genre: a word in `list.rs`, what is written around it in `wrap.rs`, where it stands in `bend/visit.rs`.

#![allow(clippy::print_stdout, reason = "a chore talks to the person who called it")]

mod bend;
mod blame;
mod build;
mod edits;
mod hands;
mod judge;
mod lines;
mod list;
mod reach;
mod run;
mod state;
mod switch;
mod tree;
mod wrap;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use list::Mutant;
use state::{Outcome, State};

const USAGE: &str = "usage: bender TREE LIST PLACE PACKAGE,… [K/N]
  TREE     the tree as it is
  LIST     what `cargo mutants --list --json` said of it
  PLACE    where the bent copy, cargo's build and the outcomes lie
  PACKAGE  whose tests judge
  K/N      only the mutants at places K, K+N, K+2N … of the list";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (tree, list, place, packages, shard) = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [tree, list, place, packages] => (tree, list, place, packages, (0, 1)),
        [tree, list, place, packages, shard] => (tree, list, place, packages, parse_shard(shard)?),
        _ => bail!("{USAGE}"),
    };
    let (tree, place) = (PathBuf::from(tree).canonicalize()?, PathBuf::from(place));
    std::fs::create_dir_all(&place)?;
    let place = place.canonicalize()?;
    let text = std::fs::read_to_string(list).with_context(|| format!("reading {list}"))?;
    let mutants = list::read(&text)?;
    let hash = tree::hash(&tree, &text)?;
    let mut state = State::open(&place, &hash)?;
    println!("{} mutants, {} known", mutants.len(), state.known().len());
    let plan = build::Plan {
        copy: place.join("bent"),
        target: place.join("build"),
        packages: packages.split(',').map(str::to_owned).collect(),
        plain: tree,
    };
    let judges = build::build(&plan, &mutants, &mut state)?;
    let wanted: Vec<&Mutant> = sharded(&mutants, shard);
    // The crates' own tests take moments, and most mutants fall to them: those of the wire are asked for the rest.
    let (wire, own): (Vec<_>, Vec<_>) = judges.into_iter().partition(|judge| judge.name.starts_with("exam/"));
    let (scratch, reached) = (place.join("scratch"), place.join(format!("reach-{hash}.tsv")));
    let tests = reach::all(&own, &reached, &scratch)?;
    let asked = judge::Asked { judges: &own, tests: &tests, before: &[], more: true };
    judge::all(asked, &wanted, &mut state, &scratch)?;
    let of_the_wire = reach::all(&wire, &reached, &scratch)?;
    let asked = judge::Asked { judges: &wire, tests: &of_the_wire, before: &tests, more: false };
    judge::all(asked, &wanted, &mut state, &scratch)?;
    let survived =
        |mutant: &&&Mutant| matches!(state.known().get(&mutant.number), Some(Outcome::Survived | Outcome::Unreached));
    println!("{} of {} survived", wanted.iter().filter(survived).count(), wanted.len());
    std::fs::copy(state.path(), place.join("outcomes.tsv"))?;
    Ok(())
}

fn parse_shard(text: &str) -> Result<(usize, usize)> {
    let parsed = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    parsed.filter(|(k, n)| k < n).with_context(|| format!("{text} is no part like 0/20"))
}

/// Every `n`th mutant.
fn sharded(mutants: &[Mutant], (k, n): (usize, usize)) -> Vec<&Mutant> {
    mutants.iter().skip(k).step_by(n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_below_its_whole() {
        assert_eq!(parse_shard("0/20").ok(), Some((0, 20)));
        assert!(parse_shard("20/20").is_err());
        assert!(parse_shard("all").is_err());
    }
}
