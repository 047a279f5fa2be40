use crate::given;
use kernel::{ClientId, Time};
use model::{Attempts, Code, CodePurpose, Family, RetiredPassword};
use std::time::Duration;
use store::NameKind;
use store::testing::fresh_database;
use uuid::Uuid;

const NOW: Time = Time::from_secs(10_000);
/// A row stays for so much longer than it is good for: the clocks of two nodes differ.
const MARGIN: Duration = Duration::from_secs(600);

#[tokio::test]
async fn what_expired_goes_in_bounded_steps_and_what_has_not_stays() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let pool = given::pool_id();
        for n in 0..5u8 {
            tx.spent().take(&pool, &[n], NOW).await?;
        }
        tx.spent().take(&pool, b"fresh", NOW + Duration::from_millis(1)).await?;
        let old = Attempts::default().take_password(Time::from_secs(1)).unwrap();
        tx.attempts().save(&pool, b"old", &old).await?;
        tx.attempts().save(&pool, b"new", &Attempts { last: NOW, ..old }).await?;
        tx.counters().raise(&pool, "ana", "mail", Time::from_secs(1), Duration::from_secs(1)).await?;
    });
    let then = NOW + MARGIN;
    assert_eq!(store.sweep(then, 2).await.unwrap(), 4, "two nonces, one attempt row, one counter");
    assert_eq!(store.sweep(then, 2).await.unwrap(), 2);
    assert_eq!(store.sweep(then, 2).await.unwrap(), 1);
    assert_eq!(store.sweep(then, 2).await.unwrap(), 0);
    write!(store, |tx| {
        let pool = given::pool_id();
        assert!(!tx.spent().take(&pool, b"fresh", NOW).await?, "not expired, still used");
        assert_eq!(tx.attempts().get_for_update(&pool, b"new").await?.password_failures, 1);
        assert_eq!(tx.attempts().get_for_update(&pool, b"old").await?.password_failures, 0);
    });
}

#[tokio::test]
async fn au_9_a_session_that_expired_30_s_ago_is_still_used_for_a_node_whose_clock_is_behind() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| assert!(tx.spent().take(&given::pool_id(), b"session", NOW).await?));
    for seconds in [30, 599] {
        assert_eq!(store.sweep(NOW + Duration::from_secs(seconds), 10).await.unwrap(), 0, "{seconds} s later");
        write!(store, |tx| assert!(!tx.spent().take(&given::pool_id(), b"session", NOW).await?, "good again"));
    }
    assert_eq!(store.sweep(NOW + MARGIN, 10).await.unwrap(), 1, "and nothing is kept for ever");
}

#[tokio::test]
async fn an_hourly_limit_and_a_code_are_not_forgotten_by_a_clock_that_is_ahead() {
    let database = fresh_database().await;
    let store = database.store();
    const HOUR: Duration = Duration::from_secs(3600);
    let code = Code {
        pool: given::pool_id(),
        sub: given::sub(1),
        purpose: CodePurpose::ForgotPassword,
        attribute: "email".into(),
        hash: vec![1; 32],
        created: NOW,
        expires: NOW + HOUR,
    };
    let saved = code.clone();
    write!(store, |tx, saved| {
        tx.counters().raise(&saved.pool, "ana", "mail", NOW, HOUR).await?;
        tx.codes().save(saved).await?;
    });
    assert_eq!(store.sweep(NOW + HOUR + Duration::from_secs(30), 10).await.unwrap(), 0);
    let (times, found) = read!(store, |tx| {
        let (pool, behind) = (given::pool_id(), NOW + HOUR - Duration::from_secs(1));
        let times = tx.counters().get(&pool, "ana", "mail", behind).await?;
        (times, tx.codes().get(&pool, &given::sub(1), CodePurpose::ForgotPassword, "email").await?)
    });
    assert_eq!((times, found), (1, Some(code)));
    assert_eq!(store.sweep(NOW + HOUR + MARGIN, 10).await.unwrap(), 2);
}

#[tokio::test]
async fn tk_19_a_family_stays_until_the_last_access_token_of_it_has_ended() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let family = Family {
            pool: given::pool_id(),
            id: Uuid::from_u128(1),
            sub: given::sub(1),
            client: ClientId::parse("client1").unwrap(),
            user_generation: 0,
            revoked: true,
            auth_time: NOW,
            event_id: Uuid::from_u128(2),
            token_hash: vec![1; 32],
            sequence: 0,
            replaced: Vec::new(),
            expires: NOW,
        };
        tx.families().insert(&family).await?;
    });
    let day = Duration::from_secs(24 * 3600);
    // A refresh one moment before the end drew an access token for the longest time there is.
    assert_eq!(store.sweep(NOW + day + MARGIN - Duration::from_millis(1), 2).await.unwrap(), 0);
    assert!(read!(store, |tx| tx.families().get(&given::pool_id(), &Uuid::from_u128(1)).await?).unwrap().revoked);
    assert_eq!(store.sweep(NOW + day + MARGIN, 2).await.unwrap(), 1);
}

#[tokio::test]
async fn a_deleted_groups_members_are_carried_away_in_bounded_steps_and_nobody_elses() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=2 {
            tx.groups().insert(&given::group(n)).await?;
            for person in 1..=5 {
                tx.groups().join(&given::group(n), &given::sub(person)).await?;
            }
        }
        assert!(tx.groups().delete(&given::pool_id(), "group0001", NOW).await?);
    });
    for expected in [2, 2, 1, 1, 0] {
        assert_eq!(store.sweep(NOW, 2).await.unwrap(), expected, "five members and the mark");
    }
    write!(store, |tx| for person in 1..=5 {
        assert!(!tx.groups().leave(&given::group(1), &given::sub(person)).await?);
        assert!(tx.groups().leave(&given::group(2), &given::sub(person)).await?);
    });
}

#[tokio::test]
async fn a_deleted_pool_is_gone_at_once_and_its_rows_follow() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let pool = given::pool_id();
        tx.pools().insert(&given::pool(pool.as_str())).await?;
        tx.clients().insert(&given::client("client1")).await?;
        for n in 1..=5 {
            tx.users().insert(&given::user(n)).await?;
            tx.names().claim(&pool, NameKind::Username, &format!("user{n}"), &given::sub(n)).await?;
            tx.pending().save(&pool, &given::sub(n), "email", "new@example.com", NOW).await?;
            // None of these would end by itself today.
            tx.spent().take(&pool, &[n as u8], NOW + Duration::from_secs(9)).await?;
            let failed = Attempts::default().take_password(NOW).unwrap();
            tx.attempts().save(&pool, &[n as u8], &failed).await?;
            let retired = RetiredPassword {
                pool: pool.clone(),
                sub: given::sub(n),
                generation: RetiredPassword::key(1),
                sealed: vec![1],
                retired: NOW,
            };
            tx.password_history().save(&retired).await?;
            tx.counters().raise(&pool, &format!("user{n}"), "mail", NOW, Duration::from_secs(9)).await?;
            tx.groups().insert(&given::group(n)).await?;
            tx.groups().join(&given::group(n), &given::sub(n)).await?;
        }
        tx.groups().delete(&pool, "group0005", NOW).await?;
        assert!(tx.pools().delete(&pool, NOW).await?);
        assert!(!tx.pools().delete(&pool, NOW).await?);
        assert!(tx.pools().get(&pool).await?.is_none());
        assert!(tx.clients().get_anywhere(&given::client("client1").id).await?.is_none());
    });
    let mut rounds = 0;
    while store.sweep(NOW, 2).await.unwrap() > 0 {
        rounds += 1;
    }
    assert!(rounds > 5, "in steps of two");
    let left: i64 = read!(store, |tx| {
        let sql = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM names) \
            + (SELECT count(*) FROM spent) + (SELECT count(*) FROM attempts) + (SELECT count(*) FROM counters) \
            + (SELECT count(*) FROM pending_attributes) + (SELECT count(*) FROM password_history) \
            + (SELECT count(*) FROM user_count_changes) \
            + (SELECT count(*) FROM groups) + (SELECT count(*) FROM group_members) \
            + (SELECT count(*) FROM doomed_groups) + (SELECT count(*) FROM doomed_pools)";
        tx.row(sql, &[]).await?.unwrap().get(0)?
    });
    assert_eq!(left, 0);
}
