//! What measures and what kills the finished binary: it is driven from here, from outside, as a client would.
//!
//! Knows: the wire as a client speaks it, `/proc`, how `cognate serve` is started. Never knows: the server's insides; only
//! `crypto`'s SRP client and primitives are borrowed.
//! To add a measured operation: a line in `bin/bench/cases.rs`. To add a fact the drill checks: `bin/drill/ledger.rs`.

pub mod api;
pub mod cognate;
pub mod http;
pub mod identities;
pub mod people;
pub mod query;
pub mod sigv4;
pub mod smtp_sink;
