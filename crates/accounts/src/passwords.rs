//! Passwords on their way into a row: policy, hashing on the crypto threads, sealing.

use crate::Accounts;
use crypto::srp::Identity;
use crypto::{Context, Purpose, StoredPassword};
use kernel::limits::PASSWORD_CHARS_MAX;
use kernel::{EntropyExt, Secret, Sub, Time};
use model::{Credential, Pool, Refusal, RetiredPassword};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Store, StoreError};

/// How new passwords are kept (DESIGN 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PasswordStorage {
    /// One sealed SRP verifier that serves SRP and plain passwords.
    #[default]
    Srp,
    /// Sealed Argon2id: plain passwords only, SRP is refused like a wrong password.
    Argon2id,
}

impl PasswordStorage {
    /// As a deployment remembers it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Srp => "srp",
            Self::Argon2id => "argon2id",
        }
    }
}

/// How the passwords of this deployment are kept: today's and those from before the setting was changed. Where both kinds
/// may exist, trying a password takes as long as both, or time would tell whose is of which kind and who has none at all.
#[derive(Debug, Clone, Default)]
pub struct PasswordKinds {
    argon2id: Arc<AtomicBool>,
}

impl PasswordKinds {
    /// Notes today's way in the database and reads the earlier ones from it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(store: &Store, today: PasswordStorage) -> Result<Self, StoreError> {
        let ways = store.note_password_storage(today.as_str()).await?;
        let argon2id = ways.iter().any(|way| way == PasswordStorage::Argon2id.as_str());
        Ok(Self { argon2id: Arc::new(AtomicBool::new(argon2id)) })
    }

    /// Whether some may be kept as Argon2id.
    #[must_use]
    pub fn argon2id(&self) -> bool {
        self.argon2id.load(Ordering::Relaxed)
    }

    /// A node that was started later, with another setting, makes passwords of a kind this one was not told of.
    fn notice(&self, stored: &StoredPassword) {
        if matches!(stored, StoredPassword::Argon2id(_)) {
            self.argon2id.store(true, Ordering::Relaxed);
        }
    }
}

/// Where a password verifier is sealed to.
#[must_use]
pub fn credential_context<'a>(key: &'a [&'a str; 2]) -> Context<'a> {
    Context { purpose: Purpose::PasswordVerifier, table: "credentials", key, column: "sealed", version: 1 }
}

/// Where an earlier password is sealed to.
#[must_use]
pub fn retired_context<'a>(key: &'a [&'a str; 3]) -> Context<'a> {
    Context { purpose: Purpose::PasswordVerifier, table: "password_history", key, column: "sealed", version: 1 }
}

impl Accounts {
    /// A new credential row for a password that the policy accepts. `generation` is that of the row it replaces, plus one.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the password lane cannot keep its deadline.
    pub async fn new_credential(
        &self,
        pool: &Pool,
        sub: &Sub,
        username: &str,
        password: &Secret<String>,
        generation: i64,
        expires: Option<Time>,
    ) -> Result<Credential, Refusal> {
        if password.reveal().chars().count() > PASSWORD_CHARS_MAX {
            return Err(Refusal::PasswordPolicy("Password too long"));
        }
        let (pool_name, user_id) = (pool.id.srp_name().to_owned(), username.to_owned());
        let (secret, salt) = (password.clone(), self.entropy.bytes::<16>());
        let argon2id = self.password_storage == PasswordStorage::Argon2id;
        let job = move || {
            if argon2id {
                return StoredPassword::make_argon2id(secret.reveal(), salt);
            }
            let identity = Identity { pool_name: &pool_name, user_id: &user_id };
            StoredPassword::make_srp(identity, secret.reveal(), salt)
        };
        let stored = self.crypto.password(job).await.map_err(|_| Refusal::Busy)?.map_err(Refusal::internal)?;
        Ok(self.sealed_credential(pool, sub, &stored, generation, expires))
    }

    /// A credential row that holds `stored`.
    #[must_use]
    pub fn sealed_credential(
        &self,
        pool: &Pool,
        sub: &Sub,
        stored: &StoredPassword,
        generation: i64,
        expires: Option<Time>,
    ) -> Credential {
        let key = [pool.id.as_str(), sub.as_str()];
        let sealed = self.keyring.seal(&credential_context(&key), stored.to_bytes().reveal(), &*self.entropy);
        Credential { pool: pool.id.clone(), sub: sub.clone(), generation, sealed, expires, set: self.clock.now() }
    }

    /// What a credential row holds.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the keyring does not open it.
    pub fn open_credential(&self, credential: &Credential) -> Result<StoredPassword, Refusal> {
        let key = [credential.pool.as_str(), credential.sub.as_str()];
        let bytes = self.keyring.open(&credential_context(&key), &credential.sealed).map_err(Refusal::internal)?;
        let stored = StoredPassword::from_bytes(bytes.reveal()).map_err(Refusal::internal)?;
        self.password_kinds.notice(&stored);
        Ok(stored)
    }

    /// The row under which a replaced password is remembered.
    pub(crate) fn retire(&self, old: &Credential, stored: &StoredPassword) -> RetiredPassword {
        let generation = RetiredPassword::key(old.generation);
        let key = [old.pool.as_str(), old.sub.as_str(), generation.as_str()];
        let sealed = self.keyring.seal(&retired_context(&key), stored.to_bytes().reveal(), &*self.entropy);
        RetiredPassword { pool: old.pool.clone(), sub: old.sub.clone(), sealed, generation, retired: self.clock.now() }
    }

    /// What the row of an earlier password holds.
    pub(crate) fn open_retired(&self, retired: &RetiredPassword) -> Result<StoredPassword, Refusal> {
        let key = [retired.pool.as_str(), retired.sub.as_str(), retired.generation.as_str()];
        let bytes = self.keyring.open(&retired_context(&key), &retired.sealed).map_err(Refusal::internal)?;
        StoredPassword::from_bytes(bytes.reveal()).map_err(Refusal::internal)
    }
}
