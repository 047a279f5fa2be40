//! Mail by SMTP (RFC 5321) to one relay.
//!
//! The connections are ours rather than lettre's pool: that one bounds only the connect in time, and hands a
//! conversation that was given up half way to the next mail.

mod encrypted;
mod line;
mod mime;
mod settings;

pub use settings::{Security, SettingsError, SmtpSettings};

use crate::{Courier, DeliveryError, Mail, Sms};
use kernel::{BoxFuture, Clock, Stopwatch};
use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use line::Dialer;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Sends mail through the configured relay over a few kept connections.
pub struct SmtpCourier {
    dialer: Dialer,
    clock: Arc<dyn Clock>,
    places: Semaphore,
    parked: Mutex<Vec<Parked>>,
    connect_timeout: Duration,
    send_timeout: Duration,
    idle_max: Duration,
}

struct Parked {
    line: AsyncSmtpConnection,
    since: Stopwatch,
}

impl SmtpCourier {
    /// Prepares the way to a relay; connects with the first mail.
    ///
    /// # Errors
    /// [`SettingsError`] when the settings cannot work or would send people's codes in clear over a network.
    pub fn new(settings: SmtpSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        Ok(Self {
            places: Semaphore::new(settings.connections_max.max(1)),
            parked: Mutex::default(),
            connect_timeout: settings.connect_timeout,
            send_timeout: settings.send_timeout,
            idle_max: settings.idle_max,
            dialer: Dialer::new(settings)?,
            clock,
        })
    }

    /// Connects, greets and signs in, without sending anything: what `cognate doctor` asks.
    ///
    /// # Errors
    /// [`DeliveryError::Unreachable`] with what went wrong.
    pub async fn probe(&self) -> Result<(), DeliveryError> {
        let line = self.line().await?;
        self.park(line);
        Ok(())
    }

    async fn deliver(&self, envelope: &Envelope, bytes: &[u8]) -> Result<(), DeliveryError> {
        let _place = self.places.acquire().await.map_err(|closed| unreachable(&closed))?;
        let mut line = self.line().await?;
        // When this future is dropped or out of time, the line goes with it: nobody inherits half a conversation.
        match timeout(self.send_timeout, line.send(envelope, bytes)).await {
            Ok(Ok(_)) => {
                self.park(line);
                Ok(())
            }
            Ok(Err(error)) => Err(verdict(&error)),
            Err(late) => Err(unreachable(&late)),
        }
    }

    async fn line(&self) -> Result<AsyncSmtpConnection, DeliveryError> {
        let found = timeout(self.connect_timeout, async {
            while let Some(mut parked) = self.unpark() {
                if parked.since.elapsed() < self.idle_max && parked.line.test_connected().await {
                    return Ok(parked.line);
                }
            }
            self.dialer.dial().await
        });
        // Whatever happens before MAIL FROM, a wrong password included, says nothing about this message.
        found.await.map_err(|late| unreachable(&late))?.map_err(|error| unreachable(&*error))
    }

    fn park(&self, line: AsyncSmtpConnection) {
        let parked = Parked { line, since: Stopwatch::start() };
        self.parked.lock().unwrap_or_else(PoisonError::into_inner).push(parked);
    }

    fn unpark(&self) -> Option<Parked> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Courier for SmtpCourier {
    fn send_mail<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(async move {
            let message = mime::compose(mail, self.clock.now())?;
            self.deliver(message.envelope(), &message.formatted()).await
        })
    }

    fn send_sms<'a>(&'a self, _sms: &'a Sms) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(async { Err(DeliveryError::Unconfigured("text messages")) })
    }
}

impl std::fmt::Debug for SmtpCourier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpCourier").field("dialer", &self.dialer).finish_non_exhaustive()
    }
}

/// RFC 5321 4.2.1: 5yz is final, 4yz is not. 530 and 535 are about us, not about the message: somebody will mend them.
fn verdict(error: &SmtpError) -> DeliveryError {
    let ours = error.status().is_some_and(|code| matches!(code.to_string().as_str(), "530" | "535"));
    if (error.is_permanent() && !ours) || error.is_client() {
        DeliveryError::Refused(told(error))
    } else {
        DeliveryError::Unreachable(told(error))
    }
}

/// For what goes wrong before MAIL FROM, when the relay has not heard of anybody yet.
fn unreachable(error: &dyn std::error::Error) -> DeliveryError {
    DeliveryError::Unreachable(one_line(&error.to_string()))
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

/// What may be said of a relay's answer: its status and, where it begins with one, its enhanced status (RFC 3463).
/// Never its words: relays like to repeat the address or the message, in a spelling of their own, and our logs know
/// people by `sub` only.
fn told(error: &SmtpError) -> String {
    use std::error::Error as _;
    match error.status() {
        Some(status) => {
            let words = error.source().map(ToString::to_string).unwrap_or_default();
            let enhanced = words.split_ascii_whitespace().next().filter(|word| is_enhanced_status(word));
            enhanced.map_or_else(|| status.to_string(), |enhanced| format!("{status} {enhanced}"))
        }
        None if error.is_response() => "the answer is not SMTP".to_owned(),
        None => one_line(&error.to_string()),
    }
}

/// `class.subject.detail`, of one, up to three and up to three digits (RFC 3463 2).
fn is_enhanced_status(word: &str) -> bool {
    let mut parts = word.split('.');
    let mut number = |most: usize| {
        parts.next().is_some_and(|part| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    number(1) && number(3) && number(3) && parts.next().is_none()
}
