//! Tokens that only the holder of a signing key or of the keyring could have made, and that still must not pass: what
//! the checks behind the signature are for. (Mutation tests showed that nothing else looked at them.)

use crate::claims::API_SCOPE;
use crate::refresh::RefreshText;
use crate::{Bearer, IdTokenError, Issuer, IssuerStyle, Parts, Tokens};
use aws_lc_rs::digest;
use contract::cognito_idp::types::{UserPoolClientType, UserPoolType};
use crypto::Keyring;
use crypto::offload::{CryptoPool, PoolSettings};
use kernel::{AccountId, ClientId, Clock, EntropyExt, Secret, Sub, SystemEntropy, Time, UserPoolId};
use model::{Client, Family, Pool, Refusal, User, UserStatus};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Place, SqliteOptions, Store, work};

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Time {
        Time::from_secs(43_200)
    }
}

/// A pool with a client, a person and the person's sign-in.
struct World {
    tokens: Tokens,
    store: Store,
    keyring: Arc<Keyring>,
    pool: Pool,
    client: Client,
    family: Family,
}

async fn world() -> World {
    let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
    store.migrate(Noon.now()).await.unwrap();
    let keyring = Arc::new(Keyring::draw(&SystemEntropy));
    let tokens = Tokens::new(Parts {
        store: store.clone(),
        keyring: keyring.clone(),
        crypto: Arc::new(CryptoPool::start(PoolSettings::for_cores(1)).unwrap()),
        issuer: Issuer::new(IssuerStyle::Public, "https://id.example"),
        clock: Arc::new(Noon),
        entropy: Arc::new(SystemEntropy),
    });
    let pool = pool();
    let (client, user) = (client("client1"), user(1));
    let family = tokens.open_family(&client, &user, SystemEntropy.uuid(), Noon.now()).family;
    tokens.fill_stock().await.unwrap();
    for key in tokens.keys_for_new_pool(&pool.id).await.unwrap() {
        store.write(work!(|tx, key| -> Refusal { Ok(tx.signing_keys().insert(key).await?) })).await.unwrap();
    }
    let rows = (pool.clone(), client.clone(), user, family.clone());
    let all = store.write(work!(|tx, rows| -> Refusal {
        let (pool, client, user, family) = rows;
        tx.pools().insert(pool).await?;
        tx.clients().insert(client).await?;
        tx.users().insert(user).await?;
        tx.users().insert(&self::user(2)).await?;
        tx.clients().insert(&self::client("client2")).await?;
        Ok(tx.families().insert(family).await?)
    }));
    all.await.unwrap();
    World { tokens, store, keyring, pool, client, family }
}

fn pool() -> Pool {
    Pool {
        id: UserPoolId::parse("eu-west-1_AbCdEfGhI").unwrap(),
        account: AccountId::parse("123456789012").unwrap(),
        name: "people".into(),
        settings: UserPoolType::default(),
        mfa: Default::default(),
        created: Time::from_secs(1),
        modified: Time::from_secs(1),
    }
}

fn client(id: &str) -> Client {
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

fn sub(n: u32) -> Sub {
    Sub::parse(&format!("00000000-0000-4000-8000-{n:012}")).unwrap()
}

fn user(n: u32) -> User {
    User {
        pool: pool().id,
        sub: sub(n),
        username: format!("user{n}"),
        attributes: Default::default(),
        status: UserStatus::Confirmed,
        disabled_since: None,
        created: Time::from_secs(1),
        modified: Time::from_secs(1),
        generation: 0,
    }
}

impl World {
    /// What becomes of a token with these claims, signed with the pool's own key.
    async fn bears(&self, change: impl FnOnce(&mut Value)) -> Result<User, Refusal> {
        let mut claims = json!({
            "sub": self.family.sub.as_str(), "iss": format!("https://id.example/{}", self.pool.id),
            "client_id": self.client.id.as_str(), "token_use": "access", "scope": API_SCOPE,
            "exp": Noon.now().secs() + 60, "event_id": self.family.id, "origin_jti": self.family.id,
        });
        change(&mut claims);
        let (_, key) = self.tokens.pool_keys(&self.pool.id).await?.signers(Noon.now())?;
        let token = key.sign(claims.to_string().as_bytes()).unwrap();
        self.tokens.bearer(&Secret::new(token)).await.map(|bearer| bearer.user)
    }
}

impl World {
    /// What becomes of an ID token with these claims, signed with the pool's key for ID tokens or for access tokens.
    async fn identifies(&self, by_id_key: bool, change: impl FnOnce(&mut Value)) -> Result<User, IdTokenError> {
        let mut claims = json!({
            "sub": self.family.sub.as_str(), "iss": format!("https://id.example/{}", self.pool.id),
            "aud": self.client.id.as_str(), "token_use": "id",
            "exp": Noon.now().secs() + 60, "event_id": self.family.id, "origin_jti": self.family.id,
        });
        change(&mut claims);
        let (id_key, access_key) = self.tokens.pool_keys(&self.pool.id).await?.signers(Noon.now())?;
        let key = if by_id_key { id_key } else { access_key };
        let token = key.sign(claims.to_string().as_bytes()).unwrap();
        self.tokens.id_bearer(&Secret::new(token)).await.map(|bearer| bearer.user)
    }
}

#[tokio::test]
async fn st_17_an_id_token_is_one_of_this_issuer_and_this_key_and_nothing_else() {
    let world = world().await;
    assert_eq!(world.identifies(true, |_| {}).await.unwrap().sub, sub(1));
    let told = |result: Result<User, IdTokenError>| result.unwrap_err();
    assert!(matches!(told(world.identifies(false, |_| {}).await), IdTokenError::BadSignature));
    let changed = |change: fn(&mut Value)| world.identifies(true, change);
    assert!(matches!(told(changed(|claims| claims["token_use"] = json!("access")).await), IdTokenError::NotAnIdToken));
    assert!(matches!(told(changed(|claims| claims["aud"] = json!(["client1"])).await), IdTokenError::NotAnIdToken));
    for issuer in ["https://other.example/eu-west-1_AbCdEfGhI", "https://id.example/eu-west-1_AbCdEfGhX", ""] {
        let other = world.identifies(true, |claims| claims["iss"] = json!(issuer)).await;
        assert!(matches!(told(other), IdTokenError::NotOurs), "{issuer}");
    }
    for token in ["", "a.b.c", "not a token"] {
        let told = world.tokens.id_bearer(&Secret::from(token)).await.unwrap_err();
        assert!(matches!(told, IdTokenError::NotAnIdToken), "{token}");
    }
}

#[tokio::test]
async fn an_id_token_ends_with_its_hour_its_client_and_its_sign_in() {
    let world = world().await;
    let now_secs = Noon.now().secs();
    let late = world.identifies(true, |claims| claims["exp"] = json!(now_secs)).await.unwrap_err();
    assert!(
        matches!(late, IdTokenError::Expired { now_secs: now, expired_secs } if (now, expired_secs) == (now_secs, now_secs))
    );
    let ended: [fn(&mut Value); 4] = [
        |claims| claims["aud"] = json!("client2"),
        |claims| claims["aud"] = json!("client9"),
        |claims| claims["sub"] = json!(sub(2).as_str()),
        |claims| claims["origin_jti"] = json!(uuid::Uuid::nil()),
    ];
    for change in ended {
        assert!(matches!(world.identifies(true, change).await.unwrap_err(), IdTokenError::Ended));
    }
    let disabled = User { disabled_since: Some(Noon.now()), ..user(1) };
    world.store.write(work!(|tx, disabled| -> Refusal { Ok(tx.users().save(disabled).await?) })).await.unwrap();
    assert!(matches!(world.identifies(true, |_| {}).await.unwrap_err(), IdTokenError::Ended));
}

#[tokio::test]
async fn st_17_a_good_signature_is_not_enough_for_an_access_token() {
    let world = world().await;
    assert_eq!(world.bears(|_| {}).await.unwrap().sub, sub(1));
    let elsewhere = format!("https://other.example/{}", world.pool.id);
    let refused = [
        world.bears(|claims| claims["token_use"] = json!("id")).await,
        world.bears(|claims| claims["iss"] = json!(elsewhere)).await,
    ];
    for refusal in refused {
        assert!(matches!(refusal, Err(Refusal::AccessTokenInvalid)), "{refusal:?}");
    }
    // The sign-in is another person's, or came through another client.
    let refused = [
        world.bears(|claims| claims["sub"] = json!(sub(2).as_str())).await,
        world.bears(|claims| claims["client_id"] = json!("client2")).await,
    ];
    for refusal in refused {
        assert!(matches!(refusal, Err(Refusal::AccessTokenRevoked)), "{refusal:?}");
    }
}

#[tokio::test]
async fn st_17_a_refresh_token_with_a_good_mac_must_be_the_one_the_row_was_made_for() {
    let world = world().await;
    let handle = SystemEntropy.bytes::<32>();
    let id = SystemEntropy.uuid();
    let hash = digest::digest(&digest::SHA256, &handle).as_ref().to_vec();
    let expires = Noon.now() + std::time::Duration::from_secs(60);
    let family = Family { id, token_hash: hash, expires, ..world.family.clone() };
    world.store.write(work!(|tx, family| -> Refusal { Ok(tx.families().insert(family).await?) })).await.unwrap();
    let redeem = |family: uuid::Uuid, sequence: u32, handle: [u8; 32]| {
        let text = RefreshText { family, sequence, handle: Secret::new(handle) };
        let token = text.encode(&world.keyring, &world.pool.id);
        let (tokens, pool, client) = (&world.tokens, &world.pool, &world.client);
        async move { tokens.redeem_refresh(pool, client, &token).await }
    };
    assert_eq!(redeem(id, 0, handle).await.unwrap().user.sub, sub(1));
    for refusal in [redeem(id, 0, SystemEntropy.bytes()).await, redeem(id, 1, handle).await] {
        assert!(matches!(refusal, Err(Refusal::RefreshTokenInvalid)), "{refusal:?}");
    }
}

impl World {
    /// Whether somebody is still honoured who was read as `read`, when the row says `present` by now.
    async fn is_still(&self, read: User, present: User) -> Result<User, Refusal> {
        let (pool, client) = (Arc::new(self.pool.clone()), Arc::new(self.client.clone()));
        let bearer = Bearer { pool, client, user: read, family: self.family.clone() };
        let still = work!(|tx, bearer, present| -> Refusal {
            tx.users().save(present).await?;
            bearer.still(tx).await
        });
        self.store.write(still).await
    }
}

#[tokio::test]
async fn whatever_has_moved_since_an_access_token_was_looked_at_ends_what_it_allows() {
    let world = world().await;
    assert_eq!(world.is_still(user(1), user(1)).await.unwrap().sub, sub(1));
    let renamed = User { username: "user1".into(), modified: Time::from_secs(9), ..user(1) };
    assert!(world.is_still(renamed, user(1)).await.is_ok(), "what ends nothing is no matter");
    let moved = [
        (user(1), User { disabled_since: Some(Noon.now()), ..user(1) }),
        (user(1), User { status: UserStatus::ResetRequired, ..user(1) }),
        (User { generation: 1, ..user(1) }, user(1)),
        (User { generation: 1, ..user(1) }, User { generation: 1, ..user(1) }),
        (user(1), User { generation: 1, ..user(1) }),
    ];
    for (read, present) in moved {
        let told = world.is_still(read.clone(), present.clone()).await;
        assert!(matches!(told, Err(Refusal::AccessTokenRevoked)), "{read:?} {present:?} {told:?}");
    }
    let (pool, family) = (world.pool.id.clone(), world.family.id);
    world
        .store
        .write(work!(|tx, pool, family| -> Refusal { Ok(tx.families().revoke(pool, family).await?) }))
        .await
        .unwrap();
    let told = world.is_still(user(1), user(1)).await;
    assert!(matches!(told, Err(Refusal::AccessTokenRevoked)), "{told:?}");
}
