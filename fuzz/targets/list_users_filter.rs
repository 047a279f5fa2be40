#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| directory::fuzzing::list_users_filter(data));
