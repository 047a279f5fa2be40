//! The world outside, played for tests: a courier that does as it is told and a real SMTP server on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test's props may fall over loudly

mod mailbox;
mod recording;
mod smtp_server;
mod smtp_session;

pub use mailbox::Received;
pub use recording::{Answer, RecordingCourier};
pub use smtp_server::{Manners, SmtpServer};
