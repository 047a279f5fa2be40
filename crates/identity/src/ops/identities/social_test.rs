//! People of Google and Apple on the wire. Another issuer stands in their place, and a node of the test alone is led to it.

use crypto::jose::SigningKey;
use federation::testing::TestIssuer;
use testkit::prelude::*;
use testkit::{IdentityPool, claims};

const PW: &str = testkit::PASSWORD;
const GOOGLE: &str = "accounts.google.com";
const APPLE: &str = "appleid.apple.com";
const UNSUPPORTED: &str = "Token is not from a supported provider of this identity pool.";
const UNVERIFIED: &str = "Invalid login token. Couldn't verify signed token.";

/// A provider, and a node that finds it where the world does.
struct Scene {
    node: App,
    issuer: TestIssuer,
    key: &'static str,
}

impl Scene {
    async fn of(app: &App, key: &'static str) -> Self {
        let issuer = TestIssuer::in_place_of(&format!("https://{key}")).await;
        let fetcher = issuer.fetcher();
        let node = app.node_as(move |plan| plan.federation = fetcher).await;
        Self { node, issuer, key }
    }

    /// `Logins` of somebody with a token of the provider; some of its claims are changed.
    fn login(&self, subject: &str, change: Value) -> Value {
        let now = self.node.now().secs();
        let mut claims = json!({ "sub": subject, "aud": "shop", "iat": now, "exp": now + 600 });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        json!({ self.key: self.issuer.token(&claims) })
    }

    /// A token that names the provider's key and was signed by another.
    fn forged(&self, subject: &str) -> Value {
        let login = self.login(subject, json!({}));
        let (text, _) = login[self.key].as_str().unwrap().rsplit_once('.').unwrap();
        let thiefs = SigningKey::generate().unwrap().sign(claims(&login[self.key]).to_string().as_bytes()).unwrap();
        let (_, signature) = thiefs.rsplit_once('.').unwrap();
        json!({ self.key: format!("{text}.{signature}") })
    }
}

#[cognate_test]
async fn id_17_id_25_people_of_google_and_apple_are_identities_with_a_role_of_their_own(app: App) {
    for (key, spellings) in
        [(GOOGLE, &["https://accounts.google.com", GOOGLE][..]), (APPLE, &["https://appleid.apple.com"][..])]
    {
        let scene = Scene::of(&app, key).await;
        let pool = scene.node.identity_pool().classic().set("SupportedLoginProviders", json!({ key: "shop" })).await;
        let ana = pool.identity(&scene.login("ana", json!({}))).await;
        for issuer in spellings {
            assert_eq!(pool.identity(&scene.login("ana", json!({ "iss": issuer }))).await, ana, "{issuer}");
        }
        let ben = scene.login("ben", json!({ "email": "ben@shop.example" }));
        assert_ne!(pool.identity(&ben).await, ana);
        assert_eq!(pool.describe(&ana).await.expect_ok()["Logins"], json!([key]));

        let told = pool.open_id_token(&ana, &scene.login("ana", json!({}))).await.expect_ok();
        assert_eq!(claims(&told["Token"])["amr"], json!(["authenticated", key, format!("{key}:shop:ana")]));

        let staff = pool.role(&format!("staff-of-{key}")).await;
        let rule =
            json!({ "Claim": "email", "MatchType": "Equals", "Value": "ben@shop.example", "RoleARN": staff.arn });
        let rules = json!({ "Rules": [rule] });
        let mapping =
            json!({ "Type": "Rules", "AmbiguousRoleResolution": "AuthenticatedRole", "RulesConfiguration": rules });
        pool.map_roles(json!({ key: mapping })).await;
        assert!(role_of(&pool, &ben).await.contains(&format!("assumed-role/staff-of-{key}/")));
        assert!(role_of(&pool, &scene.login("ana", json!({}))).await.contains("assumed-role/authenticated-"));
        scene.node.stop().await;
    }
}

/// The role that somebody gets.
async fn role_of(pool: &IdentityPool, logins: &Value) -> String {
    let identity = pool.identity(logins).await;
    let session = pool.credentials(&identity, logins).await.identity_credentials();
    let who = pool.app().who_is(&session).await;
    who.value("GetCallerIdentityResult.Arn")
}

#[cognate_test]
async fn id_17_a_second_subject_of_google_is_not_linked(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let scene = Scene::of(&app, GOOGLE).await;
    let providers = json!({ GOOGLE: "shop" });
    let pool = scene.node.identity_pool().for_people_of(&people).set("SupportedLoginProviders", providers).await;
    let mut logins = people.login("ana").await;
    logins[GOOGLE] = scene.login("g-1", json!({}))[GOOGLE].clone();
    let ana = pool.identity(&logins).await;
    assert_eq!(pool.identity(&scene.login("g-1", json!({}))).await, ana);
    logins[GOOGLE] = scene.login("g-2", json!({}))[GOOGLE].clone();
    let sentence = "Logins are already linked to another account.";
    pool.get_id(&logins).await.expect_fault("ResourceConflictException", sentence);
    pool.credentials(&ana, &logins).await.expect_fault("ResourceConflictException", sentence);
    let mut both = vec![GOOGLE.to_owned(), people.login_key()];
    both.sort();
    assert_eq!(pool.describe(&ana).await.expect_ok()["Logins"], json!(both), "nothing has changed");
    assert_ne!(pool.identity(&scene.login("g-2", json!({}))).await, ana, "whose it is, is somebody else");
    scene.node.stop().await;
}

#[cognate_test]
async fn st_15_st_16_id_12_tokens_of_google_and_apple_for_others_too_late_or_forged_open_nothing(app: App) {
    for key in [GOOGLE, APPLE] {
        let scene = Scene::of(&app, key).await;
        let pool =
            scene.node.identity_pool().with_guests().set("SupportedLoginProviders", json!({ key: "shop" })).await;
        let ana = pool.identity(&scene.login("ana", json!({}))).await;
        let guest = pool.guest().await;
        let end = app.now().secs() - 300;
        let late = format!("Invalid login token. Token expired: {} >= {end}", end + 300);
        for (login, sentence) in [
            (scene.login("ana", json!({ "aud": "theirs" })), UNSUPPORTED),
            (scene.login("ana", json!({ "azp": "theirs" })), UNSUPPORTED),
            (scene.login("ana", json!({ "exp": end })), late.as_str()),
            (
                scene.login("ana", json!({ "iss": "https://evil.example" })),
                "Invalid login token. Issuer doesn't match providerName",
            ),
            (scene.forged("ana"), UNVERIFIED),
        ] {
            pool.get_id(&login).await.expect_fault("NotAuthorizedException", sentence);
            for identity in [&ana, &guest] {
                pool.credentials(identity, &login).await.expect_fault("NotAuthorizedException", sentence);
            }
        }
        assert!(pool.credentials(&guest, &json!({})).await.is_ok(), "the guest is a guest still");
        scene.node.stop().await;
    }
}
