//! The server: configuration, wiring, commands, background jobs.
//!
//! Knows: every room and how they are joined. Never knows: what any of them does inside.
//! To add a key: a line in `config/keys.rs`; to add a command: a file under `commands/` and a line in `main.rs`.

pub mod app;
pub mod commands;
pub mod config;
mod console;
mod descriptors;
mod dev_certificate;
mod figures;
pub mod identity_plan;
mod jobs;
mod logs;
pub mod open;
mod published;
mod questions;
mod readiness;
pub mod reseal;
mod rooms;
pub mod samples;
mod weak_roles;
