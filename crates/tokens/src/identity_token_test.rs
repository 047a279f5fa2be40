//! Tokens of identity pools: what they say, which keys sign them when, and that nothing else passes for one.

use crate::identity_token::{AWS_ISSUER, AWS_NAME, IdentityIssuing, IdentityTokens};
use crate::{IdTokenError, Issuer, IssuerStyle, PUBLISHED_AHEAD, Parts, Rotation, Tokens, Withdrawal};
use crypto::Keyring;
use crypto::jose::{RsaAlgorithm, Unverified, VerifyingKey, verify};
use crypto::offload::{CryptoPool, PoolSettings};
use data_encoding::BASE64URL_NOPAD;
use kernel::{AccountId, Clock, IdentityId, IdentityPoolId, Secret, SystemEntropy, Time};
use model::{Identity, IdentityPool, IdentityState, PoolRoles, Providers, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::{Place, SqliteOptions, Store, work};

const NOW_SECS: i64 = 1_788_249_909;
const DAY: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug)]
struct Hands(AtomicI64);

impl Hands {
    fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }

    fn set_back(&self, time: Duration) {
        self.0.fetch_sub(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// A database, and engines on it.
struct World {
    store: Store,
    keyring: Arc<Keyring>,
    clock: Arc<Hands>,
}

impl World {
    async fn new() -> Self {
        let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
        let clock = Arc::new(Hands(AtomicI64::new(NOW_SECS * 1000)));
        store.migrate(clock.now()).await.unwrap();
        let world = Self { store, keyring: Arc::new(Keyring::draw(&SystemEntropy)), clock };
        world.node(IssuerStyle::Public, RsaAlgorithm::Rs512).tokens.fill_stock().await.unwrap();
        world
    }

    fn node(&self, style: IssuerStyle, algorithm: RsaAlgorithm) -> IdentityTokens {
        let tokens = Tokens::new(Parts {
            store: self.store.clone(),
            keyring: self.keyring.clone(),
            crypto: Arc::new(CryptoPool::start(PoolSettings::for_cores(1)).unwrap()),
            issuer: Issuer::new(IssuerStyle::Public, "https://id.example/"),
            clock: self.clock.clone(),
            entropy: Arc::new(SystemEntropy),
        });
        let public_url = "https://id.example/".to_owned();
        IdentityTokens::new(tokens, IdentityIssuing { account: account(), style, public_url, algorithm })
    }

    fn usual(&self) -> IdentityTokens {
        self.node(IssuerStyle::Public, RsaAlgorithm::Rs512)
    }
}

fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

fn pool() -> IdentityPool {
    IdentityPool {
        id: IdentityPoolId::parse("eu-west-1:0a").unwrap(),
        account: account(),
        name: "shop".into(),
        guests: true,
        classic: true,
        developer_provider: None,
        providers: Providers::default(),
        roles: PoolRoles::default(),
        tag_maps: Default::default(),
        tags: Default::default(),
        created: Time::from_secs(1),
        updated: Time::from_secs(1),
        version: 0,
    }
}

fn identity() -> IdentityId {
    IdentityId::parse("eu-west-1:1b").unwrap()
}

fn row(generation: i64, updated_secs: i64) -> Identity {
    let row = Identity::new(identity(), pool().id, account(), false, Time::from_secs(updated_secs));
    Identity { generation, ..row }
}

async fn issue(node: &IdentityTokens, lifetime: Duration) -> Secret<String> {
    node.issue(&pool(), &row(0, 1), &["unauthenticated".to_owned()], &[], lifetime).await.unwrap()
}

fn part(token: &Secret<String>, at: usize) -> String {
    let text = token.reveal().split('.').nth(at).unwrap();
    String::from_utf8(BASE64URL_NOPAD.decode(text.as_bytes()).unwrap()).unwrap()
}

fn kid(token: &Secret<String>) -> String {
    Unverified::parse(token.reveal()).unwrap().kid().unwrap().to_owned()
}

async fn published(node: &IdentityTokens) -> Vec<String> {
    let set: Value = serde_json::from_slice(&node.jwks().await.unwrap()).unwrap();
    let mut kids: Vec<String> =
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
    kids.sort_unstable();
    kids
}

#[tokio::test]
async fn id_19_id_20_a_token_says_what_amazons_do_and_where_the_identity_stood() {
    let world = World::new().await;
    let node = world.usual();
    let amr = ["authenticated", "login.shop", "login.shop:eu-west-1:0a:ana"].map(str::to_owned);
    let tags = [("team".to_owned(), "blue".to_owned())];
    let token = node.issue(&pool(), &row(7, 1), &amr, &tags, Duration::from_secs(86_400)).await.unwrap();
    assert_eq!(part(&token, 0), format!(r#"{{"kid":"{}","typ":"JWS","alg":"RS512"}}"#, kid(&token)));
    let expected = json!({
        "sub": "eu-west-1:1b",
        "aud": "eu-west-1:0a",
        "amr": amr,
        "iss": "https://id.example",
        "https://cognito-identity.amazonaws.com/identity-pool-arn":
            "arn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu-west-1:0a",
        "cognate:generation": 7,
        "exp": NOW_SECS + 86_400,
        "iat": NOW_SECS,
        "https://aws.amazon.com/tags": { "principal_tags": { "team": ["blue"] }, "transitive_tag_keys": [] },
    });
    assert_eq!(serde_json::from_str::<Value>(&part(&token, 1)).unwrap(), expected);
    let opened = node.open(&token).await.unwrap();
    assert_eq!((opened.identity, opened.pool, opened.amr), (identity(), pool().id, amr.to_vec()));
    assert_eq!((opened.tags.as_slice(), opened.issuer.as_str()), (tags.as_slice(), "https://id.example"));
    assert_eq!(opened.expires.since(opened.issued), DAY);
    assert!(!part(&issue(&node, DAY).await, 1).contains("aws.amazon.com/tags"), "no tags, no claim");
}

#[tokio::test]
async fn a_token_ends_when_something_was_taken_from_its_identity() {
    let world = World::new().await;
    let node = world.usual();
    let token = node.issue(&pool(), &row(7, 1), &["authenticated".to_owned()], &[], DAY).await.unwrap();
    let told = node.open(&token).await.unwrap();
    // Generations decide, and no clock.
    assert!(told.speaks_for(&row(7, NOW_SECS + 9)));
    assert!(!told.speaks_for(&row(8, 1)) && !told.speaks_for(&row(6, 1)));
    assert!(!told.speaks_for(&Identity { state: IdentityState::Disabled, ..row(7, 1) }));
    assert!(!told.speaks_for(&Identity { id: IdentityId::parse("eu-west-1:2c").unwrap(), ..row(7, 1) }));
    assert!(!told.speaks_for(&Identity { pool: IdentityPoolId::parse("eu-west-1:0b").unwrap(), ..row(7, 1) }));
}

#[tokio::test]
async fn a_token_of_a_node_that_wrote_no_generation_is_good_while_nothing_can_have_been_taken() {
    let world = World::new().await;
    let mut told = world.usual().open(&issue(&world.usual(), DAY).await).await.unwrap();
    told.generation = None;
    assert!(told.speaks_for(&row(0, NOW_SECS + 9)), "nothing ever was");
    assert!(told.speaks_for(&row(3, NOW_SECS - 60)), "nothing since it was made");
    assert!(!told.speaks_for(&row(3, NOW_SECS - 59)), "clocks may be apart");
    assert!(!told.speaks_for(&row(3, NOW_SECS + 9)));
}

#[tokio::test]
async fn id_19_whoever_fetches_what_is_published_verifies_a_token() {
    let world = World::new().await;
    let node = world.usual();
    let token = issue(&node, DAY).await;
    let set: Value = serde_json::from_slice(&node.jwks().await.unwrap()).unwrap();
    let key = &set["keys"][0];
    assert_eq!((&key["alg"], &key["use"], set["keys"].as_array().unwrap().len()), (&json!("RS512"), &json!("sig"), 1));
    let text = |name: &str| key[name].as_str().unwrap().to_owned();
    let key = VerifyingKey::rsa(RsaAlgorithm::Rs512, &text("kid"), &text("n"), &text("e")).unwrap();
    verify(token.reveal(), |_| Some(&key)).unwrap();
    let discovery: Value = serde_json::from_slice(&node.discovery()).unwrap();
    assert_eq!(discovery["issuer"], "https://id.example");
    assert_eq!(discovery["jwks_uri"], "https://id.example/.well-known/jwks_uri");
}

#[tokio::test]
async fn nodes_share_the_first_key_whichever_of_them_needed_it() {
    let world = World::new().await;
    let (one, other) = (world.usual(), world.usual());
    assert!(published(&other).await.is_empty(), "nobody needed one yet");
    let (first, second) = tokio::join!(issue(&one, DAY), issue(&other, DAY));
    assert_eq!(kid(&first), kid(&second));
    other.open(&first).await.unwrap();
    one.open(&second).await.unwrap();
    assert_eq!(published(&one).await.len(), 1);
}

#[tokio::test]
async fn whoever_comes_first_takes_one_key_from_the_stock_however_many_come_at_once() {
    let world = World::new().await;
    let node = world.usual();
    let mut issuing = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let node = node.clone();
        issuing.spawn(async move { kid(&issue(&node, DAY).await) });
    }
    let kids = issuing.join_all().await;
    assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
    let left = world.store.read(work!(|tx| -> Refusal { Ok(tx.key_stock().count("RS256").await?) })).await.unwrap();
    assert_eq!(left, 7, "of eight");
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_has_ended() {
    let world = World::new().await;
    let node = world.usual();
    let old = kid(&issue(&node, DAY).await);
    let Rotation::Begun { kids, from } = node.rotate().await.unwrap() else { panic!("nothing was under way") };
    let new = kids[0].clone();
    assert_eq!(from, world.clock.now() + PUBLISHED_AHEAD);
    let mut both = vec![old.clone(), new.clone()];
    both.sort_unstable();
    assert_eq!(published(&node).await, both);
    assert_eq!(node.rotate().await.unwrap(), Rotation::UnderWay { from });
    world.clock.pass(PUBLISHED_AHEAD - Duration::from_millis(1));
    let last = issue(&node, DAY).await;
    assert_eq!(kid(&last), old, "to the last moment");
    world.clock.pass(Duration::from_millis(1));
    assert_eq!(kid(&issue(&node, DAY).await), new, "from the first moment");
    world.clock.pass(DAY - Duration::from_secs(2));
    node.open(&last).await.unwrap();
    assert_eq!(published(&node).await, both, "its last token is still good");
    world.clock.pass(Duration::from_secs(3602));
    assert_eq!(published(&node).await, [new]);
}

#[tokio::test]
async fn only_a_key_that_signed_for_long_is_replaced_by_itself() {
    let world = World::new().await;
    let node = world.usual();
    assert_eq!(node.rotate_aged(DAY).await.unwrap(), None, "there is none yet");
    issue(&node, DAY).await;
    world.clock.pass(DAY - Duration::from_millis(1));
    assert_eq!(node.rotate_aged(DAY).await.unwrap(), None);
    world.clock.pass(Duration::from_millis(1));
    assert!(matches!(node.rotate_aged(DAY).await.unwrap(), Some(Rotation::Begun { .. })));
    world.clock.pass(Duration::from_secs(3600));
    assert_eq!(node.rotate_aged(DAY).await.unwrap(), None, "the new one is young");
    world.clock.pass(DAY);
    assert!(node.rotate_aged(DAY).await.unwrap().is_some(), "and old in its turn");
}

#[tokio::test]
async fn a_leaked_key_is_withdrawn_at_once_and_another_signs_in_its_place() {
    let world = World::new().await;
    let node = world.usual();
    let token = issue(&node, DAY).await;
    let leaked = kid(&token);
    assert_eq!(node.withdraw("another").await.unwrap(), Withdrawal::NoSuchKey);
    let Withdrawal::Done { successor: Some(fresh) } = node.withdraw(&leaked).await.unwrap() else {
        panic!("nobody would sign")
    };
    assert!(matches!(node.open(&token).await, Err(IdTokenError::BadSignature)));
    assert_eq!(kid(&issue(&node, DAY).await), fresh);
    assert_eq!(published(&node).await, [fresh.as_str()]);
    // The one that waits takes over; and when it leaks itself, the one that signs goes on.
    let Rotation::Begun { kids, .. } = node.rotate().await.unwrap() else { panic!("nothing was under way") };
    let done = node.withdraw(&fresh).await.unwrap();
    assert_eq!(done, Withdrawal::Done { successor: Some(kids[0].clone()) });
    assert_eq!(kid(&issue(&node, DAY).await), kids[0]);
    let Rotation::Begun { kids: next, .. } = node.rotate().await.unwrap() else { panic!("nothing was under way") };
    assert_eq!(node.withdraw(&next[0]).await.unwrap(), Withdrawal::Done { successor: None });
    world.clock.pass(PUBLISHED_AHEAD);
    assert_eq!(kid(&issue(&node, DAY).await), kids[0], "it was not retired after all");
}

#[tokio::test]
async fn a_key_that_has_signed_before_is_withdrawn_and_a_rotation_that_is_under_way_goes_on() {
    let world = World::new().await;
    let node = world.usual();
    let first = kid(&issue(&node, DAY).await);
    node.rotate().await.unwrap();
    world.clock.pass(PUBLISHED_AHEAD);
    let Rotation::Begun { kids, .. } = node.rotate().await.unwrap() else { panic!("those that waited sign now") };
    assert_eq!(node.withdraw(&first).await.unwrap(), Withdrawal::Done { successor: None });
    // The one that signs now leaves when its time has come, as if nothing had happened.
    world.clock.pass(PUBLISHED_AHEAD + DAY + Duration::from_secs(2 * 3600));
    assert_eq!(published(&node).await, kids);
    assert_eq!(format!("{:?}", node.keys), "OpenIdKeyCache(1 accounts)");
}

#[tokio::test]
async fn rl_07_a_key_that_takes_over_elsewhere_signs_here_although_it_waited_when_it_was_prepared() {
    let world = World::new().await;
    let (here, elsewhere) = (world.usual(), world.usual());
    let leaked = kid(&issue(&here, DAY).await);
    let Rotation::Begun { kids, .. } = elsewhere.rotate().await.unwrap() else { panic!("nothing was under way") };
    world.clock.pass(Duration::from_secs(1));
    assert_eq!(published(&here).await.len(), 2);
    elsewhere.withdraw(&leaked).await.unwrap();
    world.clock.pass(Duration::from_secs(1));
    assert_eq!(kid(&issue(&here, DAY).await), kids[0]);
}

#[tokio::test]
async fn rl_07_a_key_withdrawn_elsewhere_is_given_up_within_a_second_by_a_node_whose_clock_was_set_back() {
    let world = World::new().await;
    let (here, elsewhere) = (world.usual(), world.usual());
    let token = issue(&here, DAY).await;
    here.open(&token).await.unwrap();
    world.clock.set_back(DAY);
    elsewhere.withdraw(&kid(&token)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(matches!(here.open(&token).await, Err(IdTokenError::BadSignature)));
    assert_ne!(kid(&issue(&here, DAY).await), kid(&token), "nor does it sign there");
}

#[tokio::test]
async fn either_algorithm_signs_and_both_are_believed() {
    let world = World::new().await;
    let (long, short) = (world.usual(), world.node(IssuerStyle::Public, RsaAlgorithm::Rs256));
    let (one, other) = (issue(&long, DAY).await, issue(&short, DAY).await);
    assert!(part(&other, 0).ends_with(r#""alg":"RS256"}"#));
    world.clock.pass(Duration::from_secs(1));
    for node in [&long, &short] {
        node.open(&one).await.unwrap();
        node.open(&other).await.unwrap();
    }
    let discovery: Value = serde_json::from_slice(&short.discovery()).unwrap();
    assert_eq!(discovery["id_token_signing_alg_values_supported"], json!(["RS256"]));
}

#[tokio::test]
async fn amazons_spelling_of_the_issuer_is_believed_whichever_is_ours() {
    let world = World::new().await;
    let (public, aws) = (world.usual(), world.node(IssuerStyle::Aws, RsaAlgorithm::Rs512));
    let token = issue(&aws, DAY).await;
    assert_eq!(serde_json::from_str::<Value>(&part(&token, 1)).unwrap()["iss"], AWS_ISSUER);
    assert_eq!(public.open(&token).await.unwrap().issuer, AWS_ISSUER);
    aws.open(&issue(&public, DAY).await).await.unwrap();
    for node in [&public, &aws] {
        assert!(node.is_own(AWS_ISSUER) && node.is_own("https://id.example"));
        for other in ["https://id.example/", "http://id.example", "https://id.example.evil", "", AWS_NAME] {
            assert!(!node.is_own(other), "{other}");
        }
        assert_eq!(node.policy_names().names, [AWS_NAME, "id.example"]);
        assert_eq!(node.aliases().public_issuer, "id.example");
    }
}

#[tokio::test]
async fn st_17_no_other_text_is_a_token_of_an_identity_pool() {
    let world = World::new().await;
    let node = world.usual();
    let token = issue(&node, Duration::from_secs(600)).await;
    let text = token.reveal();
    for at in 0..text.len() {
        assert!(node.open(&Secret::from(&text[..at])).await.is_err(), "cut at {at}");
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(node.open(&Secret::new(String::from_utf8(changed).unwrap())).await.is_err(), "character {at}");
    }
    let elsewhere = World::new().await.usual();
    assert!(matches!(elsewhere.open(&token).await, Err(IdTokenError::BadSignature)), "another deployment's key");
    world.clock.pass(Duration::from_secs(600));
    let late = node.open(&token).await;
    assert!(matches!(late, Err(IdTokenError::Expired { .. })), "{late:?}");
}

#[test]
fn an_identity_is_told_to_policies_under_each_name() {
    let names = [AWS_NAME.to_owned(), "id.example".to_owned()];
    let keys = IdentityTokens::condition_keys(&names, &pool().id, &identity(), &["a".to_owned(), "b".to_owned()]);
    let told = |key: &str| keys.iter().find(|(name, _)| name == key).map(|(_, values)| values.join(" "));
    assert_eq!(told("cognito-identity.amazonaws.com:aud").as_deref(), Some("eu-west-1:0a"));
    assert_eq!(told("id.example:sub").as_deref(), Some("eu-west-1:1b"));
    assert_eq!(told("id.example:amr").as_deref(), Some("a b"));
    assert_eq!(keys.len(), 6);
}
