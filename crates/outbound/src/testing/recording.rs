//! A courier that writes down what it was given and answers as the test says.

use crate::{Courier, DeliveryError, Item, Mail, Sms};
use kernel::BoxFuture;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How one attempt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Taken.
    Deliver,
    /// Never to be taken.
    Refuse(String),
    /// Nobody there.
    Unreachable(String),
    /// Says nothing until [`RecordingCourier::release`], then takes it.
    Hang,
    /// Takes it at once but never says so: what a crash between the server's yes and our mark looks like.
    DeliverSilently,
}

#[derive(Debug, Default)]
struct Book {
    script: VecDeque<Answer>,
    usual: Option<Answer>,
    attempts: Vec<Item>,
}

/// Records every attempt and every delivery.
#[derive(Debug)]
pub struct RecordingCourier {
    book: Mutex<Book>,
    delivered: watch::Sender<Vec<Item>>,
    attempts: watch::Sender<usize>,
    gate: watch::Sender<u64>,
}

impl Default for RecordingCourier {
    fn default() -> Self {
        Self {
            book: Mutex::default(),
            delivered: watch::Sender::new(Vec::new()),
            attempts: watch::Sender::new(0),
            gate: watch::Sender::new(0),
        }
    }
}

impl RecordingCourier {
    /// Takes everything until told otherwise.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The answer to the next attempt that has none yet.
    pub fn then(&self, answer: Answer) {
        self.book().script.push_back(answer);
    }

    /// The answer whenever nothing else was said.
    pub fn always(&self, answer: Answer) {
        self.book().usual = Some(answer);
    }

    /// Lets every hanging attempt go on.
    pub fn release(&self) {
        self.gate.send_modify(|times| *times += 1);
    }

    /// What was taken, in order.
    #[must_use]
    pub fn delivered(&self) -> Vec<Item> {
        self.delivered.borrow().clone()
    }

    /// The mails among what was taken.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        let only_mail = |item| if let Item::Mail(mail) = item { Some(mail) } else { None };
        self.delivered().into_iter().filter_map(only_mail).collect()
    }

    /// The text messages among what was taken.
    #[must_use]
    pub fn texts(&self) -> Vec<Sms> {
        let only_sms = |item| if let Item::Sms(sms) = item { Some(sms) } else { None };
        self.delivered().into_iter().filter_map(only_sms).collect()
    }

    /// Everything that was tried, taken or not.
    #[must_use]
    pub fn attempts(&self) -> Vec<Item> {
        self.book().attempts.clone()
    }

    /// Waits until `count` messages were taken.
    ///
    /// # Panics
    /// After five seconds.
    pub async fn wait_delivered(&self, count: usize) -> Vec<Item> {
        let mut seen = self.delivered.subscribe();
        let enough = seen.wait_for(|items| items.len() >= count);
        tokio::time::timeout(Duration::from_secs(5), enough).await.expect("delivered in time").unwrap().clone()
    }

    /// Waits until `count` attempts were begun.
    ///
    /// # Panics
    /// After five seconds.
    pub async fn wait_attempts(&self, count: usize) {
        let mut seen = self.attempts.subscribe();
        let enough = seen.wait_for(|attempts| *attempts >= count);
        tokio::time::timeout(Duration::from_secs(5), enough).await.expect("tried in time").unwrap();
    }

    async fn take(&self, item: Item) -> Result<(), DeliveryError> {
        let mut gate = self.gate.subscribe();
        gate.mark_unchanged();
        let answer = {
            let mut book = self.book();
            book.attempts.push(item.clone());
            book.script.pop_front().or_else(|| book.usual.clone()).unwrap_or(Answer::Deliver)
        };
        self.attempts.send_modify(|attempts| *attempts += 1);
        match answer {
            Answer::Deliver => {}
            Answer::Refuse(text) => return Err(DeliveryError::Refused(text)),
            Answer::Unreachable(text) => return Err(DeliveryError::Unreachable(text)),
            Answer::Hang => gate.changed().await.expect("the courier outlives its attempts"),
            Answer::DeliverSilently => {
                self.delivered.send_modify(|items| items.push(item));
                return std::future::pending().await;
            }
        }
        self.delivered.send_modify(|items| items.push(item));
        Ok(())
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Courier for RecordingCourier {
    fn send_mail<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(self.take(Item::Mail(mail.clone())))
    }

    fn send_sms<'a>(&'a self, sms: &'a Sms) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(self.take(Item::Sms(sms.clone())))
    }
}
