//! Tokens of our own pools: believed without a request, and only while the sign-in lives.
#![allow(clippy::unwrap_used)]

mod world;

use contract::cognito_idp::types::{UserPoolClientType, UserPoolType};
use federation::testing::TestIssuer;
use federation::{Federation, ForeignTokenError};
use kernel::{AccountId, ClientId, EntropyExt, Secret, Sub, SystemEntropy, Time, UserPoolId};
use model::{Client, Membership, Pool, Refusal, User, UserStatus};
use std::time::Duration;
use store::work;
use tokens::{Holder, TokenSet};
use world::NOW_SECS;

const ISSUER: &str = "https://id.example/eu-west-1_AbCdEfGhI";

fn pool() -> Pool {
    Pool {
        id: UserPoolId::parse("eu-west-1_AbCdEfGhI").unwrap(),
        account: AccountId::parse("123456789012").unwrap(),
        name: "people".into(),
        settings: UserPoolType::default(),
        mfa: Default::default(),
        created: Time::from_secs(1),
        modified: Time::from_secs(1),
    }
}

fn client() -> Client {
    Client {
        pool: pool().id,
        id: ClientId::parse("shop").unwrap(),
        name: "web".into(),
        settings: UserPoolClientType::default(),
        confidential: false,
        created: Time::from_secs(1),
        modified: Time::from_secs(1),
    }
}

fn user() -> User {
    User {
        pool: pool().id,
        sub: Sub::parse("00000000-0000-4000-8000-000000000001").unwrap(),
        username: "ana".into(),
        attributes: Default::default(),
        status: UserStatus::Confirmed,
        disabled_since: None,
        created: Time::from_secs(1),
        modified: Time::from_secs(1),
        generation: 0,
    }
}

/// A person who has signed in, and the tokens of it.
async fn signed_in(tokens: &tokens::Tokens, store: &store::Store) -> TokenSet {
    let (pool, client, user) = (pool(), client(), user());
    let family = tokens.open_family(&client, &user, SystemEntropy.uuid(), Time::from_secs(NOW_SECS)).family;
    tokens.fill_stock().await.unwrap();
    let keys = tokens.keys_for_new_pool(&pool.id).await.unwrap();
    let rows = (pool.clone(), client.clone(), user.clone(), family.clone(), keys);
    let all = store.write(work!(|tx, rows| -> Refusal {
        let (pool, client, user, family, keys) = rows;
        tx.pools().insert(pool).await?;
        tx.clients().insert(client).await?;
        tx.users().insert(user).await?;
        for key in keys {
            tx.signing_keys().insert(key).await?;
        }
        Ok(tx.families().insert(family).await?)
    }));
    all.await.unwrap();
    let holder = Holder { user, membership: Membership::default(), family };
    tokens.issue(&pool, &client, &holder).await.unwrap()
}

#[tokio::test]
async fn cr_21_an_id_token_of_ours_is_believed_without_a_request_and_an_access_token_is_not() {
    let (clock, elsewhere) = (world::clock(), TestIssuer::start().await);
    let (tokens, store) = world::tokens(clock.clone()).await;
    let federation = Federation::new(elsewhere.fetcher(), tokens.clone(), clock.clone());
    let set = signed_in(&tokens, &store).await;
    assert_eq!(Federation::claimed_issuer(&set.id_token).unwrap(), ISSUER);
    assert!(federation.is_own(ISSUER) && !federation.is_own("https://id.example.evil/eu-west-1_AbCdEfGhI"));

    let verified = federation.verify_own(&set.id_token, None).await.unwrap();
    let told = (verified.issuer.as_str(), verified.subject.as_str(), verified.audience.as_str());
    assert_eq!(told, (ISSUER, user().sub.as_str(), "shop"));
    let listed = ["shop".to_owned()];
    assert!(federation.verify_own(&set.id_token, Some(&listed)).await.is_ok());
    let other = federation.verify_own(&set.id_token, Some(&["app".to_owned()])).await.unwrap_err();
    assert!(matches!(other, ForeignTokenError::WrongAudience), "{other}");
    let access = federation.verify_own(&set.access_token, None).await.unwrap_err();
    assert!(matches!(access, ForeignTokenError::NotAToken), "{access}");
    let foreign = Secret::new(elsewhere.token(&serde_json::json!({ "sub": "ana" })));
    let foreign = federation.verify_own(&foreign, None).await.unwrap_err();
    assert!(matches!(foreign, ForeignTokenError::WrongIssuer(_)), "{foreign}");
    assert_eq!(elsewhere.server().connections(), 0, "nobody was asked");

    clock.pass(Duration::from_secs(24 * 3600));
    let late = federation.verify_own(&set.id_token, None).await.unwrap_err();
    assert!(matches!(late, ForeignTokenError::Expired { .. }), "{late}");
}
