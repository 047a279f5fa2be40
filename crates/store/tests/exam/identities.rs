//! Identities and their logins.

use crate::identity_pools::{account, pool, pool_id};
use kernel::{IdentityId, IdentityPoolId, Time};
use model::{DomainEvent, EventKind, Identity, IdentityState, Known, Login, USE_STEP};
use std::time::Duration;
use store::testing::fresh_database;
use store::{IdentityFilter, Store, StoreError, Tx, work};
use uuid::Uuid;

const GOOGLE: &str = "accounts.google.com";
const OURS: &str = "login.example";
const MADE: Time = Time::from_secs(1_000);
const LATER: Time = Time::from_secs(2_000);

fn id(n: u32) -> IdentityId {
    IdentityId::parse(&format!("eu-west-1:{n:08x}-1111-4000-8000-000000000000")).unwrap()
}

fn guest(n: u32) -> Identity {
    Identity::new(id(n), pool_id(1), account(), true, MADE)
}

fn login(provider: &str, subject: &str) -> Login {
    Login { provider: provider.into(), subject: subject.into(), developer: provider == OURS }
}

/// A person: made as a guest and linked.
async fn person(tx: &mut Tx, n: u32, logins: &[Login]) -> Result<(), StoreError> {
    assert!(tx.identities().insert(&guest(n)).await?);
    tx.identities().link(&pool_id(1), &id(n), logins, LATER).await
}

async fn with_pool() -> store::testing::TestDatabase {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| for n in 1..=2 {
        tx.identity_pools().insert(&pool(n)).await?;
    });
    database
}

#[tokio::test]
async fn id_05_an_identity_comes_back_as_it_was_written_while_its_pool_is_there() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        assert!(tx.identities().insert(&guest(1)).await?);
        assert_eq!(tx.identities().get(&id(1)).await?, Some(guest(1)));
        let known = Known { identity: guest(1), logins: Vec::new() };
        assert_eq!(tx.identities().get_known(&id(1)).await?, Some(known));
        assert_eq!(tx.identities().get(&id(2)).await?, None);
        assert_eq!(tx.identities().get_known(&id(2)).await?, None);
        let homeless = Identity { pool: pool_id(7), ..guest(7) };
        assert!(!tx.identities().insert(&homeless).await?, "there is no such pool");
        assert_eq!(tx.identities().get(&id(7)).await?, None);
        tx.identity_pools().delete(&pool_id(1)).await?;
        assert_eq!(tx.identities().get(&id(1)).await?, None, "though its row is still there");
        assert_eq!(tx.identities().get_known(&id(1)).await?, None);
    });
    let twice = store.write(work!(|tx| -> StoreError {
        tx.identity_pools().insert(&pool(1)).await?;
        tx.identities().insert(&guest(1)).await
    }));
    assert!(matches!(twice.await, Err(StoreError::Taken(_))));
}

#[tokio::test]
async fn id_33_where_an_identity_stands_is_seen_at_once_by_the_node_that_changed_it() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        person(tx, 1, &[login(GOOGLE, "a"), login("x.example", "a")]).await?;
        for n in 2..=3 {
            assert!(tx.identities().insert(&guest(n)).await?);
        }
    });
    let stands = async |n| store.identity_generation(&id(n)).await.unwrap().map(|kept| *kept);
    assert_eq!([stands(1).await, stands(2).await], [Some(1), Some(0)]);
    let kept = store.identity_generation(&id(3)).await.unwrap().unwrap();
    write!(store, |tx| assert!(tx.identities().unlink(&pool_id(1), &id(1), &login(GOOGLE, "a"), LATER).await?));
    assert_eq!(stands(1).await, Some(2));
    write!(store, |tx| assert!(tx.identities().disable(&id(1), None, LATER).await?));
    assert_eq!(stands(1).await, None);
    write!(store, |tx| tx.identities().link(&pool_id(1), &id(2), &[login(GOOGLE, "b")], LATER).await?);
    assert_eq!(stands(2).await, Some(1));
    write!(store, |tx| assert!(tx.identities().delete(&id(2)).await?));
    assert_eq!(stands(2).await, None);
    let again = store.identity_generation(&id(3)).await.unwrap().unwrap();
    assert!(std::sync::Arc::ptr_eq(&kept, &again), "of another nothing was forgotten");
}

#[tokio::test]
async fn id_08_a_login_leads_to_its_identity_with_all_its_logins() {
    let database = with_pool().await;
    let store = database.store();
    // As long as identifiers may be, four bytes a character, and with what Postgres cannot hold.
    let long = login(OURS, &"\u{1F600}\0".repeat(512));
    write!(store, |tx, long| {
        let (a, x) = (login(GOOGLE, "a"), login("x.example", "a"));
        person(tx, 1, &[x.clone(), a.clone()]).await?;
        person(tx, 2, &[long.clone(), login(OURS, "two")]).await?;
        // A guest that becomes somebody is another as far as sessions go.
        let expected = Identity { guest: false, updated: LATER, generation: 1, ..guest(1) };
        let one = Known { identity: expected, logins: vec![a.clone(), x.clone()] };
        assert_eq!(tx.identities().get_known(&id(1)).await?.as_ref(), Some(&one));
        assert_eq!(tx.identities().logins_of(&id(1)).await?, one.logins);
        let both = tx.identities().owners_of(&pool_id(1), &[a.clone(), x.clone()]).await?;
        assert_eq!(both.as_slice(), std::slice::from_ref(&one), "one identity, once");
        let owners = tx.identities().owners_of(&pool_id(1), &[login(GOOGLE, "z"), long.clone(), x.clone()]).await?;
        assert_eq!(owners.iter().map(|o| o.identity.id.clone()).collect::<Vec<_>>(), [id(2), id(1)]);
        assert_eq!(tx.identities().owner_of(&pool_id(1), &x).await?, Some(one));
        let nobodys = [
            (pool_id(2), a.clone()),
            (pool_id(1), login(GOOGLE, "b")),
            (pool_id(1), login("y.example", "a")),
            (pool_id(1), Login { developer: true, ..a }),
            (pool_id(1), login("x\0", "a")),
        ];
        for (pool, login) in nobodys {
            assert_eq!(tx.identities().owner_of(&pool, &login).await?, None, "{login:?}");
        }
    });
}

#[tokio::test]
async fn id_17_a_login_is_one_identitys_and_an_identity_has_one_subject_of_a_public_provider() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        person(tx, 1, &[login(GOOGLE, "a"), login(OURS, "one"), login(OURS, "two")]).await?;
        assert!(tx.identities().insert(&guest(2)).await?);
        // The same subject in another pool is somebody else.
        let elsewhere = Identity { pool: pool_id(2), ..guest(3) };
        assert!(tx.identities().insert(&elsewhere).await?);
        tx.identities().link(&pool_id(2), &id(3), &[login(GOOGLE, "a")], LATER).await?;
    });
    for (to, wanted) in [(id(2), login(GOOGLE, "a")), (id(2), login(OURS, "one")), (id(1), login(GOOGLE, "b"))] {
        let said = format!("{wanted:?}");
        let refused = store.write(work!(|tx, to, wanted| -> StoreError {
            tx.identities().link(&pool_id(1), to, std::slice::from_ref(wanted), LATER).await
        }));
        // Run again as often as collisions are, and found the same each time.
        assert!(matches!(refused.await, Err(StoreError::Busy | StoreError::Conflict)), "{said}");
    }
    write!(store, |tx| {
        assert_eq!(tx.identities().get(&id(2)).await?, Some(guest(2)), "nothing changed");
        assert_eq!(tx.identities().logins_of(&id(1)).await?.len(), 3);
    });
}

#[tokio::test]
async fn id_16_a_merge_carries_logins_over_and_disables() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        person(tx, 1, &[login(OURS, "one")]).await?;
        person(tx, 2, &[login(GOOGLE, "a"), login(OURS, "two")]).await?;
        assert_eq!(tx.identities().move_logins(&id(1), &id(2), LATER).await?, 1);
        assert!(tx.identities().disable(&id(1), Some(&id(2)), LATER).await?);
        assert!(!tx.identities().disable(&id(1), None, LATER).await?, "it was off");
        assert!(!tx.identities().disable(&id(9), None, LATER).await?);
        let known = tx.identities().get_known(&id(1)).await?.unwrap();
        assert_eq!((known.identity.state, known.identity.generation), (IdentityState::Disabled, 2));
        assert_eq!(known.identity.merged_into, Some(id(2)));
        assert!(!known.identity.guest && known.logins.is_empty());
        let owner = tx.identities().owner_of(&pool_id(1), &login(OURS, "one")).await?.unwrap();
        assert_eq!((owner.identity.id, owner.identity.generation, owner.logins.len()), (id(2), 1, 3));
    });
}

#[tokio::test]
async fn id_16_an_identity_that_was_merged_leads_to_the_one_that_is_left_in_the_end() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=4 {
            tx.identities().insert(&guest(n)).await?;
        }
        for n in 1..=3 {
            tx.identities().disable(&id(n), Some(&id(n + 1)), LATER).await?;
        }
        for n in 1..=3 {
            let known = tx.identities().get_known(&id(n)).await?.unwrap();
            assert_eq!(known.identity.merged_into, Some(id(4)), "{n}");
        }
        assert_eq!(tx.identities().get(&id(1)).await?.unwrap().merged_into, Some(id(2)), "the row says where it went");
        assert_eq!(tx.identities().get_known(&id(4)).await?.unwrap().identity.merged_into, None);
        tx.identities().delete(&id(3)).await?;
        let known = tx.identities().get_known(&id(1)).await?.unwrap();
        assert_eq!(known.identity.merged_into, Some(id(3)), "to nobody, when the way is broken");
    });
}

#[tokio::test]
async fn id_24_an_unlinked_login_is_nobodys_and_the_identity_no_guest() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        let (a, x) = (login(GOOGLE, "a"), login("x.example", "x"));
        person(tx, 1, &[a.clone(), x.clone()]).await?;
        person(tx, 2, &[login(GOOGLE, "b")]).await?;
        let refused = [(id(1), login(GOOGLE, "b")), (id(2), a.clone()), (id(1), login("\0", "a"))];
        for (of, login) in refused {
            assert!(!tx.identities().unlink(&pool_id(1), &of, &login, LATER).await?, "{login:?} is not {of}'s");
        }
        assert_eq!(tx.identities().get(&id(1)).await?.unwrap().generation, 1);
        for (n, login) in [(2, &a), (3, &x)] {
            assert!(tx.identities().unlink(&pool_id(1), &id(1), login, Time::from_secs(3_000)).await?);
            assert_eq!(tx.identities().owner_of(&pool_id(1), login).await?, None);
            let left = tx.identities().get(&id(1)).await?.unwrap();
            assert_eq!((left.generation, left.guest, left.enabled()), (n, false, true));
            assert_eq!(left.updated, Time::from_secs(3_000));
        }
        assert_eq!(tx.identities().owner_of(&pool_id(1), &login(GOOGLE, "b")).await?.unwrap().identity.id, id(2));
    });
}

async fn shown(store: &Store, filter: &IdentityFilter, limit: u32) -> Vec<Known> {
    let mut seen: Vec<Known> = Vec::new();
    loop {
        let (after, filter) = (seen.last().map(|known| known.identity.id.to_string()), filter.clone());
        let page = read!(store, |tx, after, filter, limit| {
            tx.identities().list(&pool_id(1), filter, after.as_deref(), *limit).await?
        });
        assert!(page.items.len() <= limit as usize);
        seen.extend(page.items);
        if !page.more {
            return seen;
        }
    }
}

#[tokio::test]
async fn id_16_identities_are_listed_in_pages_with_their_logins_and_disabled_ones_may_be_hidden() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=3 {
            let mine = [login(GOOGLE, &n.to_string()), login(OURS, &format!("a{n}")), login(OURS, &format!("b{n}"))];
            person(tx, n, &mine).await?;
        }
        for n in 4..=6 {
            tx.identities().insert(&guest(n)).await?;
        }
        for n in [2, 5] {
            tx.identities().disable(&id(n), None, LATER).await?;
        }
        tx.identities().insert(&Identity { pool: pool_id(2), ..guest(7) }).await?;
    });
    let of = |provider: &str, developer| IdentityFilter::Of { provider: provider.into(), developer };
    for limit in [1, 2, 3, 60] {
        for (filter, expected) in [
            (IdentityFilter::All, vec![1, 2, 3, 4, 5, 6]),
            (IdentityFilter::Enabled, vec![1, 3, 4, 6]),
            (of(GOOGLE, false), vec![1, 2, 3]),
            (of(OURS, true), vec![1, 2, 3]),
            (of(OURS, false), vec![]),
            (of("x\0", false), vec![]),
        ] {
            let found = shown(&store, &filter, limit).await;
            let ids: Vec<IdentityId> = found.iter().map(|known| known.identity.id.clone()).collect();
            assert_eq!(ids, expected.into_iter().map(id).collect::<Vec<_>>(), "{filter:?} by {limit}");
            assert!(found.iter().all(|known| known.logins.len() == if known.identity.id <= id(3) { 3 } else { 0 }));
        }
    }
}

#[tokio::test]
async fn id_23_a_developers_identifiers_are_listed_in_pages() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        let mine = ["c", "a", "b"].map(|name| login(OURS, name));
        person(tx, 1, &mine).await?;
        tx.identities().link(&pool_id(1), &id(1), &[login(GOOGLE, "aa")], LATER).await?;
        let first = tx.identities().list_identifiers(&id(1), OURS, None, 2).await?;
        assert_eq!((first.items.as_slice(), first.more), (["a".to_owned(), "b".to_owned()].as_slice(), true));
        let last = tx.identities().list_identifiers(&id(1), OURS, Some("b"), 2).await?;
        assert_eq!((last.items.as_slice(), last.more), (["c".to_owned()].as_slice(), false));
        assert!(tx.identities().list_identifiers(&id(1), GOOGLE, None, 2).await?.items.is_empty(), "no developer's");
    });
}

#[tokio::test]
async fn id_33_a_deleted_identity_leaves_nothing_and_its_login_is_free() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        let a = [login(GOOGLE, "a")];
        person(tx, 1, &a).await?;
        assert!(tx.identities().delete(&id(1)).await?);
        assert!(!tx.identities().delete(&id(1)).await?);
        assert_eq!(tx.identities().get(&id(1)).await?, None);
        assert!(tx.identities().logins_of(&id(1)).await?.is_empty());
        person(tx, 2, &a).await?;
        assert_eq!(tx.identities().owner_of(&pool_id(1), &a[0]).await?.unwrap().identity.id, id(2));
    });
}

#[tokio::test]
async fn guests_that_nobody_uses_are_found_and_a_use_is_noted_once_an_hour() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=4 {
            let used = MADE + Duration::from_secs(n.into());
            tx.identities().insert(&Identity { used, ..guest(n) }).await?;
        }
        person(tx, 5, &[login(GOOGLE, "a")]).await?;
        tx.identities().link(&pool_id(1), &id(4), &[login(GOOGLE, "b")], LATER).await?;
        tx.identities().disable(&id(3), None, LATER).await?;
        let soon = MADE + Duration::from_secs(60);
        tx.identities().touch(&id(1), soon).await?;
        assert_eq!(tx.identities().get(&id(1)).await?.unwrap().used, MADE + Duration::from_secs(1), "too soon");
        let idle = tx.identities().idle_guests(MADE + USE_STEP, 9).await?;
        assert_eq!(
            idle.iter().map(|i| i.id.clone()).collect::<Vec<_>>(),
            [id(1), id(2)],
            "neither people nor disabled"
        );
        assert_eq!(tx.identities().idle_guests(MADE + USE_STEP, 1).await?.len(), 1);
        assert_eq!(tx.identities().idle_guests(MADE + Duration::from_secs(2), 9).await?.len(), 1);
        let then = MADE + USE_STEP + Duration::from_secs(1);
        tx.identities().touch(&id(1), then).await?;
        assert_eq!(tx.identities().get(&id(1)).await?.unwrap().used, then);
        tx.identities().touch(&id(5), then).await?;
        assert_eq!(tx.identities().get(&id(5)).await?.unwrap().used, MADE, "people do not expire");
        assert_eq!(tx.identities().idle_guests(then, 9).await?.len(), 1);
    });
}

#[tokio::test]
async fn identities_that_lost_their_last_login_are_found_by_when_they_did() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=4 {
            person(tx, n, &[login(GOOGLE, &n.to_string()), login("x.example", &n.to_string())]).await?;
            let (google, other) = (login(GOOGLE, &n.to_string()), login("x.example", &n.to_string()));
            let at = |secs: u32| LATER + Duration::from_secs((secs + n).into());
            assert!(tx.identities().unlink(&pool_id(1), &id(n), &google, at(10)).await?);
            if n > 1 {
                assert!(tx.identities().unlink(&pool_id(1), &id(n), &other, at(20)).await?);
            }
        }
        tx.identities().link(&pool_id(1), &id(4), &[login(GOOGLE, "b")], LATER).await?;
        let at = |secs| LATER + Duration::from_secs(secs);
        let left: Vec<IdentityId> =
            tx.identities().left_behind(at(99), 9).await?.into_iter().map(|row| row.id).collect();
        assert_eq!(left, [id(2), id(3)], "one has a login left, and one again");
        assert_eq!(tx.identities().left_behind(at(99), 1).await?.len(), 1);
        assert_eq!(tx.identities().left_behind(at(23), 9).await?.len(), 1);
        tx.identities().disable(&id(2), None, at(30)).await?;
        assert_eq!(tx.identities().left_behind(at(99), 9).await?.len(), 1);
    });
}

#[tokio::test]
async fn what_happened_is_told_in_order_and_forgotten_after_a_month() {
    let database = with_pool().await;
    let store = database.store();
    let event = |n: u32, kind| DomainEvent {
        id: Uuid::from_u128(u128::from(n)),
        account: account(),
        pool: pool_id(1),
        kind,
        at: Time::from_secs(i64::from(n / 10)),
    };
    let providers = vec![GOOGLE.to_owned()];
    let all = vec![
        event(10, EventKind::Created { identity: id(1), providers: Vec::new() }),
        event(11, EventKind::Linked { identity: id(1), providers: providers.clone() }),
        event(20, EventKind::Unlinked { identity: id(1), providers }),
        event(21, EventKind::Merged { identity: id(1), into: id(2) }),
        event(30, EventKind::Deleted { identity: id(2) }),
        event(31, EventKind::PoolDeleted),
    ];
    let told = all.clone();
    write!(store, |tx, told| {
        for event in told.iter().rev() {
            tx.domain_events().append(event).await?;
        }
        let foreign = DomainEvent { pool: pool_id(2), ..told[0].clone() };
        tx.domain_events().append(&foreign).await?;
    });
    for limit in [1, 4, 60] {
        let mut seen: Vec<DomainEvent> = Vec::new();
        loop {
            let after = seen.last().map(|event| (event.at, event.id));
            let page = read!(store, |tx, after, limit| {
                let after = after.as_ref().map(|(at, id)| (*at, id));
                tx.domain_events().list(&pool_id(1), after, *limit).await?
            });
            seen.extend(page.items);
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, all, "by {limit}");
    }
    let month = Duration::from_secs(30 * 24 * 3600);
    for (at, gone) in [(0, 0), (1, 2), (1, 1), (1, 0), (2, 2), (3, 2), (9, 0)] {
        assert_eq!(store.sweep(Time::from_secs(at) + month, 2).await.unwrap(), gone, "second {at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn id_18_sixty_four_who_link_one_login_at_once_make_one_identity() {
    let database = with_pool().await;
    let store = database.store();
    let askers: Vec<_> = (0..64)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                loop {
                    let found = store.write(work!(|tx, n| -> StoreError {
                        let a = login(GOOGLE, "a");
                        if let Some(owner) = tx.identities().owner_of(&pool_id(1), &a).await? {
                            return Ok(owner.identity.id);
                        }
                        person(tx, 100 + n, std::slice::from_ref(&a)).await?;
                        Ok(id(100 + n))
                    }));
                    match found.await {
                        Ok(id) => return id,
                        Err(StoreError::Busy) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            })
        })
        .collect();
    let mut found = std::collections::BTreeSet::new();
    for asker in askers {
        found.insert(asker.await.unwrap());
    }
    assert_eq!(found.len(), 1);
    assert_eq!(shown(&store, &IdentityFilter::All, 60).await.len(), 1, "and none is left over");
}

#[tokio::test]
async fn a_deleted_pools_identities_are_carried_away_in_bounded_steps_and_nobody_elses() {
    let database = with_pool().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=5 {
            person(tx, n, &[login(GOOGLE, &n.to_string()), login(OURS, &n.to_string())]).await?;
        }
        let elsewhere = Identity { pool: pool_id(2), ..guest(6) };
        tx.identities().insert(&elsewhere).await?;
        tx.identities().link(&pool_id(2), &id(6), &[login(GOOGLE, "1")], LATER).await?;
        assert!(tx.identity_pools().delete(&pool_id(1)).await?);
    });
    for expected in [4, 4, 2, 4, 1, 1, 0] {
        assert_eq!(store.sweep(LATER, 4).await.unwrap(), expected, "ten logins, five identities, the mark");
    }
    let left = read!(store, |tx| {
        let sql = "SELECT (SELECT count(*) FROM identities), (SELECT count(*) FROM identity_logins), \
            (SELECT count(*) FROM doomed_identity_pools)";
        let mut row = tx.row(sql, &[]).await?.unwrap();
        (row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?)
    });
    assert_eq!(left, (1, 1, 0));
    let other: IdentityPoolId = pool_id(2);
    let owner = read!(store, |tx, other| tx.identities().owner_of(other, &login(GOOGLE, "1")).await?);
    assert_eq!(owner.unwrap().identity.id, id(6));
}
