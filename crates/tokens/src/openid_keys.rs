//! The keys that sign tokens of identity pools, and what is published of them: their issuer is the deployment itself, so
//! both stand at the root of the public address (identity-pools.md 7). They replace one another as pools' keys do.

use crate::identity_token::IdentityTokens;
use crate::keys::{PUBLISHED_AFTER_RETIREMENT, ReadAt};
use crate::stock::{PATIENCE, stock_context};
use crate::{PUBLISHED_AHEAD, Rotation, Withdrawal};
use bytes::Bytes;
use crypto::jose::{JwtError, RsaAlgorithm, SigningKey, Unverified, VerifyingKey};
use crypto::{Context, Purpose};
use kernel::{AccountId, Time};
use model::{OpenIdKeyRow, Refusal};
use quick_cache::sync::Cache;
use serde_json::json;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use store::{Tx, work};

/// Accounts whose keys stay prepared. One server answers for one.
const ACCOUNTS_MAX: usize = 4;
/// What the header of these tokens says in `typ` (observed).
const TYP: &str = "JWS";

/// Prepared keys by account.
pub(crate) struct OpenIdKeyCache(Cache<AccountId, Arc<Cached>>);

struct Cached {
    keys: Arc<AccountKeys>,
    read: ReadAt,
}

impl Default for OpenIdKeyCache {
    fn default() -> Self {
        Self(Cache::new(ACCOUNTS_MAX))
    }
}

impl fmt::Debug for OpenIdKeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenIdKeyCache({} accounts)", self.0.len())
    }
}

/// One prepared key.
#[derive(Clone)]
struct Prepared {
    kid: String,
    algorithm: RsaAlgorithm,
    not_before: Time,
    retired: Option<Time>,
    signer: Arc<SigningKey>,
    verifier: Arc<VerifyingKey>,
}

/// All keys of an account that count.
pub(crate) struct AccountKeys {
    prepared: Vec<Prepared>,
    jwks: Bytes,
}

impl AccountKeys {
    /// The newest key for this algorithm that signs now.
    fn signer(&self, algorithm: RsaAlgorithm, now: Time) -> Option<Arc<SigningKey>> {
        let usable = |key: &&Prepared| {
            key.algorithm == algorithm && key.not_before <= now && key.retired.is_none_or(|end| now < end)
        };
        self.prepared.iter().filter(usable).max_by_key(|key| key.not_before).map(|key| key.signer.clone())
    }

    /// The payload of a token signed by one of the keys.
    pub(crate) fn verify(&self, token: Unverified<'_>) -> Result<Vec<u8>, JwtError> {
        let kid = token.kid().ok_or(JwtError::UnknownKey)?;
        let known = self.prepared.iter().find(|key| key.kid == kid).ok_or(JwtError::UnknownKey)?;
        token.verify(&known.verifier.clone())
    }
}

/// Where a private key for tokens of identity pools is sealed to.
#[must_use]
pub fn openid_key_context<'a>(key: &'a [&'a str; 2]) -> Context<'a> {
    Context { purpose: Purpose::SigningKey, table: "openid_keys", key, column: "private_key", version: 1 }
}

impl IdentityTokens {
    /// The key set as published.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the keys cannot be read.
    pub async fn jwks(&self) -> Result<Bytes, Refusal> {
        Ok(self.account_keys().await?.jwks.clone())
    }

    /// The discovery document. In Amazon's spelling the issuer is not where the document stands; whoever is told to look
    /// here finds the keys all the same.
    #[must_use]
    pub fn discovery(&self) -> Bytes {
        let document = json!({
            "id_token_signing_alg_values_supported": [self.algorithm.name()],
            "issuer": self.issuer(),
            "jwks_uri": format!("{}/.well-known/jwks_uri", self.public_url()),
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
        });
        Bytes::from(document.to_string())
    }

    /// Sees to it that there is a key to sign with; a background job calls this, and whoever needs one before it did.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when no key is ready and none is made in time.
    pub async fn ensure_key(&self) -> Result<(), Refusal> {
        // One at a time: each takes a key out of the stock, which is user pools' too, and all but one in vain.
        let _alone = tokio::time::timeout(PATIENCE, self.making.lock()).await.map_err(|_| Refusal::Busy)?;
        let now = self.tokens.clock.now();
        if self.signs(now).await? {
            return Ok(());
        }
        let drawn = self.fresh_key(Time::default()).await;
        // Another node may have emptied the stock, and made the key of it.
        if matches!(drawn, Err(Refusal::Busy)) && self.signs(now).await? {
            return Ok(());
        }
        let fresh = drawn?;
        self.tokens.store.write(work!(|tx, fresh, now| -> Refusal { begin(tx, fresh, *now).await })).await?;
        self.keys.0.remove(&self.account);
        Ok(())
    }

    /// Whether the rows have a key that signs with today's algorithm.
    async fn signs(&self, now: Time) -> Result<bool, Refusal> {
        Ok(self.rows().await?.iter().any(|row| row.algorithm == self.algorithm.name() && row.signs_at(now)))
    }

    /// Publishes a new key, to sign once verifiers had a day to fetch it, where the one that signs is older than `age`.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when no key is ready and none is made in time.
    pub async fn rotate_aged(&self, age: Duration) -> Result<Option<Rotation>, Refusal> {
        let (now, rows) = (self.tokens.clock.now(), self.rows().await?);
        let last = rows.iter().filter(|row| row.retired.is_none() && row.algorithm == self.algorithm.name());
        match last.map(|row| row.created).max() {
            Some(created) if created + age <= now => self.rotate().await.map(Some),
            _ => Ok(None),
        }
    }

    /// Publishes a new key, to sign once verifiers had a day to fetch it; the one before it signs until then.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when no key is ready and none is made in time.
    pub async fn rotate(&self) -> Result<Rotation, Refusal> {
        let now = self.tokens.clock.now();
        if let Some(from) = waiting(&self.rows().await?, now) {
            return Ok(Rotation::UnderWay { from });
        }
        let fresh = self.fresh_key(now + PUBLISHED_AHEAD).await?;
        let (kid, from) = (fresh.kid.clone(), fresh.not_before);
        let begun = self.tokens.store.write(work!(|tx, fresh, now| -> Refusal { publish(tx, fresh, *now).await }));
        let begun = begun.await?;
        self.keys.0.remove(&self.account);
        Ok(match begun {
            None => Rotation::Begun { kids: vec![kid], from },
            Some(from) => Rotation::UnderWay { from },
        })
    }

    /// Withdraws a key: what it signed is good no longer, here at once and on other nodes within a second. One that signed
    /// is replaced in the same stroke, by the key that was to follow it or by a fresh one.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when no key is ready and none is made in time.
    pub async fn withdraw(&self, kid: &str) -> Result<Withdrawal, Refusal> {
        let now = self.tokens.clock.now();
        if !self.rows().await?.iter().any(|row| row.kid == kid) {
            return Ok(Withdrawal::NoSuchKey);
        }
        // Drawn before anybody knows whether it is needed: inside the transaction there is no time to find one.
        let (spare, kid) = (self.fresh_key(Time::default()).await?, kid.to_owned());
        let done = self
            .tokens
            .store
            .write(work!(|tx, kid, spare, now| -> Refusal { withdraw(tx, kid, spare, *now).await }))
            .await;
        self.keys.0.remove(&self.account);
        done
    }

    async fn rows(&self) -> Result<Vec<OpenIdKeyRow>, Refusal> {
        let account = self.account.clone();
        self.tokens.store.read(work!(|tx, account| -> Refusal { Ok(tx.openid_keys().list(account).await?) })).await
    }

    /// The key that signs now. Where the background job has not come to it yet, the first one is made here.
    pub(crate) async fn signer(&self, now: Time) -> Result<Arc<SigningKey>, Refusal> {
        if let Some(key) = self.account_keys().await?.signer(self.algorithm, now) {
            return Ok(key);
        }
        self.ensure_key().await?;
        // What is kept may have been read before the key was made.
        let kept = self.keys.0.get(&self.account).map(|cached| cached.keys.clone());
        let made = self.read_keys(kept, now).await?.signer(self.algorithm, now);
        made.ok_or_else(|| Refusal::internal("there is no key for tokens of identity pools"))
    }

    /// The account's keys, at most a second old. That there are none yet is not remembered.
    pub(crate) async fn account_keys(&self) -> Result<Arc<AccountKeys>, Refusal> {
        let now = self.tokens.clock.now();
        match self.keys.0.get(&self.account) {
            Some(cached) if cached.read.is_fresh(now) && !cached.keys.prepared.is_empty() => Ok(cached.keys.clone()),
            other => self.read_keys(other.map(|cached| cached.keys.clone()), now).await,
        }
    }

    async fn read_keys(&self, old: Option<Arc<AccountKeys>>, now: Time) -> Result<Arc<AccountKeys>, Refusal> {
        let read = ReadAt::now(now);
        let mut rows = self.rows().await?;
        rows.retain(|row| row.retired.is_none_or(|end| now < end + PUBLISHED_AFTER_RETIREMENT));
        let mut prepared = Vec::with_capacity(rows.len());
        for row in &rows {
            let known = old.as_ref().and_then(|keys| keys.prepared.iter().find(|key| key.kid == row.kid));
            prepared.push(match known {
                Some(known) => Prepared { not_before: row.not_before, retired: row.retired, ..known.clone() },
                None => self.prepare(row)?,
            });
        }
        let set: Vec<&str> = rows.iter().map(|row| row.jwk.as_str()).collect();
        let jwks = Bytes::from(format!("{{\"keys\":[{}]}}", set.join(",")));
        let keys = Arc::new(AccountKeys { prepared, jwks });
        let cached = Cached { keys: keys.clone(), read };
        self.keys.0.insert(self.account.clone(), Arc::new(cached));
        Ok(keys)
    }

    fn prepare(&self, row: &OpenIdKeyRow) -> Result<Prepared, Refusal> {
        let key = [row.account.as_str(), row.kid.as_str()];
        let der = self.tokens.keyring.open(&openid_key_context(&key), &row.sealed).map_err(Refusal::internal)?;
        let algorithm = RsaAlgorithm::parse(&row.algorithm)
            .ok_or_else(|| Refusal::internal("a key for tokens of identity pools has an algorithm nobody knows"))?;
        let signer = SigningKey::from_pkcs8_for(algorithm, TYP, der.reveal()).map_err(Refusal::internal)?;
        let verifier = signer.verifying_key().map_err(Refusal::internal)?;
        Ok(Prepared {
            kid: row.kid.clone(),
            algorithm,
            not_before: row.not_before,
            retired: row.retired,
            signer: Arc::new(signer),
            verifier: Arc::new(verifier),
        })
    }

    /// A key from the stock, sealed to the account and bound to its algorithm for good.
    async fn fresh_key(&self, not_before: Time) -> Result<OpenIdKeyRow, Refusal> {
        let stocked = self.tokens.take_stocked().await?;
        let (ring, id) = (&self.tokens.keyring, stocked.id.to_string());
        let der = ring.open(&stock_context(&[&id]), &stocked.sealed).map_err(Refusal::internal)?;
        let key = SigningKey::from_pkcs8_for(self.algorithm, TYP, der.reveal()).map_err(Refusal::internal)?;
        let place = [self.account.as_str(), key.kid()];
        Ok(OpenIdKeyRow {
            account: self.account.clone(),
            kid: key.kid().to_owned(),
            algorithm: self.algorithm.name().to_owned(),
            sealed: ring.seal(&openid_key_context(&place), der.reveal(), &*self.tokens.entropy),
            jwk: serde_json::to_string(key.public_jwk()).map_err(Refusal::internal)?,
            created: self.tokens.clock.now(),
            not_before,
            retired: None,
        })
    }
}

fn waiting(rows: &[OpenIdKeyRow], now: Time) -> Option<Time> {
    rows.iter().map(|row| row.not_before).filter(|from| now < *from).max()
}

/// Adds the first key for its algorithm, unless another node was faster.
async fn begin(tx: &mut Tx, fresh: &OpenIdKeyRow, now: Time) -> Result<(), Refusal> {
    let rows = tx.openid_keys().list(&fresh.account).await?;
    if !rows.iter().any(|row| row.algorithm == fresh.algorithm && row.signs_at(now)) {
        tx.openid_keys().insert(fresh).await?;
    }
    Ok(())
}

/// Adds a key and ends the signing of those before it at the moment it begins; answers from when on another signs that
/// waits already.
async fn publish(tx: &mut Tx, fresh: &OpenIdKeyRow, now: Time) -> Result<Option<Time>, Refusal> {
    let rows = tx.openid_keys().list(&fresh.account).await?;
    if let Some(from) = waiting(&rows, now) {
        return Ok(Some(from));
    }
    for old in &rows {
        tx.openid_keys().retire(&fresh.account, &old.kid, fresh.not_before).await?;
    }
    tx.openid_keys().insert(fresh).await?;
    Ok(None)
}

/// As for the keys of a pool (`signing.rs`).
async fn withdraw(tx: &mut Tx, kid: &str, spare: &OpenIdKeyRow, now: Time) -> Result<Withdrawal, Refusal> {
    let account = &spare.account;
    let rows = tx.openid_keys().list(account).await?;
    if !tx.openid_keys().delete(account, kid).await? {
        return Ok(Withdrawal::NoSuchKey);
    }
    let others: Vec<&OpenIdKeyRow> =
        rows.iter().filter(|row| row.kid != kid && row.algorithm == spare.algorithm).collect();
    if let Some(signing) = others.iter().find(|row| row.signs_at(now)) {
        // It was to follow the key that signs, which goes on now; or it had signed before.
        if rows.iter().any(|row| row.kid == kid && now < row.not_before) {
            tx.openid_keys().unretire(account, &signing.kid).await?;
        }
        tx.openid_keys().bring_forward(account, &signing.kid).await?;
        return Ok(Withdrawal::Done { successor: None });
    }
    let successor = match others.iter().find(|row| now < row.not_before) {
        Some(next) => {
            tx.openid_keys().bring_forward(account, &next.kid).await?;
            next.kid.clone()
        }
        None => {
            tx.openid_keys().insert(spare).await?;
            spare.kid.clone()
        }
    };
    Ok(Withdrawal::Done { successor: Some(successor) })
}
