//! The developer's inbox: messages land in memory, the newest few hundred of them.

use crate::{Courier, DeliveryError, Mail, Sms};
use kernel::{BoxFuture, Clock, Time};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A message that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Counts up from 1 and is never given twice.
    pub number: u64,
    /// When it arrived.
    pub at: Time,
    /// What arrived.
    pub item: Item,
}

/// Either kind of message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A mail.
    Mail(Mail),
    /// A text message.
    Sms(Sms),
}

impl Item {
    /// The address or number it went to.
    #[must_use]
    pub fn to(&self) -> &str {
        match self {
            Item::Mail(mail) => &mail.to,
            Item::Sms(sms) => &sms.to,
        }
    }
}

#[derive(Debug, Default)]
struct Shelf {
    last_number: u64,
    entries: VecDeque<Entry>,
}

/// Keeps what it is given instead of sending it.
#[derive(Debug)]
pub struct InboxCourier {
    clock: Arc<dyn Clock>,
    capacity: usize,
    shelf: Mutex<Shelf>,
}

impl InboxCourier {
    /// An empty inbox that forgets the oldest message when a `capacity + 1`st arrives.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, capacity: usize) -> Self {
        Self { clock, capacity: capacity.max(1), shelf: Mutex::default() }
    }

    /// All messages, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Entry> {
        self.shelf().entries.iter().rev().cloned().collect()
    }

    /// One message.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<Entry> {
        self.shelf().entries.iter().find(|entry| entry.number == number).cloned()
    }

    /// Forgets every message; numbers go on counting.
    pub fn clear(&self) {
        self.shelf().entries.clear();
    }

    fn put(&self, item: Item) {
        let at = self.clock.now();
        let mut shelf = self.shelf();
        shelf.last_number += 1;
        let number = shelf.last_number;
        shelf.entries.push_back(Entry { number, at, item });
        while shelf.entries.len() > self.capacity {
            shelf.entries.pop_front();
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // A panic elsewhere cannot leave the shelf half written: every change is a single push or pop.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Courier for InboxCourier {
    fn send_mail<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(async move {
            self.put(Item::Mail(mail.clone()));
            Ok(())
        })
    }

    fn send_sms<'a>(&'a self, sms: &'a Sms) -> BoxFuture<'a, Result<(), DeliveryError>> {
        Box::pin(async move {
            self.put(Item::Sms(sms.clone()));
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemClock;

    fn sms(n: u32) -> Sms {
        Sms { to: format!("+1555010{n:04}"), text: format!("code {n}"), message_id: format!("m{n}") }
    }

    #[tokio::test]
    async fn the_newest_comes_first_and_the_oldest_is_forgotten() {
        let inbox = InboxCourier::new(Arc::new(SystemClock), 2);
        for n in 1..=3 {
            inbox.send_sms(&sms(n)).await.unwrap();
        }
        let numbers: Vec<u64> = inbox.list().iter().map(|e| e.number).collect();
        assert_eq!(numbers, [3, 2]);
        assert_eq!(inbox.get(1), None);
        assert_eq!(inbox.get(3).unwrap().item, Item::Sms(sms(3)));
        inbox.clear();
        inbox.send_sms(&sms(4)).await.unwrap();
        assert_eq!(inbox.list()[0].number, 4, "a number never means two messages");
    }
}
