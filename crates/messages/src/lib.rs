//! What is said to people by mail and SMS: codes, wording, the outbox and the way out of it.
//!
//! Knows: codes and their life, templates, senders, masked destinations, delivery and retry. Never knows: HTTP, SQL,
//! SMTP, which API asked.
//! To add an occasion to write: a variant in `wording::Occasion`, its default text, its test.

pub mod codes;
pub mod fuzzing;
pub mod mask;
mod outbox;
mod recipient;
mod sender;
pub mod wording;

pub use outbox::{DEADLINE, Delivery, Messages, Note, Outgoing, Parts, Round, Tally, Waiting, place as outbox_context};
pub use recipient::Recipient;
pub use sender::{DEFAULT_FROM, Sender};
pub use wording::{Occasion, Templates, Written};
