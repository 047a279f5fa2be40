#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| crypto::fuzzing::fuzz_sigv4(data));
