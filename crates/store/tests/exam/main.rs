//! The store's exam: one question per method, the same for both engines (`COGNATE_TEST_DB`).

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// Runs a block as a test writes it: one transaction, and no failure expected.
macro_rules! write {
    ($store:expr, |$tx:ident $(, $capture:ident)*| $body:expr) => {
        $store.write(store::work!(|$tx $(, $capture)*| -> store::StoreError { Ok($body) })).await.unwrap()
    };
}

/// The same on a snapshot.
macro_rules! read {
    ($store:expr, |$tx:ident $(, $capture:ident)*| $body:expr) => {
        $store.read(store::work!(|$tx $(, $capture)*| -> store::StoreError { Ok($body) })).await.unwrap()
    };
}

mod database_tls;
mod durability;
mod engine;
mod group_commit;
mod groups;
mod iam_people;
mod iam_policies;
mod identities;
mod identity_pools;
mod keys;
mod outbox;
mod people;
mod pools;
mod postgres;
mod races;
mod schema;
mod sealed;
mod settings;
mod sweeper;
mod tallies;

/// Entities to ask about.
mod given {
    use contract::cognito_idp::types::{UserPoolClientType, UserPoolType};
    use indexmap::IndexMap;
    use kernel::{AccountId, ClientId, Sub, Time, UserPoolId};
    use model::{Client, Group, Pool, User, UserStatus};
    use uuid::Uuid;

    pub fn pool_id() -> UserPoolId {
        UserPoolId::parse("eu-west-1_AbCdEfGhI").unwrap()
    }

    pub fn sub(n: u32) -> Sub {
        Sub::parse(&format!("00000000-0000-4000-8000-{n:012}")).unwrap()
    }

    pub fn pool(id: &str) -> Pool {
        Pool {
            id: UserPoolId::parse(id).unwrap(),
            account: AccountId::parse("123456789012").unwrap(),
            name: "people".into(),
            settings: UserPoolType { sms_authentication_message: Some("{####}".into()), ..Default::default() },
            mfa: Default::default(),
            created: Time::from_secs(100),
            modified: Time::from_secs(200),
        }
    }

    pub fn client(id: &str) -> Client {
        Client {
            pool: pool_id(),
            id: ClientId::parse(id).unwrap(),
            name: "web".into(),
            settings: UserPoolClientType { refresh_token_validity: Some(30), ..Default::default() },
            confidential: true,
            created: Time::from_secs(100),
            modified: Time::from_secs(200),
        }
    }

    pub fn group(n: u32) -> Group {
        Group {
            pool: pool_id(),
            id: Uuid::from_u128(n.into()),
            name: format!("group{n:04}"),
            description: Some("people\0".into()),
            role_arn: Some(format!("arn:aws:iam::123456789012:role/r{n}")),
            precedence: Some(n.into()),
            created: Time::from_secs(100),
            modified: Time::from_secs(200),
        }
    }

    pub fn user(n: u32) -> User {
        User {
            pool: pool_id(),
            sub: sub(n),
            username: format!("user{n}"),
            attributes: IndexMap::from([
                ("zoneinfo".to_owned(), "Europe/Berlin".to_owned()),
                ("email".to_owned(), format!("user{n}@example.com")),
            ]),
            status: UserStatus::Unconfirmed,
            disabled_since: None,
            created: Time::from_secs(100),
            modified: Time::from_secs(200),
            generation: 0,
        }
    }
}
