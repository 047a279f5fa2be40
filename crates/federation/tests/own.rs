//! Tokens of our own pools: believed without a request, and only while the sign-in lives.
#![allow(clippy::unwrap_used)]

mod world;

use federation::testing::TestIssuer;
use federation::{Federation, ForeignTokenError};
use kernel::Secret;
use std::time::Duration;
use world::{House, ISSUER, user};

#[tokio::test]
async fn cr_21_an_id_token_of_ours_is_believed_without_a_request_and_an_access_token_is_not() {
    let elsewhere = TestIssuer::start().await;
    let house = House::with(elsewhere.fetcher()).await;
    let (federation, set) = (house.federation.clone(), house.signed_in().await);
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

    house.clock.pass(Duration::from_secs(24 * 3600));
    let late = federation.verify_own(&set.id_token, None).await.unwrap_err();
    assert!(matches!(late, ForeignTokenError::Expired { .. }), "{late}");
}
