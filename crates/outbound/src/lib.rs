//! The only sockets outwards: mail to a relay, messages to the developer's inbox, and fakes for tests.
//!
//! Knows: SMTP, MIME, which failure a second attempt could heal. Never knows: templates, codes, who the person is.
//! To add a way out: a file beside `inbox.rs` with a type that is a [`Courier`].

mod courier;
mod inbox;
mod message;
mod smtp;
#[cfg(feature = "testing")]
pub mod testing;

pub use courier::{Courier, DeliveryError, Unconfigured};
pub use inbox::{Entry, InboxCourier, Item};
pub use message::{Mail, Sms};
pub use smtp::{Security, SettingsError, SmtpCourier, SmtpSettings};
