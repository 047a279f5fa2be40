//! A store, a clock in the test's hand and a courier that obeys.

use contract::cognito_idp::types::UserPoolType;
use crypto::Keyring;
use kernel::{AccountId, Clock, Secret, Sub, SystemEntropy, Time, UserPoolId};
use messages::{DEFAULT_FROM, Delivery, Messages, Note, Occasion, Outgoing, Parts, Recipient};
use model::Pool;
use outbound::testing::RecordingCourier;
use outbound::{Courier, Item};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::testing::{TestDatabase, fresh_database};
use store::{Store, StoreError, work};

pub const DAY: Duration = Duration::from_secs(86_400);
pub const SOON: Duration = Duration::from_millis(200);
pub const LONG: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Hand(AtomicI64);

impl Hand {
    pub fn forward(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A store, a hand on the clock and a courier that obeys; `process` starts another server on the same outbox.
pub struct World {
    pub store: Store,
    pub clock: Arc<Hand>,
    pub keyring: Arc<Keyring>,
    pub courier: Arc<RecordingCourier>,
    pub messages: Messages,
    pub _database: Option<TestDatabase>, // a test's database goes with it
}

impl World {
    pub fn over(store: Store) -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(1_800_000_000_000)));
        let keyring = Arc::new(Keyring::draw(&SystemEntropy));
        let courier = Arc::new(RecordingCourier::new());
        let messages = process(&store, &clock, &keyring, courier.clone());
        Self { store, clock, keyring, courier, messages, _database: None }
    }

    pub fn process(&self) -> Messages {
        process(&self.store, &self.clock, &self.keyring, self.courier.clone())
    }

    pub fn letter(&self) -> Outgoing {
        self.composed(Messages::compose)
    }

    pub fn decoy(&self) -> Outgoing {
        self.composed(Messages::compose_decoy)
    }

    fn composed(&self, compose: fn(&Messages, &Note<'_>) -> Outgoing) -> Outgoing {
        let (code, to, sub) = (Secret::from("012345"), Recipient::email("ana@example.com"), sub());
        let occasion = Occasion::Verification { code: &code };
        let good_until = self.clock.now() + DAY;
        compose(&self.messages, &Note { pool: &pool(), sub: &sub, to: &to, occasion, good_until })
    }

    /// What an operation does: the row in its transaction, the attempt after the commit.
    pub async fn send(&self, deadline: Duration) -> Delivery {
        let letter = self.letter();
        push(&self.store, &letter).await;
        self.messages.dispatch_now(letter, deadline).await
    }
}

pub fn process(store: &Store, clock: &Arc<Hand>, keyring: &Arc<Keyring>, courier: Arc<dyn Courier>) -> Messages {
    Messages::new(Parts {
        store: store.clone(),
        courier,
        keyring: keyring.clone(),
        clock: clock.clone(),
        entropy: Arc::new(SystemEntropy),
        default_from: DEFAULT_FROM.to_owned(),
    })
}

pub async fn push(store: &Store, letter: &Outgoing) {
    let letter = letter.clone();
    let pushed: Result<(), StoreError> = store.write(work!(|tx, letter| letter.post(tx).await)).await;
    pushed.unwrap();
}

pub fn pool() -> Pool {
    Pool {
        id: UserPoolId::parse("eu-west-1_a1B2c3D4e").unwrap(),
        account: AccountId::parse("123456789012").unwrap(),
        name: "people".into(),
        settings: UserPoolType::default(),
        mfa: Default::default(),
        created: Time::default(),
        modified: Time::default(),
    }
}

pub async fn open_pool(store: &Store) {
    let opened: Result<(), StoreError> = store.write(work!(|tx| tx.pools().insert(&pool()).await)).await;
    opened.unwrap();
}

pub fn sub() -> Sub {
    Sub::parse("5b0f0c6e-0000-4000-8000-000000000001").unwrap()
}

pub async fn world() -> World {
    let database = fresh_database().await;
    let world = World::over(database.store());
    open_pool(&world.store).await;
    World { _database: Some(database), ..world }
}

pub fn ids(items: &[Item]) -> Vec<String> {
    let id = |item: &Item| match item {
        Item::Mail(mail) => mail.message_id.clone(),
        Item::Sms(sms) => sms.message_id.clone(),
    };
    items.iter().map(id).collect()
}
