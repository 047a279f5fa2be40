//! Letters to nobody: stored like any other, never sent, counted nowhere, and gone.

use crate::world::{DAY, LONG, World, process, push, world};
use crate::{NOTHING, listener::Listener};
use messages::{Delivery, Round, Tally};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::testing::outbox_rows;

/// Beyond the lease of the claim that a letter is posted with.
const LEFT_BEHIND: Duration = Duration::from_secs(151);

async fn unseen(world: &World) {
    assert!(world.courier.attempts().is_empty(), "it was tried");
    assert_eq!(world.messages.tally(), Tally::default());
    let waiting = world.messages.waiting().await.unwrap();
    assert_eq!((waiting.queued, waiting.oldest_due), (0, None));
}

#[tokio::test]
async fn st_11_a_decoy_is_a_row_like_a_letter_s_and_never_leaves() {
    let world = world().await;
    push(&world.store, &world.letter()).await;
    let with_letter = outbox_rows(&world.store).await;
    assert_eq!(world.messages.waiting().await.unwrap().queued, 1, "a letter is waited for");
    let decoy = world.decoy();
    push(&world.store, &decoy).await;
    let with_both = outbox_rows(&world.store).await;
    assert_eq!((with_letter, with_both), (1, 2));
    assert_eq!(world.messages.waiting().await.unwrap().queued, 1, "a decoy is not");
    assert_eq!(world.messages.dispatch_now(decoy, LONG).await, Delivery::Delivered);
    assert_eq!(outbox_rows(&world.store).await, 1, "it is gone");
    assert!(world.courier.attempts().is_empty() && world.messages.tally() == Tally::default());
}

#[tokio::test]
async fn st_11_a_decoy_whose_process_died_is_dropped_by_the_next_one() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let listener = Listener { lines: lines.clone(), thread: std::thread::current().id() };
    let _listening = tracing::subscriber::set_default(listener);
    for later in [LEFT_BEHIND, DAY * 2] {
        let world = world().await;
        push(&world.store, &world.decoy()).await; // and the process dies
        let next = world.process();
        assert_eq!(next.dispatch_due().await.unwrap(), NOTHING, "its claim is that of a process that may live");
        unseen(&world).await;
        world.clock.forward(later);
        unseen(&world).await;
        assert_eq!(next.dispatch_due().await.unwrap(), Round { cleared: 1, ..NOTHING });
        assert_eq!(outbox_rows(&world.store).await, 0);
        assert_eq!(next.tally(), Tally::default());
        unseen(&world).await;
    }
    let lines = lines.lock().unwrap();
    assert!(!lines.iter().any(|line| line.contains("expired") || line.contains("delivered")), "{lines:#?}");
}

#[tokio::test]
async fn st_11_a_decoy_that_does_not_open_is_dropped_as_well() {
    let world = world().await;
    push(&world.store, &world.decoy()).await;
    world.clock.forward(LEFT_BEHIND);
    let keyring = Arc::new(crypto::Keyring::draw(&kernel::SystemEntropy));
    let stranger = process(&world.store, &world.clock, &keyring, world.courier.clone());
    assert_eq!(stranger.dispatch_due().await.unwrap(), Round { cleared: 1, ..NOTHING });
    assert_eq!(outbox_rows(&world.store).await, 0);
}

#[tokio::test]
async fn st_11_what_nobody_waits_for_is_begun_after_the_answer() {
    let world = world().await;
    let letter = world.letter();
    push(&world.store, &letter).await;
    tokio::time::pause();
    world.messages.dispatch_later(letter);
    for _ in 0..100 {
        tokio::task::yield_now().await; // whatever is ready runs, and the clock stands
    }
    assert!(world.courier.attempts().is_empty(), "the answer has not left yet");
    world.courier.wait_delivered(1).await;
}
