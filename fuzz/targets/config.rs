#![no_main]

use server::config::Layers;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Layers::default().with_text("cognate.toml", text).and_then(|layers| layers.settle());
    }
});
