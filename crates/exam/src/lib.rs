//! One test binary for the wire tests that lie beside the operations, so that nothing is linked twice.
//!
//! Knows: the generated list of test files. Never knows: a behaviour; that is what the files themselves are about.
//! To add a test: a file `<operation>_test.rs` beside the operation, then `cargo xtask codegen`.

#[cfg(test)]
mod tests;
