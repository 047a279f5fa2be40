//! The only sockets outwards: mail to a relay, text messages to a gateway, guarded HTTPS requests, messages to the
//! developer's inbox, and fakes for tests.
//!
//! Knows: SMTP, MIME, HTTP, which addresses are outside, which failure a second attempt could heal. Never knows:
//! templates, codes, who the person is.
//! To add a way out: a file beside `inbox.rs` with a type that is a [`Courier`]; for anything by HTTP use [`Fetcher`].

mod courier;
mod fetch;
mod inbox;
mod message;
mod sms;
mod smtp;
#[cfg(feature = "testing")]
pub mod testing;
mod trust;

pub use courier::{Courier, Couriers, DeliveryError, Unconfigured};
pub use fetch::{FetchError, FetchRules, FetchSettingsError, Fetcher, Resolve, SystemResolver, parse_url};
pub use inbox::{Entry, InboxCourier, Item};
pub use message::{Mail, Sms};
pub use sms::{HttpSmsCourier, SmsSettings, SmsSettingsError};
pub use smtp::{Security, SettingsError, SmtpCourier, SmtpSettings};
