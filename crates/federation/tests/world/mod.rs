//! What a federation stands on: a database of its own and a clock with hands.
#![allow(dead_code)] // each test file uses its part

use contract::cognito_idp::types::{UserPoolClientType, UserPoolType};
use crypto::Keyring;
use crypto::jose::{RsaAlgorithm, SigningKey};
use crypto::offload::{CryptoPool, PoolSettings, Turn};
use federation::{Federation, Parts};
use kernel::{AccountId, ClientId, Clock, EntropyExt, Sub, SystemEntropy, Time, UserPoolId};
use model::{Client, KeyUse, Membership, Pool, Refusal, User, UserStatus};
use outbound::Fetcher;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{Place, SqliteOptions, Store, work};
use tokens::{Holder, IdentityIssuing, IdentityTokens, Issuer, IssuerStyle, TokenSet, Tokens};

pub const NOW_SECS: i64 = 1_788_249_909;
pub const PUBLIC_URL: &str = "https://id.example";
/// The issuer of [`pool`].
pub const ISSUER: &str = "https://id.example/eu-west-1_AbCdEfGhI";

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

pub fn clock() -> Arc<Hands> {
    Arc::new(Hands(AtomicI64::new(NOW_SECS)))
}

/// A federation with everything below it.
pub struct House {
    pub federation: Federation,
    pub tokens: Tokens,
    pub identity_tokens: IdentityTokens,
    pub store: Store,
    pub clock: Arc<Hands>,
    keyring: Arc<Keyring>,
}

impl House {
    pub async fn with(fetcher: Fetcher) -> Self {
        let clock = clock();
        let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
        store.migrate(clock.now()).await.unwrap();
        let keyring = Arc::new(Keyring::draw(&SystemEntropy));
        let tokens = Tokens::new(tokens::Parts {
            store: store.clone(),
            keyring: keyring.clone(),
            crypto: Arc::new(CryptoPool::start(PoolSettings::for_cores(1)).unwrap()),
            issuer: Issuer::new(IssuerStyle::Public, PUBLIC_URL),
            clock: clock.clone(),
            entropy: Arc::new(SystemEntropy),
        });
        let issuing = IdentityIssuing {
            account: account(),
            style: IssuerStyle::Public,
            public_url: PUBLIC_URL.to_owned(),
            algorithm: RsaAlgorithm::Rs512,
        };
        let identity_tokens = IdentityTokens::new(tokens.clone(), issuing);
        let federation = Federation::new(Parts {
            fetcher,
            store: store.clone(),
            tokens: tokens.clone(),
            identity_tokens: identity_tokens.clone(),
            clock: clock.clone(),
        });
        Self { federation, tokens, identity_tokens, store, clock, keyring }
    }

    /// A token with these claims, signed by the key that [`pool`] has for ID tokens.
    pub async fn signed_by_pool(&self, claims: &Value) -> String {
        let id = pool().id;
        let rows = self.store.read(work!(|tx, id| -> Refusal { Ok(tx.signing_keys().list(id).await?) })).await.unwrap();
        let row = rows.into_iter().find(|row| row.key_use == KeyUse::Id).unwrap();
        let key = [row.pool.as_str(), row.kid.as_str()];
        let der = self.keyring.open(&tokens::key_context(&key), &row.sealed).unwrap();
        SigningKey::from_pkcs8(der.reveal()).unwrap().sign(claims.to_string().as_bytes()).unwrap()
    }

    /// Changes [`user`] behind everybody's back.
    pub async fn change(&self, change: fn(User) -> User) {
        let changed = change(user());
        self.store.write(work!(|tx, changed| -> Refusal { Ok(tx.users().save(changed).await?) })).await.unwrap();
    }

    /// [`user`] of [`pool`] signs in; the first time they are made.
    pub async fn signed_in(&self) -> TokenSet {
        let (pool, client, user) = (pool(), client("shop"), user());
        let family = self.tokens.open_family(&client, &user, SystemEntropy.uuid(), self.clock.now()).family;
        self.tokens.fill_stock().await.unwrap();
        let keys = self.tokens.keys_for_new_pool(&pool.id).await.unwrap();
        let rows = (pool.clone(), client.clone(), user.clone(), family.clone(), keys);
        let all = self.store.write(work!(|tx, rows| -> Refusal {
            let (pool, client, user, family, keys) = rows;
            tx.pools().insert(pool).await?;
            tx.clients().insert(client).await?;
            tx.users().insert(user).await?;
            for key in keys {
                tx.signing_keys().insert(key).await?;
            }
            Ok(tx.families().insert(family).await?)
        }));
        all.await.unwrap();
        let holder = Holder { user, membership: Membership::default(), family };
        self.tokens.issue(Turn::InLine, &pool, &client, &holder).await.unwrap()
    }
}

pub async fn federation(fetcher: Fetcher) -> (Federation, Arc<Hands>) {
    let house = House::with(fetcher).await;
    (house.federation, house.clock)
}

pub fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

pub fn pool() -> Pool {
    Pool {
        id: UserPoolId::parse("eu-west-1_AbCdEfGhI").unwrap(),
        account: account(),
        name: "people".into(),
        settings: UserPoolType::default(),
        mfa: Default::default(),
        created: Time::from_secs(1),
        modified: Time::from_secs(1),
    }
}

pub fn client(id: &str) -> Client {
    Client {
        pool: pool().id,
        id: ClientId::parse(id).unwrap(),
        name: "web".into(),
        settings: UserPoolClientType::default(),
        confidential: false,
        created: Time::from_secs(1),
        modified: Time::from_secs(1),
    }
}

pub fn user() -> User {
    User {
        pool: pool().id,
        sub: Sub::parse("00000000-0000-4000-8000-000000000001").unwrap(),
        username: "ana".into(),
        attributes: Default::default(),
        status: UserStatus::Confirmed,
        disabled_since: None,
        created: Time::from_secs(1),
        modified: Time::from_secs(1),
        generation: 0,
    }
}

/// A good token's claims, some of them changed; `null` takes one away.
pub fn claims(change: Value) -> Value {
    let mut all = json!({ "sub": "ana", "aud": "shop", "exp": NOW_SECS + 600, "iat": NOW_SECS });
    let members = all.as_object_mut().unwrap();
    members.extend(change.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    all
}
