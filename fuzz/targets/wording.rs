#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| messages::fuzzing::wording(data));
