use crypto::offload::PoolSettings;
use std::sync::{Arc, mpsc};
use testkit::prelude::*;
use tokio::sync::Notify;

/// Jobs that may wait for a thread of the password lane.
const QUEUE: usize = 20;

/// Every thread of the password lane stands still while the flood comes, so that it meets a full queue however fast the
/// machine is; and while it stands still, everybody else is served.
#[cognate_test(once)] // a flood, and no race for one thing
async fn rl_14_rl_18_a_flood_of_passwords_is_answered_or_turned_away_and_others_are_served_meanwhile(_app: App) {
    let mut lanes = PoolSettings::for_cores(2);
    lanes.passwords.queue_max = QUEUE;
    // Whoever waits is not turned away for the time this test takes.
    lanes.passwords.deadline = Duration::from_secs(60);
    let small = App::start_on("flood", lanes, |_| {}).await;
    let pool = small.pool().with_user("ana", testkit::PASSWORD).await;
    for number in 0..10 {
        pool.confirmed(&format!("person{number}"), testkit::PASSWORD).await;
    }
    let tokens = small.sign_in(&pool, "ana", testkit::PASSWORD).await.expect_tokens();

    let crypto = small.directory().accounts.crypto.clone();
    let (gates, held): (Vec<mpsc::Sender<()>>, Vec<_>) = (0..crypto.stats().passwords.threads)
        .map(|_| {
            let (gate, closed) = mpsc::channel();
            let crypto = crypto.clone();
            (gate, tokio::spawn(async move { crypto.password(move || closed.recv()).await }))
        })
        .unzip();
    let flooded = pool.clone();
    let flood = tokio::spawn(race(300, move |number| {
        let pool = flooded.clone();
        async move { pool.sign_in(&format!("person{}", number % 10), testkit::PASSWORD).await }
    }));
    for _ in 0..2_000 {
        if crypto.stats().passwords.queued == QUEUE {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(crypto.stats().passwords.queued, QUEUE, "the flood fills the queue");
    for _ in 0..20 {
        pool.refresh(&tokens["RefreshToken"]).await.expect_tokens();
        small.get(&format!("/{}/.well-known/jwks.json", pool.id)).await.expect_ok();
    }
    assert_eq!(crypto.stats().passwords.queued, QUEUE, "and they were served while it was full");
    drop(gates);

    let answers = flood.await.unwrap();
    let told = |code: &str| answers.iter().filter(|answer| answer.code() == code).count();
    let (served, busy) = (answers.iter().filter(|answer| answer.is_ok()).count(), told("TooManyRequestsException"));
    assert!(served >= 1, "whoever had a place in the queue signs in");
    assert!(busy >= 1, "whoever found none is told at once");
    // Many at once under one name look like guesses until the first is proved: the lock is an answer too.
    assert_eq!(served + busy + told("NotAuthorizedException"), answers.len(), "{answers:?}");
    for held in held {
        held.await.unwrap().unwrap().unwrap_err();
    }
    small.advance(Duration::from_secs(900));
    small.sign_in(&pool, "person0", testkit::PASSWORD).await.expect_tokens();
    small.stop().await;
}

/// Somebody has the only connection to the database for as long as they please.
#[cognate_test]
async fn rl_14_a_busy_database_is_told_as_such_to_signed_calls_too_and_is_no_outage(app: App) {
    let Some(node) = app.node_of_one_connection().await else { return };
    let pool = app.identity_pool().with_guests().classic().await;
    let issued = pool.open_id_token(&pool.guest().await, &json!({})).await.expect_ok();
    let token = issued["Token"].as_str().unwrap();
    let web = [("RoleArn", pool.guest.arn.as_str()), ("RoleSessionName", "guest"), ("WebIdentityToken", token)];

    let (taken, given_back) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, awaited, store) = (taken.clone(), given_back.clone(), node.store().clone());
    let holder = tokio::spawn(async move {
        let held = store::work!(|tx, told, awaited| -> model::Refusal {
            tx.pools().get(&kernel::UserPoolId::parse("eu-west-1_AbCdEfGhI").unwrap()).await?;
            told.notify_one();
            awaited.notified().await;
            Ok(())
        });
        store.read(held).await.unwrap();
    });
    taken.notified().await;
    let signed = [
        node.call("ListUserPools", json!({ "MaxResults": 1 })).await,
        node.identity("ListIdentityPools", json!({ "MaxResults": 1 })).await,
    ];
    let query = [
        node.query(Service::Iam, "ListUsers", &[]).await,
        node.query(Service::Sts, "AssumeRoleWithWebIdentity", &web).await,
    ];
    given_back.notify_one();
    holder.await.unwrap();
    assert_eq!(query.map(|answer| answer.error()), ["Throttling", "Throttling"]);
    for answer in signed {
        answer.expect_fault("TooManyRequestsException", "Too many requests");
    }

    node.call("ListUserPools", json!({ "MaxResults": 1 })).await.expect_ok();
    node.query(Service::Iam, "ListUsers", &[]).await.expect_ok();
    node.query(Service::Sts, "AssumeRoleWithWebIdentity", &web).await.expect_ok();
    node.stop().await;
}
