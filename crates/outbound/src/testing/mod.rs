//! The world outside, played for tests: a courier that does as it is told, a real SMTP server, a real SMS gateway and
//! a real web server on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test's props may fall over loudly

mod mailbox;
mod recording;
mod sms_gateway;
mod smtp_server;
mod smtp_session;
mod web_server;

pub use mailbox::Received;
pub use recording::{Answer, RecordingCourier};
pub use sms_gateway::SmsGateway;
pub use smtp_server::{Manners, SmtpServer};
pub use web_server::{Posted, WebServer, loopback_rules};
