//! The outbox on a real store: what is delivered, what waits, what is given up, and what lies on the disk meanwhile.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing)]

mod decoy;
mod kept_quiet;
mod listener;
mod world;

use kernel::{Clock, Secret};
use listener::Listener;
use messages::{Delivery, Note, Occasion, Recipient, Round};
use outbound::testing::{Answer, Manners, SmtpServer};
use outbound::{Security, SmtpCourier, SmtpSettings};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{StoreError, work};
use tokio_util::sync::CancellationToken;
use world::{DAY, LONG, SOON, World, ids, pool, process, push, sub, world};

const NOTHING: Round = Round { delivered: 0, given_up: 0, queued: 0, cleared: 0 };

#[tokio::test]
async fn a_mail_is_delivered_at_once_and_only_once() {
    let world = world().await;
    assert_eq!(world.send(LONG).await, Delivery::Delivered);
    world.clock.forward(Duration::from_secs(3600));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), NOTHING);
    let mails = world.courier.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].text, "Your verification code is 012345.");
    assert!(mails[0].message_id.ends_with("@verificationemail.com"));
}

#[tokio::test]
async fn a_message_of_a_transaction_that_was_rolled_back_is_never_sent() {
    let world = world().await;
    let letter = world.letter();
    let failed: Result<(), StoreError> = world
        .store
        .write(work!(|tx, letter| {
            letter.post(tx).await?;
            Err(StoreError::Full)
        }))
        .await;
    failed.unwrap_err();
    world.clock.forward(Duration::from_secs(3600));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), NOTHING);
    assert!(world.courier.attempts().is_empty());
}

#[tokio::test]
async fn sm_27_a_relay_that_is_down_delays_the_mail_and_nothing_else() {
    let world = world().await;
    world.courier.always(Answer::Unreachable("down".into()));
    assert_eq!(world.send(LONG).await, Delivery::Queued);
    assert_eq!(world.messages.dispatch_due().await.unwrap(), NOTHING, "not before its pause is over");
    world.clock.forward(Duration::from_secs(6));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), Round { queued: 1, ..NOTHING });
    world.clock.forward(Duration::from_secs(6));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), NOTHING, "the second pause is longer");
    world.courier.always(Answer::Deliver);
    world.clock.forward(Duration::from_secs(6));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), Round { delivered: 1, ..NOTHING });
    let tried = ids(&world.courier.attempts());
    assert_eq!(tried.len(), 3);
    assert!(tried.iter().all(|id| *id == tried[0]), "every try is the same message");
}

#[tokio::test]
async fn up_32_a_refused_mail_is_reported_and_not_tried_again() {
    let world = world().await;
    world.courier.then(Answer::Refuse("550 unknown".into()));
    assert_eq!(world.send(LONG).await, Delivery::Refused);
    world.clock.forward(Duration::from_secs(3600));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), NOTHING);
    assert_eq!(world.courier.attempts().len(), 1);
}

#[tokio::test]
async fn what_waits_for_a_deleted_pool_does_not_leave_and_is_wiped() {
    let world = world().await;
    world.courier.always(Answer::Unreachable("down".into()));
    assert_eq!(world.send(LONG).await, Delivery::Queued);
    let now = world.clock.now();
    let deleted: Result<bool, StoreError> =
        world.store.write(work!(|tx, now| tx.pools().delete(&pool().id, *now).await)).await;
    assert!(deleted.unwrap());
    world.courier.always(Answer::Deliver);
    world.clock.forward(Duration::from_secs(6));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), Round { given_up: 1, ..NOTHING });
    assert!(world.courier.delivered().is_empty());
    let kept: Result<u32, StoreError> = world.store.read(work!(|tx| tx.outbox().count_queued(9).await)).await;
    assert_eq!(kept.unwrap(), 0);
}

#[tokio::test]
async fn sm_27_a_mail_expires_with_its_code() {
    let world = world().await;
    world.courier.always(Answer::Unreachable("down".into()));
    assert_eq!(world.send(LONG).await, Delivery::Queued);
    world.clock.forward(DAY - Duration::from_secs(2));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), Round { given_up: 1, ..NOTHING });
    world.courier.always(Answer::Deliver);
    world.clock.forward(Duration::from_secs(3600));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), NOTHING);
    assert!(world.courier.delivered().is_empty());
}

#[tokio::test]
async fn sm_27_what_expires_while_nobody_was_there_to_try_is_written_off_on_the_record() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let listener = Listener { lines: lines.clone(), thread: std::thread::current().id() };
    let _listening = tracing::subscriber::set_default(listener);
    let world = world().await;
    push(&world.store, &world.letter()).await; // and the process dies before it dispatches
    world.clock.forward(DAY);
    let now = world.clock.now();
    assert_eq!(world.store.sweep(now, 100).await.unwrap(), 0, "the sweeper leaves it to who can say whose it was");
    assert_eq!(world.process().dispatch_due().await.unwrap(), Round { given_up: 1, ..NOTHING });
    assert!(world.courier.attempts().is_empty());
    let lines = lines.lock().unwrap();
    let record: Vec<_> = lines.iter().filter(|line| line.contains("message expired undelivered")).collect();
    assert_eq!(record.len(), 1, "{lines:#?}");
    assert!(record[0].contains(sub().as_str()) && record[0].contains(pool().id.as_str()), "{record:?}");
    assert!(!lines.iter().any(|line| line.contains("ana@") || line.contains("012345")), "{lines:#?}");
}

#[tokio::test]
async fn sm_27_an_sms_waits_like_a_mail_and_says_the_same_each_time() {
    let world = world().await;
    let (code, to, sub) = (Secret::from("012345"), Recipient::phone("+15550100199"), sub());
    let occasion = Occasion::Verification { code: &code };
    let good_until = world.clock.now() + DAY;
    let letter = world.messages.compose(&Note { pool: &pool(), sub: &sub, to: &to, occasion, good_until });
    push(&world.store, &letter).await;
    world.courier.then(Answer::Unreachable("down".into()));
    assert_eq!(world.messages.dispatch_now(letter, LONG).await, Delivery::Queued);
    world.clock.forward(Duration::from_secs(6));
    assert_eq!(world.process().dispatch_due().await.unwrap(), Round { delivered: 1, ..NOTHING });
    let tried = ids(&world.courier.attempts());
    assert!(tried.len() == 2 && tried[0] == tried[1], "{tried:?}");
    let texts = world.courier.texts();
    assert_eq!((texts[0].to.as_str(), texts[0].text.as_str()), ("+15550100199", "Your verification code is 012345. "));
    // A road that is closed for SMS says nothing about the one for mail.
    world.courier.always(Answer::Unreachable("down".into()));
    for _ in 0..3 {
        let letter = world.messages.compose(&Note { pool: &pool(), sub: &sub, to: &to, occasion, good_until });
        push(&world.store, &letter).await;
        assert_eq!(world.messages.dispatch_now(letter, LONG).await, Delivery::Queued);
    }
    world.courier.always(Answer::Deliver);
    assert_eq!(world.send(LONG).await, Delivery::Delivered);
}

#[tokio::test]
async fn a_slow_relay_holds_the_caller_to_the_deadline_and_gets_one_copy() {
    let world = world().await;
    world.courier.then(Answer::Hang);
    assert_eq!(world.send(SOON).await, Delivery::Queued);
    assert_eq!(world.process().dispatch_due().await.unwrap(), NOTHING, "it is still being tried");
    world.courier.release();
    world.courier.wait_delivered(1).await;
    tokio::time::sleep(SOON).await; // the mark follows the yes
    world.clock.forward(Duration::from_secs(3600));
    assert_eq!(world.process().dispatch_due().await.unwrap(), NOTHING);
    assert_eq!(world.courier.attempts().len(), 1);
}

#[tokio::test]
async fn rl_19_a_crash_between_the_yes_and_the_mark_sends_a_second_copy_of_the_same_message() {
    let world = world().await;
    world.courier.then(Answer::DeliverSilently);
    assert_eq!(world.send(SOON).await, Delivery::Queued);
    world.clock.forward(Duration::from_secs(3600)); // the dead process's lease runs out
    assert_eq!(world.process().dispatch_due().await.unwrap(), Round { delivered: 1, ..NOTHING });
    let sent = ids(&world.courier.delivered());
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
}

#[tokio::test]
async fn rl_19_a_crash_right_after_the_commit_loses_no_mail() {
    let world = world().await;
    push(&world.store, &world.letter()).await; // and the process dies before it dispatches
    world.clock.forward(Duration::from_secs(3600));
    assert_eq!(world.process().dispatch_due().await.unwrap(), Round { delivered: 1, ..NOTHING });
    assert_eq!(world.process().dispatch_due().await.unwrap(), NOTHING);
}

#[tokio::test]
async fn the_outcome_of_a_claim_that_passed_to_somebody_else_changes_nothing() {
    let world = world().await;
    world.courier.then(Answer::Hang);
    assert_eq!(world.send(SOON).await, Delivery::Queued);
    world.clock.forward(Duration::from_secs(3600)); // the lease of a process that overslept runs out
    world.courier.then(Answer::Unreachable("down".into()));
    assert_eq!(world.process().dispatch_due().await.unwrap(), Round { queued: 1, ..NOTHING });
    world.courier.release(); // the sleeper delivers after all, but its mark comes too late
    world.courier.wait_delivered(1).await;
    tokio::time::sleep(SOON).await;
    world.clock.forward(Duration::from_secs(3600));
    assert_eq!(world.process().dispatch_due().await.unwrap(), Round { delivered: 1, ..NOTHING });
}

#[tokio::test]
async fn a_message_under_way_does_not_hide_those_behind_it() {
    let world = world().await;
    world.courier.then(Answer::Hang);
    assert_eq!(world.send(SOON).await, Delivery::Queued);
    world.courier.then(Answer::Unreachable("down".into()));
    assert_eq!(world.send(LONG).await, Delivery::Queued);
    world.clock.forward(Duration::from_secs(6)); // the second is due, the first still claimed
    assert_eq!(world.process().dispatch_due().await.unwrap(), Round { delivered: 1, ..NOTHING });
    world.courier.release();
    assert_eq!(world.courier.wait_delivered(2).await.len(), 2);
}

#[tokio::test]
async fn rl_19_a_relay_that_hangs_makes_three_callers_wait_and_no_more() {
    let world = world().await;
    world.courier.always(Answer::Unreachable("timed out".into()));
    for _ in 0..5 {
        assert_eq!(world.send(LONG).await, Delivery::Queued);
    }
    assert_eq!(world.courier.attempts().len(), 3, "the others were told at once");
    world.courier.always(Answer::Deliver);
    world.clock.forward(Duration::from_secs(11));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), Round { delivered: 5, ..NOTHING });
}

#[tokio::test]
async fn two_processes_never_try_the_same_message_at_once() {
    let world = world().await;
    for _ in 0..20 {
        push(&world.store, &world.letter()).await;
    }
    world.clock.forward(Duration::from_secs(3600));
    let (a, b) = (world.process(), world.process());
    let (first, second) = tokio::join!(a.dispatch_due(), b.dispatch_due());
    assert_eq!(first.unwrap().delivered + second.unwrap().delivered, 20);
    let mut sent = ids(&world.courier.delivered());
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), 20);
}

#[tokio::test]
async fn the_loop_sends_what_waits_and_finishes_what_is_under_way_before_it_stops() {
    let world = world().await;
    push(&world.store, &world.letter()).await;
    world.clock.forward(Duration::from_secs(3600));
    world.courier.then(Answer::Hang);
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (messages, stop) = (world.messages.clone(), stop.clone());
        async move { messages.run(stop).await }
    });
    world.courier.wait_attempts(1).await;
    stop.cancel();
    tokio::time::sleep(SOON).await;
    assert!(!running.is_finished(), "a mail in the middle of its way is not dropped");
    world.courier.release();
    tokio::time::timeout(LONG, running).await.unwrap().unwrap();
    assert_eq!(world.courier.delivered().len(), 1);
    assert_eq!(world.process().dispatch_due().await.unwrap(), NOTHING, "and it is marked");
}

#[tokio::test]
async fn an_attempt_that_outlived_its_caller_is_finished_before_the_process_ends() {
    let world = world().await;
    world.courier.then(Answer::Hang);
    assert_eq!(world.send(SOON).await, Delivery::Queued);
    let stop = CancellationToken::new();
    stop.cancel();
    let messages = world.messages.clone();
    let running = tokio::spawn(async move { messages.run(stop).await });
    tokio::time::sleep(SOON).await;
    assert!(!running.is_finished());
    world.courier.release();
    tokio::time::timeout(LONG, running).await.unwrap().unwrap();
    world.clock.forward(Duration::from_secs(3600));
    assert_eq!(world.process().dispatch_due().await.unwrap(), NOTHING, "delivered and marked");
}

#[tokio::test]
async fn sm_27_against_a_real_server_that_refuses_goes_down_and_comes_back() {
    let world = world().await;
    let server = SmtpServer::start().await;
    let settings = SmtpSettings::new("localhost", server.port(), Security::None);
    let courier = Arc::new(SmtpCourier::new(settings, world.clock.clone()).unwrap());
    let messages = process(&world.store, &world.clock, &world.keyring, courier);
    let world = World { messages, ..world };
    assert_eq!(world.send(LONG).await, Delivery::Delivered);
    server.set_manners(Manners { recipient: Some("550 5.1.1 unknown".into()), ..Manners::default() });
    assert_eq!(world.send(LONG).await, Delivery::Refused);
    server.set_manners(Manners::default());
    server.go_down().await;
    assert_eq!(world.send(LONG).await, Delivery::Queued);
    server.come_back().await;
    world.clock.forward(Duration::from_secs(10));
    assert_eq!(world.messages.dispatch_due().await.unwrap(), Round { delivered: 1, ..NOTHING });
    let got = server.received();
    assert_eq!(got.len(), 2);
    assert_eq!(got[1].text().trim(), "Your verification code is 012345.");
    assert_eq!(got[1].to, ["ana@example.com"]);
}
