//! Replays the committed corpus through the bodies of the fuzz targets, as it is and bent in twenty thousand ways.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // helpers of tests, which clippy does not see as tests

use std::path::Path;
use wire::fuzzing;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 5, "the corpus of {name} is not there");
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

const LETTERS: &[u8] = b"\"\\{}[]:,%&=.+\n\0\xff0123e-";

/// Cuts, swaps, repeats and splices, the same ones on every run.
fn bent(seeds: &[Vec<u8>]) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    (0..20_000).map(move |_| {
        let mut bytes = seeds[next(seeds.len())].clone();
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            match next(5) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, LETTERS[next(LETTERS.len())]),
                2 if !bytes.is_empty() => bytes[at] = u8::try_from(next(256)).unwrap(),
                3 => bytes.extend_from_within(at..),
                _ => bytes.splice(at.., seeds[next(seeds.len())].iter().copied().skip(at)).for_each(drop),
            }
        }
        bytes
    })
}

fn replay(name: &str, body: fn(&[u8])) {
    let seeds = corpus(name);
    seeds.iter().for_each(|seed| body(seed));
    bent(&seeds).for_each(|seed| body(&seed));
}

#[test]
fn rl_13_json_corpus_ends_in_answers() {
    replay("json", fuzzing::json);
}

#[test]
fn rl_13_query_corpus_ends_in_answers() {
    replay("query", fuzzing::query);
}

#[test]
fn rl_13_rest_corpus_ends_in_answers() {
    replay("rest", fuzzing::rest);
}
