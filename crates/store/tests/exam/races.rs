//! Whatever is good once has exactly one winner among 64 who ask at the same moment (ST-9, for what the store decides).

use crate::given;
use kernel::{ClientId, Time, UserPoolId};
use model::{Code, CodePurpose, Family, Group};
use std::sync::Arc;
use store::testing::{fresh_database, race_rounds};
use store::{NameKind, StockedKey, Store, StoreError, work};
use tokio::sync::Barrier;
use uuid::Uuid;

const RACERS: usize = 64;

/// A pool for each round: one round rarely meets the one bad order.
fn pools() -> impl Iterator<Item = UserPoolId> {
    (0..race_rounds()).map(|round| UserPoolId::parse(&format!("eu-west-1_{round:09}")).unwrap())
}

/// Starts all racers at once and counts who won. One that was turned away as busy asks again, as a client would.
async fn winners<F, R>(store: Store, race: F) -> usize
where
    F: Fn(Store, usize) -> R + Send + Sync + 'static,
    R: Future<Output = Result<bool, StoreError>> + Send,
{
    let (race, start) = (Arc::new(race), Arc::new(Barrier::new(RACERS)));
    let racers: Vec<_> = (0..RACERS)
        .map(|n| {
            let (store, race, start) = (store.clone(), Arc::clone(&race), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                loop {
                    match race(store.clone(), n).await {
                        Err(StoreError::Busy) => {}
                        outcome => return outcome.unwrap(),
                    }
                }
            })
        })
        .collect();
    let mut won = 0;
    for racer in racers {
        won += usize::from(racer.await.unwrap());
    }
    won
}

#[tokio::test(flavor = "multi_thread")]
async fn st_09_a_nonce_has_one_winner() {
    let database = fresh_database().await;
    for pool in pools() {
        let won = winners(database.store(), move |store, _| {
            let pool = pool.clone();
            async move {
                let end = Time::from_secs(9);
                store
                    .write(work!(|tx, pool, end| -> StoreError { tx.spent().take(pool, b"session", *end).await }))
                    .await
            }
        });
        assert_eq!(won.await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn st_09_a_code_has_one_winner() {
    let database = fresh_database().await;
    let store = database.store();
    for pool in pools() {
        let code = Code {
            pool: pool.clone(),
            sub: given::sub(1),
            purpose: CodePurpose::ForgotPassword,
            attribute: "email".into(),
            hash: vec![5; 32],
            created: Time::from_secs(1),
            expires: Time::from_secs(9),
        };
        write!(store, |tx, code| tx.codes().save(code).await?);
        let won = winners(store.clone(), move |store, _| {
            let pool = pool.clone();
            async move {
                store
                    .write(work!(|tx, pool| -> StoreError {
                        let sub = given::sub(1);
                        let taken = tx.codes().take(pool, &sub, CodePurpose::ForgotPassword, "email", &[5; 32]).await?;
                        Ok(taken.is_some())
                    }))
                    .await
            }
        });
        assert_eq!(won.await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn st_09_a_refresh_token_is_rotated_by_one() {
    let database = fresh_database().await;
    let store = database.store();
    for pool in pools() {
        let family = Family {
            pool: pool.clone(),
            id: Uuid::from_u128(1),
            sub: given::sub(1),
            client: ClientId::parse("client1").unwrap(),
            user_generation: 0,
            revoked: false,
            auth_time: Time::from_secs(1),
            event_id: Uuid::nil(),
            token_hash: vec![0; 32],
            sequence: 0,
            replaced: Vec::new(),
            expires: Time::from_secs(9),
        };
        let first = family.clone();
        write!(store, |tx, first| tx.families().insert(first).await?);
        let won = winners(store.clone(), move |store, n| {
            let next = family.clone().rotated(vec![u8::try_from(n + 1).unwrap(); 32], Time::from_secs(2));
            async move { store.write(work!(|tx, next| -> StoreError { tx.families().rotate(next).await })).await }
        });
        assert_eq!(won.await, 1);
        let after = read!(store, |tx, pool| tx.families().get(pool, &Uuid::from_u128(1)).await?).unwrap();
        assert_eq!(after.sequence, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn st_09_a_name_goes_to_one() {
    let database = fresh_database().await;
    for pool in pools() {
        let won = winners(database.store(), move |store, n| {
            let (pool, sub) = (pool.clone(), given::sub(u32::try_from(n).unwrap()));
            async move {
                store
                    .write(work!(|tx, pool, sub| -> StoreError {
                        tx.names().claim(pool, NameKind::Username, "ana", sub).await
                    }))
                    .await
            }
        });
        assert_eq!(won.await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn st_09_a_stocked_key_goes_to_one() {
    let database = fresh_database().await;
    let store = database.store();
    for round in 0..race_rounds() {
        let key = StockedKey {
            id: Uuid::from_u128(round as u128),
            kind: "RS256".into(),
            sealed: vec![1],
            jwk: "{}".into(),
            created: Time::from_secs(1),
        };
        write!(store, |tx, key| tx.key_stock().push(key).await?);
        let won = winners(store.clone(), |store, _| async move {
            store.write(work!(|tx| -> StoreError { Ok(tx.key_stock().take("RS256").await?.is_some()) })).await
        });
        assert_eq!(won.await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn st_10_no_attempt_is_lost_among_racers() {
    let database = fresh_database().await;
    for pool in pools() {
        let now = Time::from_secs(1_000);
        let allowed = winners(database.store(), move |store, _| {
            let pool = pool.clone();
            async move {
                store
                    .write(work!(|tx, pool, now| -> StoreError {
                        let attempts = tx.attempts().get_for_update(pool, b"ana").await?;
                        match attempts.take_password(*now) {
                            Ok(taken) => tx.attempts().save(pool, b"ana", &taken).await.map(|()| true),
                            Err(_) => Ok(false),
                        }
                    }))
                    .await
            }
        });
        assert_eq!(allowed.await, 5, "four are free, the fifth sets the lock, and nobody passes it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn up_41_a_groups_name_goes_to_one() {
    let database = fresh_database().await;
    for pool in pools() {
        let won = winners(database.store(), move |store, n| {
            let group = Group { pool: pool.clone(), id: Uuid::from_u128(n as u128), ..given::group(1) };
            async move { store.write(work!(|tx, group| -> StoreError { tx.groups().insert(group).await })).await }
        });
        assert_eq!(won.await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_has_one_holder() {
    let database = fresh_database().await;
    for round in 0..race_rounds() {
        let won = winners(database.store(), move |store, n| async move {
            let (job, holder) = (format!("sweep{round}"), format!("node{n}"));
            store
                .write(work!(|tx, job, holder| -> StoreError {
                    let minute = std::time::Duration::from_secs(60);
                    Ok(tx.leases().take(job, holder, Time::from_secs(1), minute).await?.is_some())
                }))
                .await
        });
        assert_eq!(won.await, 1);
    }
}
