//! Sealing everything anew under the active master key, a page at a time. It can be interrupted and begun again: what is
//! already under the active key is passed over.

use anyhow::Context as _;
use crypto::{Context, Keyring};
use kernel::Entropy;
use store::{SealedColumn, SealedValue, Store, StoreError, work};

/// Values looked at in one transaction.
const PAGE: u32 = 200;

/// What a walk did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walked {
    /// Values that were looked at.
    pub seen: u64,
    /// Values that were still under another key.
    pub old: u64,
    /// Of these, values that are under the active key now.
    pub resealed: u64,
}

/// Walks through everything that is sealed; with `write`, what is under another key is sealed anew.
///
/// # Errors
/// When the database does not answer, or a value does not open: then nothing may be retired.
pub async fn walk(store: &Store, keyring: &Keyring, entropy: &dyn Entropy, write: bool) -> anyhow::Result<Walked> {
    let mut walked = Walked::default();
    for column in SealedColumn::ALL {
        let mut after: Option<Vec<String>> = None;
        loop {
            let from = after.clone();
            let page = store
                .read(work!(|tx, column, from| -> StoreError {
                    tx.sealed().list(*column, from.as_deref(), PAGE).await
                }))
                .await?;
            after = page.items.last().map(|value| value.key.clone());
            walked.seen += page.items.len() as u64;
            let old: Vec<SealedValue> = page.items.into_iter().filter(|v| keyring.needs_reseal(&v.sealed)).collect();
            walked.old += old.len() as u64;
            if write {
                walked.resealed += replace(store, keyring, entropy, column, old).await?;
            }
            if !page.more {
                break;
            }
        }
    }
    Ok(walked)
}

async fn replace(
    store: &Store,
    keyring: &Keyring,
    entropy: &dyn Entropy,
    column: SealedColumn,
    old: Vec<SealedValue>,
) -> anyhow::Result<u64> {
    let mut pairs = Vec::with_capacity(old.len());
    for value in old {
        let key: Vec<&str> = value.key.iter().map(String::as_str).collect();
        let context = context(column, &key).context("a sealed value has a key of another length")?;
        let opened = keyring.open(&context, &value.sealed).with_context(|| {
            format!("a value of {column:?} does not open under any key of the keyring (row {})", value.key.join("/"))
        })?;
        pairs.push((keyring.seal(&context, opened.reveal(), entropy), value));
    }
    // A value that was changed meanwhile was sealed under the active key by whoever changed it.
    Ok(store
        .write(work!(|tx, column, pairs| -> StoreError {
            let mut done = 0;
            for (new, value) in pairs {
                done += u64::from(tx.sealed().replace(*column, &value.key, &value.sealed, new).await?);
            }
            Ok(done)
        }))
        .await?)
}

/// Where a value of a column is sealed to: the same words as where it is sealed first.
fn context<'a>(column: SealedColumn, key: &'a [&'a str]) -> Option<Context<'a>> {
    Some(match column {
        SealedColumn::Credentials => accounts::credential_context(key.try_into().ok()?),
        SealedColumn::PasswordHistory => accounts::retired_context(key.try_into().ok()?),
        SealedColumn::ClientSecrets => accounts::secret_context(key.try_into().ok()?),
        SealedColumn::SigningKeys => tokens::key_context(key.try_into().ok()?),
        SealedColumn::OpenIdKeys => tokens::openid_key_context(key.try_into().ok()?),
        SealedColumn::KeyStock => tokens::stock_context(key.try_into().ok()?),
        SealedColumn::AccessKeys => authority::key_context(key.try_into().ok()?),
        SealedColumn::Outbox => messages::outbox_context(key),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Sub, SystemEntropy, Time, UserPoolId};
    use model::{AccessKey, AccessKeyStatus, Credential};
    use store::{Place, SqliteOptions};

    async fn filled(keyring: &Keyring) -> Store {
        let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
        store.migrate(Time::from_secs(1)).await.unwrap();
        let pool = UserPoolId::parse("r_p").unwrap();
        for n in 0..450 {
            let sub = Sub::parse(&format!("person-{n:03}")).unwrap();
            let key = [pool.as_str(), sub.as_str()];
            let sealed =
                keyring.seal(&accounts::credential_context(&key), format!("password {n}").as_bytes(), &SystemEntropy);
            let credential =
                Credential { pool: pool.clone(), sub, generation: 1, sealed, expires: None, set: Time::default() };
            store
                .write(work!(|tx, credential| -> StoreError { tx.credentials().save(credential).await }))
                .await
                .unwrap();
        }
        let key = AccessKey {
            id: "AKIAEXAMPLE".into(),
            principal: "root".into(),
            label: String::new(),
            sealed_secret: keyring.seal(&authority::key_context(&["AKIAEXAMPLE"]), b"secret", &SystemEntropy),
            status: AccessKeyStatus::Active,
            created: Time::default(),
        };
        store.write(work!(|tx, key| -> StoreError { tx.access_keys().insert(key).await })).await.unwrap();
        store
    }

    #[tokio::test]
    async fn after_a_change_of_the_master_key_everything_opens_without_the_old_one() {
        let first = Keyring::draw(&SystemEntropy);
        let store = filled(&first).await;
        let (grown, id) = first.add(&SystemEntropy);
        let both = grown.activate(id).unwrap();
        let alone = both.retire(first.active_id()).unwrap();
        assert!(walk(&store, &alone, &SystemEntropy, true).await.is_err(), "nothing opens yet without the old key");
        assert_eq!(walk(&store, &both, &SystemEntropy, false).await.unwrap().old, 451);
        let walked = walk(&store, &both, &SystemEntropy, true).await.unwrap();
        assert_eq!(walked, Walked { seen: 451, old: 451, resealed: 451 });
        // Again: there is nothing left to do, and nothing needs the old key.
        let again = walk(&store, &alone, &SystemEntropy, true).await.unwrap();
        assert_eq!(again, Walked { seen: 451, old: 0, resealed: 0 });
        let pool = UserPoolId::parse("r_p").unwrap();
        let sub = Sub::parse("person-449").unwrap();
        let kept =
            store.read(work!(|tx, pool, sub| -> StoreError { tx.credentials().get(pool, sub).await })).await.unwrap();
        let key = ["r_p", "person-449"];
        let opened = alone.open(&accounts::credential_context(&key), &kept.unwrap().sealed).unwrap();
        assert_eq!(opened.reveal().as_slice(), b"password 449");
    }
}
