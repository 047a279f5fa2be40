//! The commands of `cognate`, run as a person runs them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod deployment;
mod dev;
mod running;
