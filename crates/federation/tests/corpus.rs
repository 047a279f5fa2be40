//! ST-33: the bodies of the fuzz targets over their corpora, and over what is left of them when they are cut and bent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use federation::fuzzing;
use std::path::Path;

fn replay(name: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let seeds: Vec<Vec<u8>> =
        std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(seeds.len() >= 3, "the corpus of {name} is not there");
    for seed in &seeds {
        body(seed);
        for at in 0..seed.len() {
            body(&seed[..at]);
            for strange in [b'"', b'{', b']', b'\\', b',', 0, 0xff] {
                let mut bent = seed.clone();
                bent[at] = strange;
                body(&bent);
            }
        }
    }
}

#[test]
fn st_33_nothing_that_an_issuer_can_publish_as_discovery_is_too_odd() {
    replay("discovery", fuzzing::discovery);
}

#[test]
fn st_33_nothing_that_an_issuer_can_publish_as_keys_is_too_odd() {
    replay("key_set", fuzzing::key_set);
}

#[test]
fn st_33_nothing_that_a_login_can_say_is_too_odd() {
    replay("login", fuzzing::login);
}

#[test]
fn st_33_documents_of_great_depth_and_length_end_in_a_refusal() {
    for deep in ["[".repeat(500_000), "{\"keys\":".repeat(100_000), format!("{{\"keys\":[{}0]}}", "0,".repeat(400_000))]
    {
        fuzzing::discovery(deep.as_bytes());
        fuzzing::key_set(deep.as_bytes());
        fuzzing::login(deep.as_bytes());
    }
}
