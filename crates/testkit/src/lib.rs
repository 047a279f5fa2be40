//! The whole server inside a test, on either database: a clock that can be moved, seeded randomness, a world outside
//! that is played.
//!
//! Knows: how to start the server, speak its wire and read the mail it sends. Never knows: what a right answer is.
//! To add a way of asking: a method on `App` or `Pool` that ends in `Asking`, so that every failure prints the exchange.

// Everything here runs inside tests: what goes wrong is said loudly and ends the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answer;
mod app;
mod asking;
mod clock;
mod entropy;
pub mod hostile;
mod iam;
mod identity;
mod interrupt;
mod jwt;
mod keys;
mod least;
mod logs;
mod person;
mod pool;
mod query;
mod race;
mod raw;
mod role;
mod run;
mod srp;
mod xml;

pub use accounts::PasswordStorage;
pub use answer::Answer;
pub use app::App;
pub use asking::{Asking, Spoil};
pub use authority::SessionsOf;
pub use clock::{Held, MockClock};
pub use edge::SourceRate;
pub use entropy::SeededEntropy;
pub use iam::{ACCOUNT, Principal};
pub use identity::{IdentityPool, IdentityPoolBuilder, MISCONFIGURED, trust_in};
pub use interrupt::Stop;
pub use jwt::{claims, header, resigned};
pub use least::{filled, form, least, members};
pub use logs::log_lines;
pub use pool::{AppClient, Pool, PoolBuilder};
pub use query::percent_decoded;
pub use race::race;
pub use raw::RawAnswer;
pub use role::Role;
pub use run::{run, run_race, run_with_argon2id};
pub use server::app::Trust;
pub use srp::SrpSignIn;
pub use testkit_macros::cognate_test;
pub use xml::Element;

/// What a wire test needs.
pub mod prelude {
    pub use crate::{Answer, App, AppClient, Pool, SrpSignIn, cognate_test, race};
    pub use contract::Service;
    pub use serde_json::{Value, json};
    pub use std::time::Duration;
}

/// A password that every default policy accepts.
pub const PASSWORD: &str = "Corr3ct-horse";
