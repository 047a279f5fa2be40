#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| federation::fuzzing::key_set(data));
