//! What a federation stands on: a database of its own and a clock with hands.
#![allow(dead_code)] // each test file uses its part

use crypto::Keyring;
use crypto::offload::{CryptoPool, PoolSettings};
use federation::Federation;
use kernel::{Clock, SystemEntropy, Time};
use outbound::Fetcher;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{Place, SqliteOptions, Store};
use tokens::{Issuer, IssuerStyle, Parts, Tokens};

pub const NOW_SECS: i64 = 1_788_249_909;

/// A clock that is moved by hand.
#[derive(Debug)]
pub struct Hands(AtomicI64);

impl Hands {
    pub fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_secs()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Time {
        Time::from_secs(self.0.load(Ordering::Relaxed))
    }
}

pub async fn tokens(clock: Arc<Hands>) -> (Tokens, Store) {
    let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
    store.migrate(clock.now()).await.unwrap();
    let tokens = Tokens::new(Parts {
        store: store.clone(),
        keyring: Arc::new(Keyring::draw(&SystemEntropy)),
        crypto: Arc::new(CryptoPool::start(PoolSettings::for_cores(1)).unwrap()),
        issuer: Issuer::new(IssuerStyle::Public, "https://id.example"),
        clock,
        entropy: Arc::new(SystemEntropy),
    });
    (tokens, store)
}

pub fn clock() -> Arc<Hands> {
    Arc::new(Hands(AtomicI64::new(NOW_SECS)))
}

pub async fn federation(fetcher: Fetcher) -> (Federation, Arc<Hands>) {
    let clock = clock();
    let (tokens, _) = tokens(clock.clone()).await;
    (Federation::new(fetcher, tokens, clock.clone()), clock)
}
