//! ST-33: configuration files over a corpus and over what is left of it when it is cut and bent: settled or refused.

#![allow(clippy::unwrap_used)] // tests

use server::config::Layers;
use std::path::Path;

#[test]
fn st_33_no_configuration_is_too_odd_to_be_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/config");
    let seeds: Vec<String> = std::fs::read_dir(corpus)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert!(seeds.len() >= 5, "the corpus is not there");
    let (mut settled, mut refused) = (0, 0);
    for seed in &seeds {
        for cut in seed.char_indices().map(|(at, _)| at) {
            let (head, tail) = seed.split_at(cut);
            for middle in ["", "\"", "\n", "=", "[", "{", "9999999999999999999999", "-", ".", "\0", "ü"] {
                let text = format!("{head}{middle}{tail}");
                match Layers::default().with_text("cognate.toml", &text).and_then(|layers| layers.settle()) {
                    Ok(_) => settled += 1,
                    Err(error) => {
                        assert!(error.to_string().len() < 500 + text.len(), "{error}");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(settled > 0 && refused > 0, "{settled} settled, {refused} refused");
}
