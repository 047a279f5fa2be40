//! Users, names, credentials, codes, families.

use crate::given;
use kernel::{ClientId, Sub, Time};
use model::{Code, CodePurpose, Credential, Family, Refusal, RetiredPassword, User};
use store::testing::fresh_database;
use store::{NameKind, SearchColumn, Store, StoreError, UserFilter, work};
use uuid::Uuid;

#[tokio::test]
async fn a_person_comes_back_as_written_attributes_in_order() {
    let database = fresh_database().await;
    let store = database.store();
    let user = given::user(1);
    let stored = user.clone();
    write!(store, |tx, stored| tx.users().insert(stored).await?);
    let found = read!(store, |tx| tx.users().get(&given::pool_id(), &given::sub(1)).await?).unwrap();
    assert_eq!(found, user);
    assert_eq!(found.attributes.keys().collect::<Vec<_>>(), ["zoneinfo", "email"]);

    let mut changed = user.confirm(Some("email"), Time::from_secs(300)).disable(Time::from_secs(400));
    changed.attributes.insert("custom:team".into(), "blue".into());
    let written = changed.clone();
    assert!(write!(store, |tx, written| tx.users().save(written).await?));
    let found = write!(store, |tx| tx.users().get_for_update(&given::pool_id(), &given::sub(1)).await?).unwrap();
    assert_eq!(found, changed);
    let refusal =
        store.write(work!(|tx| -> Refusal { tx.users().require(&given::pool_id(), &given::sub(2)).await })).await;
    assert!(matches!(refusal, Err(Refusal::NoSuchUser)));
    let outcome = store.write(work!(|tx| -> StoreError { tx.users().insert(&given::user(1)).await })).await;
    assert!(matches!(outcome, Err(StoreError::Taken(_))));
}

#[tokio::test]
async fn st_11_next_to_an_id_that_is_nobody_s_stands_the_next_person_of_the_pool() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        for n in [1, 3] {
            tx.users().insert(&given::user(n)).await?;
        }
    });
    let mut next = Vec::new();
    for n in 0..4 {
        let found = read!(store, |tx, n| tx.users().next_after(&given::pool_id(), &given::sub(*n)).await?);
        next.push(found.map(|user| user.sub));
    }
    assert_eq!(next, [Some(given::sub(1)), Some(given::sub(3)), Some(given::sub(3)), None]);
}

#[tokio::test]
async fn a_person_who_goes_takes_everything_along() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, sub) = (given::pool_id(), given::sub(1));
        tx.users().insert(&given::user(1)).await?;
        tx.names().claim(&pool, NameKind::Username, "user1", &sub).await?;
        tx.credentials().save(&credential(1, 0)).await?;
        tx.password_history().save(&retired(1, 1)).await?;
        tx.codes().save(&code("email", 1)).await?;
        tx.pending().save(&pool, &sub, "email", "new@example.com", Time::from_secs(1)).await?;
        tx.families().insert(&family(1)).await?;
        tx.groups().insert(&given::group(1)).await?;
        tx.groups().join(&given::group(1), &sub).await?;
        assert!(tx.users().delete(&pool, &sub).await?);
        assert!(!tx.users().delete(&pool, &sub).await?);
        assert!(tx.names().list(&pool, "user1").await?.is_empty());
        assert!(tx.credentials().get(&pool, &sub).await?.is_none());
        assert!(tx.password_history().list(&pool, &sub, 10).await?.is_empty());
        assert!(tx.codes().list(&pool, &sub, CodePurpose::SignUp).await?.is_empty());
        assert!(tx.pending().get(&pool, &sub, "email").await?.is_none());
        assert!(tx.families().get(&pool, &Uuid::from_u128(1)).await?.is_none());
        assert!(!tx.groups().leave(&given::group(1), &sub).await?, "the membership went along");
        assert!(tx.groups().get(&pool, "group0001").await?.is_some(), "the group did not");
    });
}

async fn page(store: &Store, filter: &UserFilter, column: SearchColumn, limit: u32) -> Vec<u32> {
    let mut seen = Vec::new();
    let mut last: Option<(String, Sub)> = None;
    loop {
        let (filter, after) = (filter.clone(), last.clone());
        let page = read!(store, |tx, filter, after, limit| {
            let after = after.as_ref().map(|(value, sub)| (value.as_str(), sub));
            tx.users().list(&given::pool_id(), filter, after, *limit).await?
        });
        last = page.items.last().map(|u| (column.of(u).unwrap_or_default().to_owned(), u.sub.clone()));
        seen.extend(page.items.iter().map(|u: &User| u.username.trim_start_matches("user").parse::<u32>().unwrap()));
        if !page.more {
            return seen;
        }
    }
}

#[tokio::test]
async fn up_42_every_search_finds_its_people_once_on_pages_of_any_size() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| for n in 1..=7u32 {
        let mut user = given::user(n);
        if n % 2 == 0 {
            user = user.confirm(None, Time::from_secs(1));
        }
        if n == 3 {
            user = user.disable(Time::from_secs(1));
        }
        user.attributes.insert("name".into(), if n < 5 { "Ana" } else { "Anabel" }.into());
        user.attributes.insert("given_name".into(), format!("g{}", n % 3));
        if n == 6 {
            user.attributes.insert("family_name".into(), "O\"Neil\\".into());
            user.attributes.insert("phone_number".into(), "+15550100".into());
            user.attributes.insert("preferred_username".into(), "six".into());
        }
        tx.users().insert(&user).await?;
    });
    use SearchColumn as C;
    let is = |column, value: &str| (UserFilter::Is(column, value.into()), column);
    let starts = |column, value: &str| (UserFilter::StartsWith(column, value.into()), column);
    let cases = [
        ((UserFilter::All, C::Sub), vec![1, 2, 3, 4, 5, 6, 7]),
        ((UserFilter::Enabled(true), C::Sub), vec![1, 2, 4, 5, 6, 7]),
        ((UserFilter::Enabled(false), C::Sub), vec![3]),
        (is(C::Sub, given::sub(4).as_str()), vec![4]),
        (starts(C::Sub, "00000000-"), vec![1, 2, 3, 4, 5, 6, 7]),
        (is(C::Username, "user4"), vec![4]),
        (is(C::Username, "User4"), vec![]),
        (starts(C::Username, "user"), vec![1, 2, 3, 4, 5, 6, 7]),
        (is(C::Email, "user2@example.com"), vec![2]),
        (starts(C::Email, "user2"), vec![2]),
        (is(C::Name, "Ana"), vec![1, 2, 3, 4]),
        (starts(C::Name, "Ana"), vec![1, 2, 3, 4, 5, 6, 7]),
        (starts(C::Name, "Anab"), vec![5, 6, 7]),
        (starts(C::GivenName, "g"), vec![3, 6, 1, 4, 7, 2, 5]),
        (is(C::GivenName, "g1"), vec![1, 4, 7]),
        (is(C::FamilyName, "O\"Neil\\"), vec![6]),
        (starts(C::PhoneNumber, "+1555"), vec![6]),
        (is(C::PreferredUsername, "six"), vec![6]),
        (is(C::Status, "CONFIRMED"), vec![2, 4, 6]),
        (starts(C::Status, "UN"), vec![1, 3, 5, 7]),
        (starts(C::Name, "Anna"), vec![]),
    ];
    for ((filter, column), expected) in cases {
        for limit in [1, 2, 60] {
            assert_eq!(page(&store, &filter, column, limit).await, expected, "{filter:?} by {limit}");
        }
    }
}

#[tokio::test]
async fn a_zero_byte_in_an_attribute_is_kept_and_never_found() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let mut user = given::user(1);
        user.attributes.insert("name".into(), "a\0b".into());
        tx.users().insert(&user).await?;
        assert!(tx.users().save(&user).await?);
        assert_eq!(tx.users().get(&given::pool_id(), &given::sub(1)).await?, Some(user));
    });
    let filter = UserFilter::StartsWith(SearchColumn::Name, "a\0".into());
    assert!(page(&store, &filter, SearchColumn::Name, 60).await.is_empty());
}

#[tokio::test]
async fn nobody_is_called_by_a_text_with_a_zero_byte() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, strange) = (given::pool_id(), Sub::parse("a\0b").unwrap());
        for kind in NameKind::ALL {
            assert!(!tx.names().claim(&pool, kind, "a\0b", &given::sub(1)).await?);
            assert_eq!(tx.names().get(&pool, kind, "a\0b").await?, None);
            assert!(!tx.names().release(&pool, kind, "a\0b", &given::sub(1)).await?);
        }
        assert_eq!(tx.names().list(&pool, "a\0b").await?, []);
        assert_eq!(tx.users().get(&pool, &strange).await?, None);
        assert_eq!(tx.users().get_for_update(&pool, &strange).await?, None);
        let behind = tx.users().list(&pool, &UserFilter::All, Some(("", &strange)), 1).await?;
        assert!(behind.items.is_empty() && !behind.more);
        assert!(tx.access_keys().get("AKIA\0").await?.is_none());
    });
}

#[tokio::test]
async fn people_are_counted_without_a_row_that_everybody_waits_for() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        for n in 1..=3 {
            tx.users().insert(&given::user(n)).await?;
        }
        tx.users().delete(&given::pool_id(), &given::sub(2)).await?;
    });
    assert_eq!(read!(store, |tx| tx.pools().get_people(&given::pool_id()).await?), 2);
    assert_eq!(store.roll_up_counts(3).await.unwrap(), 3);
    assert_eq!(read!(store, |tx| tx.pools().get_people(&given::pool_id()).await?), 2);
    assert_eq!(store.roll_up_counts(3).await.unwrap(), 1);
    assert_eq!(store.roll_up_counts(3).await.unwrap(), 0);
    assert_eq!(read!(store, |tx| tx.pools().get_people(&given::pool_id()).await?), 2);
}

#[tokio::test]
async fn a_name_belongs_to_one_person_per_kind() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, ana, bob) = (given::pool_id(), given::sub(1), given::sub(2));
        assert!(tx.names().claim(&pool, NameKind::Email, "a@example.com", &ana).await?);
        assert!(tx.names().claim(&pool, NameKind::Email, "a@example.com", &ana).await?, "one's own");
        assert!(!tx.names().claim(&pool, NameKind::Email, "a@example.com", &bob).await?);
        assert!(tx.names().claim(&pool, NameKind::Username, "a@example.com", &bob).await?);
        let list = tx.names().list(&pool, "a@example.com").await?;
        assert_eq!(list, [(NameKind::Email, ana.clone()), (NameKind::Username, bob.clone())]);
        assert_eq!(tx.names().get(&pool, NameKind::Email, "a@example.com").await?, Some(ana.clone()));
        assert_eq!(tx.names().get(&pool, NameKind::PhoneNumber, "a@example.com").await?, None);
        assert!(!tx.names().release(&pool, NameKind::Email, "a@example.com", &bob).await?);
        assert!(tx.names().release(&pool, NameKind::Email, "a@example.com", &ana).await?);
        assert!(tx.names().claim(&pool, NameKind::Email, "a@example.com", &bob).await?);
    });
}

fn credential(n: u32, generation: i64) -> Credential {
    Credential {
        pool: given::pool_id(),
        sub: given::sub(n),
        generation,
        sealed: vec![u8::try_from(generation).unwrap()],
        expires: Some(Time::from_secs(900)),
        set: Time::from_secs(100),
    }
}

#[tokio::test]
async fn a_credential_is_replaced_and_resealed_only_while_it_is_the_same_password() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, sub) = (given::pool_id(), given::sub(1));
        assert!(tx.credentials().get(&pool, &sub).await?.is_none());
        tx.credentials().save(&credential(1, 1)).await?;
        tx.credentials().save(&Credential { expires: None, ..credential(1, 2) }).await?;
        assert!(!tx.credentials().reseal(&pool, &sub, 1, b"old").await?);
        assert!(tx.credentials().reseal(&pool, &sub, 2, b"new").await?);
        let found = tx.credentials().get(&pool, &sub).await?.unwrap();
        assert_eq!((found.generation, found.sealed.as_slice(), found.expires), (2, b"new".as_slice(), None));
        assert_eq!(found.set, Time::from_secs(100));
        assert_eq!(tx.credentials().get_generation_for_update(&pool, &sub).await?, Some(2));
        assert!(tx.credentials().delete(&pool, &sub).await?);
        assert_eq!(tx.credentials().get_generation_for_update(&pool, &sub).await?, None);
    });
}

fn retired(n: u32, generation: i64) -> RetiredPassword {
    RetiredPassword {
        pool: given::pool_id(),
        sub: given::sub(n),
        generation: RetiredPassword::key(generation),
        sealed: vec![u8::try_from(generation).unwrap()],
        retired: Time::from_secs(100),
    }
}

#[tokio::test]
async fn up_37_earlier_passwords_come_newest_first_and_are_trimmed_per_person() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, ana, bob) = (given::pool_id(), given::sub(1), given::sub(2));
        for generation in [9, 10, 2, 100] {
            tx.password_history().save(&retired(1, generation)).await?;
        }
        tx.password_history().save(&retired(2, 5)).await?;
        let again = RetiredPassword { sealed: b"again".to_vec(), ..retired(1, 10) };
        tx.password_history().save(&again).await?;
        let newest = tx.password_history().list(&pool, &ana, 2).await?;
        assert_eq!(newest, [retired(1, 100), again], "by number, not by spelling");
        tx.password_history().trim(&pool, &ana, 3).await?;
        assert_eq!(tx.password_history().list(&pool, &ana, 10).await?.len(), 3);
        tx.password_history().trim(&pool, &ana, 0).await?;
        assert!(tx.password_history().list(&pool, &ana, 10).await?.is_empty());
        assert_eq!(tx.password_history().list(&pool, &bob, 10).await?, [retired(2, 5)]);
    });
}

fn code(attribute: &str, hash: u8) -> Code {
    Code {
        pool: given::pool_id(),
        sub: given::sub(1),
        purpose: CodePurpose::SignUp,
        attribute: attribute.into(),
        hash: vec![hash; 32],
        created: Time::from_secs(100),
        expires: Time::from_secs(900),
    }
}

#[tokio::test]
async fn a_code_is_good_once_for_its_purpose_and_a_newer_one_takes_its_place() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, sub) = (given::pool_id(), given::sub(1));
        tx.codes().save(&code("email", 1)).await?;
        tx.codes().save(&code("email", 2)).await?;
        tx.codes().save(&code("phone_number", 3)).await?;
        let purpose = CodePurpose::SignUp;
        assert_eq!(tx.codes().list(&pool, &sub, purpose).await?, [code("email", 2), code("phone_number", 3)]);
        assert!(tx.codes().take(&pool, &sub, purpose, "email", &[1; 32]).await?.is_none(), "superseded");
        let other = CodePurpose::ForgotPassword;
        assert!(tx.codes().take(&pool, &sub, other, "email", &[2; 32]).await?.is_none(), "another purpose");
        assert_eq!(tx.codes().take(&pool, &sub, purpose, "email", &[2; 32]).await?, Some(code("email", 2)));
        assert!(tx.codes().take(&pool, &sub, purpose, "email", &[2; 32]).await?.is_none(), "used");
        tx.codes().delete(&pool, &sub, purpose).await?;
        assert!(tx.codes().list(&pool, &sub, purpose).await?.is_empty());
    });
}

#[tokio::test]
async fn the_code_of_one_attribute_is_found_and_withdrawn_without_the_other() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, sub, purpose) = (given::pool_id(), given::sub(1), CodePurpose::SignUp);
        tx.codes().save(&code("email", 1)).await?;
        tx.codes().save(&code("phone_number", 2)).await?;
        assert_eq!(tx.codes().get(&pool, &sub, purpose, "email").await?, Some(code("email", 1)));
        assert_eq!(tx.codes().get(&pool, &sub, CodePurpose::VerifyAttribute, "email").await?, None);
        assert_eq!(tx.codes().get(&pool, &given::sub(2), purpose, "email").await?, None);
        tx.codes().withdraw(&pool, &sub, CodePurpose::VerifyAttribute, "email").await?;
        tx.codes().withdraw(&pool, &sub, purpose, "email").await?;
        assert_eq!(tx.codes().list(&pool, &sub, purpose).await?, [code("phone_number", 2)]);
    });
}

#[tokio::test]
async fn up_38_one_value_per_attribute_waits_and_a_newer_one_takes_its_place() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, ana, bob, now) = (given::pool_id(), given::sub(1), given::sub(2), Time::from_secs(1));
        tx.pending().save(&pool, &ana, "email", "a@example.com", now).await?;
        tx.pending().save(&pool, &ana, "email", "b@example.com", now).await?;
        tx.pending().save(&pool, &ana, "phone_number", "+1555", now).await?;
        tx.pending().save(&pool, &bob, "email", "b@example.com", now).await?;
        assert_eq!(tx.pending().get(&pool, &ana, "email").await?.as_deref(), Some("b@example.com"));
        assert_eq!(tx.pending().get(&pool, &ana, "e\0mail").await?, None);
        assert!(tx.pending().delete(&pool, &ana, "email").await?);
        assert!(!tx.pending().delete(&pool, &ana, "email").await?);
        assert_eq!(tx.pending().get(&pool, &ana, "phone_number").await?.as_deref(), Some("+1555"));
        assert_eq!(tx.pending().get(&pool, &bob, "email").await?.as_deref(), Some("b@example.com"));
    });
}

fn family(n: u128) -> Family {
    Family {
        pool: given::pool_id(),
        id: Uuid::from_u128(n),
        sub: given::sub(1),
        client: ClientId::parse("client1").unwrap(),
        user_generation: 3,
        revoked: false,
        auth_time: Time::from_secs(100),
        event_id: Uuid::from_u128(77),
        token_hash: vec![1; 32],
        sequence: 0,
        replaced: Vec::new(),
        expires: Time::from_secs(900),
    }
}

#[tokio::test]
async fn a_family_is_rotated_from_its_current_token_only_and_revoked_once() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        let (pool, id) = (given::pool_id(), Uuid::from_u128(1));
        tx.families().insert(&family(1)).await?;
        assert_eq!(tx.families().get(&pool, &id).await?, Some(family(1)));
        let next = family(1).rotated(vec![2; 32], Time::from_secs(200));
        assert!(tx.families().rotate(&next).await?);
        assert!(!tx.families().rotate(&family(1).rotated(vec![3; 32], Time::from_secs(201))).await?);
        assert_eq!(tx.families().get_for_update(&pool, &id).await?, Some(next.clone()));
        let third = next.rotated(vec![4; 32], Time::from_secs(202));
        assert!(tx.families().rotate(&third).await?);
        assert_eq!(tx.families().get(&pool, &id).await?.unwrap().replaced, [200, 202].map(Time::from_secs));
        assert!(tx.families().revoke(&pool, &id).await?);
        assert!(!tx.families().revoke(&pool, &id).await?);
        assert!(tx.families().get(&pool, &id).await?.unwrap().revoked);
        let fourth = third.rotated(vec![5; 32], Time::from_secs(203));
        assert!(!tx.families().rotate(&fourth).await?, "dead families are not rotated");
    });
}

#[tokio::test]
async fn a_persons_families_are_listed_each_once() {
    let database = fresh_database().await;
    let store = database.store();
    write!(store, |tx| {
        for n in [3, 1, 2] {
            tx.families().insert(&family(n)).await?;
        }
        let (pool, sub) = (given::pool_id(), given::sub(1));
        let first = tx.families().list(&pool, &sub, &Uuid::nil(), 2).await?;
        let second = tx.families().list(&pool, &sub, &first.items[1].id, 2).await?;
        let ids: Vec<_> = first.items.iter().chain(&second.items).map(|f| f.id.as_u128()).collect();
        assert_eq!(ids, [1, 2, 3]);
        assert!(first.more && !second.more);
        assert!(tx.families().list(&pool, &given::sub(2), &Uuid::nil(), 2).await?.items.is_empty());
    });
}
