use kernel::Time;
use std::time::Duration;
use store::testing::fresh_database;
use store::{Delivery, Letter, Store};
use uuid::Uuid;

const NOW: Time = Time::from_secs(1_000);
const LEASE: Duration = Duration::from_secs(30);

fn later(secs: u64) -> Time {
    NOW + Duration::from_secs(secs)
}

fn letter(n: u128, due: Time) -> Letter {
    Letter {
        id: Uuid::from_u128(n),
        kind: "mail".into(),
        payload: vec![1, 2, 3],
        created: NOW,
        due,
        expires: later(600),
        tries: 0,
    }
}

async fn push(store: &Store, letter: Letter) {
    write!(store, |tx, letter| tx.outbox().push(letter).await?);
}

async fn claim(store: &Store, now: Time, owner: &'static str, most: u32) -> Vec<Letter> {
    write!(store, |tx, now, owner, most| tx.outbox().claim(*now, owner, *most, LEASE).await?)
}

#[tokio::test]
async fn letters_are_claimed_when_due_one_claimer_each_and_again_when_the_claimer_died() {
    let database = fresh_database().await;
    let store = database.store();
    push(&store, letter(1, NOW)).await;
    push(&store, letter(2, later(1))).await;
    push(&store, letter(3, later(100))).await;
    assert_eq!(read!(store, |tx| tx.outbox().next_due().await?), Some(NOW));
    assert_eq!(read!(store, |tx| tx.outbox().count_queued(10).await?), 3);
    assert_eq!(read!(store, |tx| tx.outbox().oldest_due(later(1)).await?), Some(NOW), "whoever asks when");
    assert_eq!(read!(store, |tx| tx.outbox().oldest_due(later(100_000)).await?), None, "none is worth sending by then");

    let first = claim(&store, later(5), "a", 1).await;
    assert_eq!(first, [Letter { tries: 1, ..letter(1, NOW) }]);
    let second = claim(&store, later(5), "b", 10).await;
    assert_eq!(second.iter().map(|l| l.id.as_u128()).collect::<Vec<_>>(), [2]);
    assert!(claim(&store, later(34), "b", 10).await.is_empty());
    let again = claim(&store, later(35), "b", 10).await;
    assert_eq!(again.len(), 2, "the leases have run out");
    assert!(again.iter().all(|l| l.tries == 2));
    let id = first[0].id;
    assert!(!write!(store, |tx, id| tx.outbox().delivered(id, "a").await?), "a has lost the letter to b");
}

#[tokio::test]
async fn a_delivered_letter_is_wiped_and_a_failed_one_comes_back() {
    let database = fresh_database().await;
    let store = database.store();
    for n in 1..=3 {
        push(&store, letter(n, NOW)).await;
    }
    claim(&store, NOW, "a", 10).await;
    let ids: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
    let (payloads, seen) = write!(store, |tx, ids| {
        assert!(tx.outbox().delivered(&ids[0], "a").await?);
        assert!(!tx.outbox().delivered(&ids[0], "a").await?);
        assert!(tx.outbox().failed(&ids[1], "a", later(60), "connection refused").await?);
        assert!(tx.outbox().refused(&ids[2], "a", "550 no such mailbox").await?);
        let wiped = "SELECT count(*) FROM outbox WHERE payload IS NULL";
        let payloads: i64 = tx.row(wiped, &[]).await?.unwrap().get(0)?;
        let mut seen = Vec::new();
        for id in ids {
            seen.push(tx.outbox().get_delivery(id).await?.unwrap());
        }
        (payloads, seen)
    });
    assert_eq!(payloads, 2);
    let refused = Delivery::Refused { error: "550 no such mailbox".into() };
    assert_eq!(seen, [Delivery::Delivered, Delivery::Queued, refused]);
    assert_eq!(read!(store, |tx| tx.outbox().get_delivery(&Uuid::nil()).await?), None);
    assert!(claim(&store, later(59), "a", 10).await.is_empty());
    assert_eq!(claim(&store, later(60), "a", 10).await.len(), 1);
}

#[tokio::test]
async fn a_request_that_waits_claims_its_own_letter_and_an_old_letter_is_taken_to_be_written_off() {
    let database = fresh_database().await;
    let store = database.store();
    push(&store, letter(1, NOW)).await;
    let id = Uuid::from_u128(1);
    let taken = write!(store, |tx, id| {
        let mine = tx.outbox().claim_one(id, NOW, "a", LEASE).await?;
        let theirs = tx.outbox().claim_one(id, NOW, "b", LEASE).await?;
        (mine.is_some(), theirs.is_some())
    });
    assert_eq!(taken, (true, false));
    assert!(write!(store, |tx, id| tx.outbox().claim_one(id, later(600), "b", LEASE).await?).is_none(), "it expired");
    let mut gone = 0;
    while store.sweep(later(1200), 10).await.unwrap() > 0 {
        gone += 1;
    }
    assert_eq!(gone, 0, "what waits is not swept away unseen");
    let old = claim(&store, later(600), "b", 10).await;
    assert_eq!(old, [Letter { tries: 2, ..letter(1, NOW) }]);
    assert!(write!(store, |tx, id| tx.outbox().refused(id, "b", "expired").await?));
    assert_eq!(store.sweep(later(1200), 10).await.unwrap(), 1, "what is settled goes");
}

#[tokio::test]
async fn st_11_a_decoy_is_claimed_like_a_letter_counted_nowhere_and_cleared_by_its_claimer() {
    let database = fresh_database().await;
    let store = database.store();
    push(&store, Letter { kind: Letter::DECOY.into(), ..letter(1, NOW) }).await;
    assert_eq!(read!(store, |tx| tx.outbox().count_queued(10).await?), 0);
    assert_eq!(read!(store, |tx| tx.outbox().oldest_due(later(1)).await?), None);
    push(&store, letter(2, later(1))).await;
    assert_eq!(read!(store, |tx| tx.outbox().count_queued(10).await?), 1);
    assert_eq!(read!(store, |tx| tx.outbox().oldest_due(later(1)).await?), Some(later(1)));
    assert_eq!(claim(&store, NOW, "a", 10).await.len(), 1);
    let id = Uuid::from_u128(1);
    assert!(!write!(store, |tx, id| tx.outbox().clear(id, "b").await?), "it is another's");
    assert!(write!(store, |tx, id| tx.outbox().clear(id, "a").await?));
    assert_eq!(read!(store, |tx, id| tx.outbox().get_delivery(id).await?), None);
    assert_eq!(store::testing::outbox_rows(&store).await, 1, "and nothing else");
}

#[tokio::test]
async fn a_letter_of_a_change_that_was_undone_was_never_there() {
    let database = fresh_database().await;
    let store = database.store();
    let letter = letter(1, NOW);
    let outcome = store
        .write(store::work!(|tx, letter| -> store::StoreError {
            tx.outbox().push(letter).await?;
            Err::<(), _>(store::StoreError::Setting("undone".into()))
        }))
        .await;
    assert!(outcome.is_err());
    assert!(claim(&store, later(5), "a", 10).await.is_empty());
}
