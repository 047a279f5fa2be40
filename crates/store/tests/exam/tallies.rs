//! spent, attempts, counters, leases.

use crate::given;
use kernel::{Time, UserPoolId};
use model::Attempts;
use std::time::Duration;
use store::testing::fresh_database;

const NOW: Time = Time::from_secs(1_000);

fn later(secs: u64) -> Time {
    NOW + Duration::from_secs(secs)
}

#[tokio::test]
async fn a_nonce_is_good_once_in_its_pool() {
    let database = fresh_database().await;
    let store = database.store();
    let (pool, other) = (given::pool_id(), UserPoolId::parse("eu-west-1_Other").unwrap());
    let taken = write!(store, |tx, pool, other| {
        let first = tx.spent().take(pool, b"nonce", NOW).await?;
        let again = tx.spent().take(pool, b"nonce", NOW).await?;
        let elsewhere = tx.spent().take(other, b"nonce", NOW).await?;
        (first, again, elsewhere)
    });
    assert_eq!(taken, (true, false, true));
}

#[tokio::test]
async fn attempts_are_kept_until_the_slate_is_clean() {
    let database = fresh_database().await;
    let store = database.store();
    let pool = given::pool_id();
    let (none, one, clean) = write!(store, |tx, pool| {
        let none = tx.attempts().get_for_update(pool, b"ana").await?;
        let taken = none.take_password(NOW).unwrap().take_code(NOW).unwrap();
        tx.attempts().save(pool, b"ana", &taken).await?;
        tx.attempts().save(pool, b"ana", &Attempts { locked_until: later(9), ..taken }).await?;
        let one = tx.attempts().get_for_update(pool, b"ana").await?;
        tx.attempts().save(pool, b"ana", &one.password_proved().code_proved()).await?;
        (none, one, tx.attempts().get_for_update(pool, b"ana").await?)
    });
    assert_eq!(none, Attempts::default());
    assert_eq!((one.password_failures, one.code_failures, one.last, one.locked_until), (1, 1, NOW, later(9)));
    assert_eq!(clean, Attempts::default());
}

#[tokio::test]
async fn a_counter_counts_within_its_window_and_begins_anew_after_it() {
    let database = fresh_database().await;
    let store = database.store();
    let pool = given::pool_id();
    let hour = Duration::from_secs(3600);
    let counts = write!(store, |tx, pool, hour| {
        let one = tx.counters().raise(pool, "ana", "mail", NOW, *hour).await?;
        let two = tx.counters().raise(pool, "ana", "mail", later(3599), *hour).await?;
        let other = tx.counters().raise(pool, "ana", "sms", later(3599), *hour).await?;
        let seen = tx.counters().get(pool, "ana", "mail", later(3599)).await?;
        let over = tx.counters().get(pool, "ana", "mail", later(3600)).await?;
        let anew = tx.counters().raise(pool, "ana", "mail", later(3600), *hour).await?;
        tx.counters().reset(pool, "ana", "mail").await?;
        let reset = tx.counters().get(pool, "ana", "mail", later(3600)).await?;
        [one, two, other, seen, over, anew, reset]
    });
    assert_eq!(counts, [1, 2, 1, 2, 0, 1, 0]);
}

#[tokio::test]
async fn a_lease_has_one_holder_and_its_fence_grows_with_every_change_of_hands() {
    let database = fresh_database().await;
    let store = database.store();
    let minute = Duration::from_secs(60);
    write!(store, |tx, minute| {
        let first = tx.leases().take("sweep", "a", NOW, *minute).await?.unwrap();
        assert_eq!(tx.leases().take("sweep", "b", NOW, *minute).await?, None);
        assert_eq!(tx.leases().take("sweep", "a", later(30), *minute).await?, Some(first), "prolonged");
        assert_eq!(tx.leases().take("sweep", "b", later(89), *minute).await?, None);
        let second = tx.leases().take("sweep", "b", later(90), *minute).await?.unwrap();
        assert!(second.fence > first.fence);
        assert!(!tx.leases().holds("sweep", first).await?, "who overslept is stopped by the fence");
        assert!(tx.leases().holds("sweep", second).await?);
        tx.leases().release("sweep", second).await?;
        let third = tx.leases().take("sweep", "a", later(91), *minute).await?.unwrap();
        assert!(third.fence > second.fence);
        let own = tx.leases().take("sweep", "a", later(500), *minute).await?.unwrap();
        assert!(own.fence > third.fence, "a lease that ran out is a new one, for its old holder too");
    });
}
