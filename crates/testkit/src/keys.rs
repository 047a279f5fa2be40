//! Signing keys for tests: found once per process, for a key costs more than most tests.

use crate::SeededEntropy;
use crypto::jose::SigningKey;
use crypto::{Context, Keyring, Purpose};
use kernel::{EntropyExt, Time};
use model::Refusal;
use std::sync::{Arc, OnceLock};
use store::{StockedKey, Store, work};

/// Different keys: enough for six pools that share none.
const DIFFERENT: usize = 12;
/// Keys put into a stock, the different ones over again; so many that the server makes none of its own in most tests.
const STOCKED: usize = 28;

/// The keyring of all tests of this process.
pub(crate) fn keyring() -> Arc<Keyring> {
    static KEYRING: OnceLock<Arc<Keyring>> = OnceLock::new();
    KEYRING.get_or_init(|| Arc::new(Keyring::draw(&SeededEntropy::of("keyring")))).clone()
}

/// Fills the stock of a new database.
pub(crate) async fn stock(store: &Store) {
    let keys = stocked().clone();
    store
        .write(work!(|tx, keys| -> Refusal {
            for key in keys {
                tx.key_stock().push(key).await?;
            }
            Ok(())
        }))
        .await
        .expect("keys are put into an empty stock");
}

fn stocked() -> &'static Vec<StockedKey> {
    static KEYS: OnceLock<Vec<StockedKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let entropy = SeededEntropy::of("key stock");
        let made: Vec<SigningKey> = std::thread::scope(|threads| {
            let find = || SigningKey::generate().expect("a signing key");
            let making: Vec<_> = (0..DIFFERENT).map(|_| threads.spawn(find)).collect();
            making.into_iter().map(|one| one.join().expect("a signing key")).collect()
        });
        (0..STOCKED)
            .map(|number| {
                let key = &made[number % DIFFERENT];
                let id = entropy.uuid();
                let row = [id.to_string()];
                let key_of_row = [row[0].as_str()];
                let context = Context {
                    purpose: Purpose::SigningKey,
                    table: "key_stock",
                    key: &key_of_row,
                    column: "private_key",
                    version: 1,
                };
                let der = key.to_pkcs8().expect("a key as PKCS#8");
                let sealed = keyring().seal(&context, der.reveal(), &entropy);
                let jwk = serde_json::to_string(key.public_jwk()).expect("a key as JSON");
                let created = Time::from_millis(i64::try_from(number).expect("a small number"));
                StockedKey { id, kind: "RS256".to_owned(), sealed, jwk, created }
            })
            .collect()
    })
}
