//! The seam between what is to be said and the way it leaves the house.

use crate::{Mail, Sms};
use kernel::BoxFuture;
use std::sync::Arc;

/// Takes messages out of the house. The answer comes when the next hop has taken responsibility, or has not.
pub trait Courier: Send + Sync {
    /// Hands a mail to the next hop.
    fn send_mail<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), DeliveryError>>;
    /// Hands a text message to the next hop.
    fn send_sms<'a>(&'a self, sms: &'a Sms) -> BoxFuture<'a, Result<(), DeliveryError>>;
}

/// Why a message did not leave. The texts are for operators and hold no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The next hop will never take this message: trying again is useless.
    #[error("refused: {0}")]
    Refused(String),
    /// Nobody answered, or not now: trying again may help.
    #[error("not reachable: {0}")]
    Unreachable(String),
    /// This deployment has no way out for this kind of message.
    #[error("no way to send {0} is configured")]
    Unconfigured(&'static str),
}

/// A way for each kind of message.
#[derive(Clone)]
pub struct Couriers {
    /// Takes mail.
    pub mail: Arc<dyn Courier>,
    /// Takes text messages.
    pub sms: Arc<dyn Courier>,
}

impl Courier for Couriers {
    fn send_mail<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), DeliveryError>> {
        self.mail.send_mail(mail)
    }

    fn send_sms<'a>(&'a self, sms: &'a Sms) -> BoxFuture<'a, Result<(), DeliveryError>> {
        self.sms.send_sms(sms)
    }
}

impl std::fmt::Debug for Couriers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Couriers")
    }
}

/// The courier of a deployment that configured none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unconfigured;

impl Courier for Unconfigured {
    fn send_mail<'a>(&'a self, _mail: &'a Mail) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(async { Err(DeliveryError::Unconfigured("mail")) })
    }

    fn send_sms<'a>(&'a self, _sms: &'a Sms) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(async { Err(DeliveryError::Unconfigured("text messages")) })
    }
}
