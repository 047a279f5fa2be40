//! Access keys: where they come from, how they are made and ended.

use crypto::{Context, Keyring, Purpose};
use kernel::{AccountId, BoxFuture, Entropy, Secret, Time};
use model::access_key::ROOT;
use model::{AccessKey, AccessKeyStatus};
use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use store::{Store, StoreError, work};

/// Keys shown by one list question.
const LIST_MAX: u32 = 1000;

/// An access key that may sign, opened.
#[derive(Debug, Clone)]
pub struct KnownKey {
    /// Its secret.
    pub secret: Secret<String>,
    /// Whose key it is: root's, or the unique id of an IAM user.
    pub principal: String,
}

/// Looks access keys up. Asked at every signed request: a key that was ended must stop signing at once, on every node.
pub trait AccessKeys: Send + Sync + Debug {
    /// The active key of this id.
    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<KnownKey>, Box<dyn Error + Send + Sync>>>;
}

/// A key that was just made. Its secret is never shown again.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Secret<String>,
}

/// The access keys in the database, their secrets sealed by the keyring.
#[derive(Debug, Clone)]
pub struct StoredKeys {
    store: Store,
    keyring: Arc<Keyring>,
}

/// Where an access key's secret is sealed to.
#[must_use]
pub fn context<'a>(key: &'a [&'a str; 1]) -> Context<'a> {
    Context { purpose: Purpose::AccessKeySecret, table: "access_keys", key, column: "secret", version: 1 }
}

impl StoredKeys {
    /// The keys of this database.
    #[must_use]
    pub fn new(store: Store, keyring: Arc<Keyring>) -> Self {
        Self { store, keyring }
    }

    /// Makes a root key.
    ///
    /// # Errors
    /// The database's.
    pub async fn create(&self, label: &str, now: Time, entropy: &dyn Entropy) -> Result<NewKey, StoreError> {
        let key = self.draw(label, now, entropy);
        let row = key.1;
        self.store.write(work!(|tx, row| -> StoreError { tx.access_keys().insert(row).await })).await?;
        Ok(key.0)
    }

    /// Makes a root key if there is none that may sign: the first start. Nodes that start together make one.
    ///
    /// # Errors
    /// The database's.
    pub async fn create_first(&self, now: Time, entropy: &dyn Entropy) -> Result<Option<NewKey>, StoreError> {
        let (key, row) = self.draw("made at the first start", now, entropy);
        let made: bool = self
            .store
            .write(work!(|tx, row| -> StoreError {
                if tx.access_keys().any_active().await? {
                    return Ok(false);
                }
                tx.access_keys().insert(row).await?;
                Ok(true)
            }))
            .await?;
        Ok(made.then_some(key))
    }

    /// Ends a key, and with it the sessions of its user or of root; false when no key of that id may sign.
    ///
    /// # Errors
    /// The database's.
    pub async fn end(&self, account: &AccountId, id: &str) -> Result<bool, StoreError> {
        let (account, id) = (account.clone(), id.to_owned());
        self.store
            .write(work!(|tx, account, id| -> StoreError {
                let ended = tx.access_keys().end(id).await?;
                if let Some(key) = tx.access_keys().get(id).await?.filter(|_| ended) {
                    // Whoever held the key may have taken sessions with it. Root has no row: ended keys are counted.
                    tx.iam_users().end_sessions(account, &key.principal).await?;
                }
                Ok(ended)
            }))
            .await
    }

    /// All keys, without their secrets.
    ///
    /// # Errors
    /// The database's.
    pub async fn list(&self) -> Result<Vec<AccessKey>, StoreError> {
        let mut all: Vec<AccessKey> = Vec::new();
        loop {
            let after = all.last().map(|key| key.id.clone()).unwrap_or_default();
            let page =
                self.store.read(work!(|tx, after| -> StoreError { tx.access_keys().list(after, LIST_MAX).await }));
            let page = page.await?;
            all.extend(page.items);
            if !page.more {
                return Ok(all);
            }
        }
    }

    fn draw(&self, label: &str, now: Time, entropy: &dyn Entropy) -> (NewKey, AccessKey) {
        let (id, secret) = AccessKey::draw(entropy);
        let sealed_secret = self.keyring.seal(&context(&[&id]), secret.reveal().as_bytes(), entropy);
        let row = AccessKey {
            id: id.clone(),
            principal: ROOT.to_owned(),
            label: label.to_owned(),
            sealed_secret,
            status: AccessKeyStatus::Active,
            created: now,
        };
        (NewKey { id, secret }, row)
    }

    async fn lookup(&self, id: &str) -> Result<Option<KnownKey>, Box<dyn Error + Send + Sync>> {
        let asked = id.to_owned();
        let found = self.store.read(work!(|tx, asked| -> StoreError { tx.access_keys().get(asked).await })).await?;
        let Some(key) = found.filter(|key| key.status == AccessKeyStatus::Active) else { return Ok(None) };
        let secret = self.keyring.open(&context(&[id]), &key.sealed_secret)?;
        let secret = std::str::from_utf8(secret.reveal())?.to_owned();
        Ok(Some(KnownKey { secret: Secret::new(secret), principal: key.principal }))
    }
}

impl AccessKeys for StoredKeys {
    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<KnownKey>, Box<dyn Error + Send + Sync>>> {
        Box::pin(self.lookup(id))
    }
}
