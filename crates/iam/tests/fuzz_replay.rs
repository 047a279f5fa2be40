//! CR-35, ST-33: the fuzz target over its seeds and mutants of them, on the stable compiler.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;

/// Small and repeatable; quality does not matter here.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    /// A few places cut, doubled, replaced or written over with what means something in a policy.
    fn mutant(&mut self, seed: &[u8]) -> Vec<u8> {
        const TELLING: &[&str] = &[
            "*",
            "?",
            "${",
            "}",
            "${*}",
            "${aws:username}",
            "\"",
            ":",
            ",",
            "[",
            "]",
            "{",
            "{}",
            "\\",
            "\n",
            "\0",
            "ü",
            "Not",
            "IfExists",
            "ForAllValues:",
            "ForAnyValue:",
            "\u{212a}",
            "arn:",
            "null",
            "-1e9",
            "'",
        ];
        let mut bytes = seed.to_vec();
        for _ in 0..=self.roll(3) {
            let at = self.roll(bytes.len() + 1);
            match self.roll(5) {
                0 => bytes.truncate(at),
                1 => {
                    let end = at + self.roll(bytes.len() - at + 1);
                    bytes.drain(at..end);
                }
                2 => {
                    let tail = bytes[at..].to_vec();
                    bytes.extend(tail);
                }
                _ => {
                    let telling = TELLING[self.roll(TELLING.len())];
                    bytes.splice(at..at, telling.bytes());
                }
            }
        }
        bytes
    }
}

#[test]
fn cr_35_no_policy_is_too_odd_to_be_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/policy");
    let mut paths: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 8, "the corpus is not there");
    let mut dice = Dice(2026);
    for path in paths {
        let seed = std::fs::read(path).unwrap();
        for kind in 0..12 {
            let turned = [&[kind], &seed[1..]].concat();
            iam::fuzzing::policy(&turned);
            for _ in 0..300 {
                iam::fuzzing::policy(&dice.mutant(&turned));
            }
        }
    }
}
