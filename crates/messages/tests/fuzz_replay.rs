//! ST-33: the body of the fuzz target over its corpus, and over what is left of it when it is cut and bent.

#![allow(clippy::unwrap_used)] // tests

use std::path::Path;

#[test]
fn st_33_nothing_in_the_corpus_of_wording_is_too_odd() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/wording");
    let seeds: Vec<Vec<u8>> =
        std::fs::read_dir(corpus).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(seeds.len() >= 5, "the corpus is not there");
    for seed in &seeds {
        for cut in 0..=seed.len() {
            let (head, tail) = seed.split_at(cut);
            for middle in [&b""[..], b"\0", b"\n", b"<", b">", b"{####}", b"&", b"[", b":", b",", b"\xff", &[b'<'; 300]]
            {
                messages::fuzzing::wording(&[head, middle, tail].concat());
                messages::fuzzing::wording(&[head, middle].concat());
            }
        }
    }
}
