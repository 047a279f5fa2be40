//! ST-33: the body of the filter's fuzz target over its corpus and over what is left of it when it is cut and bent.

#![allow(clippy::unwrap_used)] // tests

use std::path::Path;

#[test]
fn st_33_no_filter_is_too_odd_to_be_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/list_users_filter");
    let seeds: Vec<Vec<u8>> =
        std::fs::read_dir(corpus).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(seeds.len() >= 5, "the corpus is not there");
    for seed in &seeds {
        for cut in 0..=seed.len() {
            let (head, tail) = seed.split_at(cut);
            for middle in [&b""[..], b"\"", b"\\", b"=", b"^", b" ", b"\0", "ü".as_bytes(), b"\xff", &[b'"'; 300]] {
                directory::fuzzing::list_users_filter(&[head, middle, tail].concat());
                directory::fuzzing::list_users_filter(&[head, middle].concat());
            }
        }
    }
}
