//! ST-26: what belongs to another identity pool, region, account or person is out of reach, operation by operation and
//! caller by caller, and stays as it was.
//!
//! One deployment answers for one account. A second one is met as a changed configuration would bring it about: on a node
//! of its own over the same database.

use contract::{Auth, Kind, OperationMeta};
use crypto::sigv4::Credentials;
use identity::SERVED;
use testkit::prelude::*;
use testkit::{ACCOUNT, Asking, Role, filled, members, trust_in};

const PW: &str = testkit::PASSWORD;
const OWN: &str = "cognito-identity.amazonaws.com";
/// All developers call their provider alike, so that its name keeps nobody out.
const SHOP: &str = "login.shop";
const HERE: &str = "eu-west-1";
const FAR: &str = "us-east-1";
const ABROAD: &str = "999999999999";

/// Members that name a pool.
const POOLS: [&str; 2] = ["IdentityPoolId", "ResourceArn"];
/// Members that name identities.
const IDENTITIES: [&str; 2] = ["IdentityId", "IdentityIdsToDelete"];
/// Members that name something inside the pool of the same call.
const INSIDE: [&str; 4] =
    ["IdentityId", "DeveloperUserIdentifier", "SourceUserIdentifier", "DestinationUserIdentifier"];

fn served() -> impl Iterator<Item = &'static OperationMeta> {
    SERVED.iter().map(|served| served.meta)
}

fn has(op: &OperationMeta, names: &[&str]) -> bool {
    members(op).iter().any(|member| names.contains(member))
}

/// The call with nothing in it but what the contract insists on, and `kept`.
fn bare(op: &OperationMeta, mut body: Value, kept: &[&str]) -> Value {
    let Kind::Struct { members } = &op.input.kind else { return body };
    let needed = |name: &String| members.iter().any(|member| member.name == name && member.required);
    body.as_object_mut().unwrap().retain(|name, _| needed(name) || kept.contains(&name.as_str()));
    body
}

fn no_pool(id: &str) -> String {
    format!("IdentityPool '{id}' not found.")
}

fn no_identity(id: &str) -> String {
    format!("Identity '{id}' not found.")
}

/// An identity pool with somebody in it, and whence its own administrator asks about it.
struct Side {
    app: App,
    account: &'static str,
    region: &'static str,
    /// Of the pool, and of the developer's user who is ana.
    name: &'static str,
    people: Pool,
    pool: String,
    /// The roles of people and of guests, who may do nothing yet.
    roles: [Role; 2],
    /// Ana's.
    identity: String,
    login: Value,
    guest: String,
    /// Ana's credentials.
    session: Credentials,
}

impl Side {
    async fn of(app: &App, account: &'static str, region: &'static str, name: &'static str, people: &Pool) -> Self {
        let ask = async |op: &str, body: Value| app.identity_asking(op, &body).in_region(region).send().await;
        let made = ask("CreateIdentityPool", settings(name, people)).await.expect_ok();
        let pool = made["IdentityPoolId"].as_str().unwrap().to_owned();
        let role = async |amr: &str| app.iam_role(&format!("{name}-{amr}"), "/", trust_in(&pool, amr)).await;
        let roles = [role("authenticated").await, role("unauthenticated").await];
        let both = json!({ "authenticated": roles[0].arn, "unauthenticated": roles[1].arn });
        ask("SetIdentityPoolRoles", json!({ "IdentityPoolId": pool, "Roles": both })).await.expect_done();
        let login = people.login("ana").await;
        let known = async |identifier: &str, mut logins: Value| {
            logins[SHOP] = identifier.into();
            let body = json!({ "IdentityPoolId": pool, "Logins": logins });
            ask("GetOpenIdTokenForDeveloperIdentity", body).await.identity_id()
        };
        let identity = known(name, login.clone()).await;
        assert_eq!(known(&format!("{name}-too"), login.clone()).await, identity);
        assert_ne!(known(&spare(name), json!({})).await, identity);
        let guest = ask("GetId", json!({ "IdentityPoolId": pool })).await.identity_id();
        let asked = json!({ "IdentityId": identity, "Logins": login });
        let session = ask("GetCredentialsForIdentity", asked).await.identity_credentials();
        let (app, people) = (app.clone(), people.clone());
        Self { app, account, region, name, people, pool, roles, identity, login, guest, session }
    }

    /// Its ARN, as whoever asks from there would spell it.
    fn arn(&self, region: &str, account: &str) -> String {
        format!("arn:aws:cognito-identity:{region}:{account}:identitypool/{}", self.pool)
    }

    /// What a member of a call is when all in it is this side's own; nothing for those that may as well be left out.
    fn own(&self, op: &OperationMeta, member: &str) -> Option<Value> {
        Some(match member {
            "IdentityPoolId" => json!(self.pool),
            "ResourceArn" => json!(self.arn(self.region, self.account)),
            "IdentityId" => json!(self.identity),
            "IdentityIdsToDelete" => json!([self.identity]),
            "AccountId" => json!(self.account),
            "DeveloperUserIdentifier" | "DestinationUserIdentifier" => json!(self.name),
            "SourceUserIdentifier" => json!(spare(self.name)),
            "Logins" => self.with_word(op, self.login.clone()),
            "LoginsToRemove" => json!([self.people.login_key()]),
            "IdentityProviderName" => json!(self.people.login_key()),
            "Roles" => json!({ "authenticated": self.roles[0].arn }),
            "PrincipalTags" => json!({ "changed": "sub" }),
            "Tags" => json!({ "changed": "yes" }),
            "TagKeys" => json!(["side"]),
            "MaxResults" => json!(60),
            _ => settings(self.name, &self.people).get(member)?.clone(),
        })
    }

    /// Logins as the operation wants them: where the developer signs, with the developer's word for their user.
    fn with_word(&self, op: &OperationMeta, mut logins: Value) -> Value {
        if op.auth == Auth::Signed && logins[SHOP].is_null() {
            logins[SHOP] = self.name.into();
        }
        logins
    }

    fn body(&self, op: &OperationMeta) -> Value {
        filled(op, |member| self.own(op, member))
    }

    /// A call that comes from where this side's administrator sits.
    fn asking(&self, op: &OperationMeta, body: &Value) -> Asking {
        self.app.identity_asking(op.name, body).in_region(self.region)
    }

    /// Everything that can be seen of it at home.
    async fn now(&self) -> Vec<Value> {
        let mut seen = Vec::new();
        for (op, mut body) in [
            ("DescribeIdentityPool", json!({})),
            ("GetIdentityPoolRoles", json!({})),
            ("ListIdentities", json!({ "MaxResults": 60 })),
            ("GetPrincipalTagAttributeMap", json!({ "IdentityProviderName": self.people.login_key() })),
            ("LookupDeveloperIdentity", json!({ "IdentityId": self.identity })),
            ("LookupDeveloperIdentity", json!({ "DeveloperUserIdentifier": spare(self.name) })),
        ] {
            body["IdentityPoolId"] = json!(self.pool);
            seen.push(self.app.identity_asking(op, &body).in_region(self.region).send().await.expect_ok());
        }
        // What is taken from an identity ends its sessions.
        let who = self.app.who_is(&self.session).await;
        seen.push(json!(who.value("GetCallerIdentityResult.Arn")));
        seen
    }
}

/// The developer's user who is somebody else.
fn spare(name: &str) -> String {
    format!("{name}-spare")
}

fn settings(name: &str, people: &Pool) -> Value {
    json!({
        "IdentityPoolName": name,
        "AllowUnauthenticatedIdentities": true,
        "AllowClassicFlow": true,
        "DeveloperProviderName": SHOP,
        "CognitoIdentityProviders": [{ "ProviderName": people.login_key(), "ClientId": people.client.id }],
        "IdentityPoolTags": { "side": name },
    })
}

/// A pool, another one beside it, one in another region, and one of another account. The same people may come to all of
/// one account.
struct World {
    here: Side,
    there: Side,
    far: Side,
    abroad: Side,
}

impl World {
    async fn of(app: &App) -> Self {
        let elsewhere = app.node_as(|plan| plan.account = kernel::AccountId::parse(ABROAD).unwrap()).await;
        let people = app.pool().with_user("ana", PW).with_user("eve", PW).await;
        let others = elsewhere.pool().with_user("ana", PW).await;
        let world = Self {
            here: Side::of(app, ACCOUNT, HERE, "here", &people).await,
            there: Side::of(app, ACCOUNT, HERE, "there", &people).await,
            far: Side::of(app, ACCOUNT, FAR, "far", &people).await,
            abroad: Side::of(&elsewhere, ABROAD, HERE, "abroad", &others).await,
        };
        // From now on a change has another date.
        app.advance(Duration::from_secs(60));
        world
    }

    async fn now(&self) -> Vec<Vec<Value>> {
        vec![self.here.now().await, self.there.now().await, self.far.now().await, self.abroad.now().await]
    }

    /// Who asks, and whose things they are not to find.
    fn apart(&self) -> [(&Side, &Side); 4] {
        let Self { here, far, abroad, .. } = self;
        [(here, far), (far, here), (here, abroad), (abroad, here)]
    }

    async fn ends_as_it_was(self, before: Vec<Vec<Value>>) {
        assert_eq!(self.now().await, before);
        self.abroad.app.stop().await;
    }
}

/// Which operations something is tried on.
type Suits<'a> = &'a dyn Fn(&OperationMeta) -> bool;

/// Nobody signs a public call, so nobody says for which region it is: the region of whatever it names counts.
fn knows_regions(op: &OperationMeta) -> bool {
    op.auth == Auth::Signed
}

#[cognate_test]
async fn st_26_an_identity_pool_is_not_found_from_another_region_or_account(app: App) {
    let world = World::of(&app).await;
    let before = world.now().await;
    let mut walked = 0;
    for (asker, side) in world.apart() {
        let beyond = |op: &OperationMeta| asker.account != side.account || knows_regions(op);
        for op in served().filter(|op| has(op, &POOLS) && beyond(op)) {
            let mut bodies = vec![side.body(op)];
            if has(op, &["ResourceArn"]) {
                bodies.push(side.body(op));
                bodies[1]["ResourceArn"] = json!(side.arn(asker.region, asker.account));
            }
            for body in bodies {
                let answer = asker.asking(op, &body).send().await;
                assert_eq!(answer.code(), "ResourceNotFoundException", "{}: {answer:?}", op.name);
                assert_eq!(answer.sentence(), no_pool(&side.pool), "{}: {answer:?}", op.name);
                walked += 1;
            }
        }
        for op in served().filter(|op| op.name.starts_with("List") && !has(op, &POOLS)) {
            let told = asker.asking(op, &asker.body(op)).send().await.expect_ok().to_string();
            assert!(told.contains(&asker.pool) && !told.contains(&side.pool), "{}: {told}", op.name);
            walked += 1;
        }
    }
    assert!(walked > 70, "{walked} is too few to have walked anything");
    world.ends_as_it_was(before).await;
}

#[cognate_test]
async fn st_26_what_is_in_another_identity_pool_is_not_found_through_ones_own(app: App) {
    let world = World::of(&app).await;
    let before = world.now().await;
    let mut walked = 0;
    for side in [&world.there, &world.far, &world.abroad] {
        for op in served().filter(|op| has(op, &["IdentityPoolId"])) {
            for naming in members(op).into_iter().filter(|name| INSIDE.contains(name)) {
                // One foreign thing at a time, so that no other one hides it; with all the rest, and with as little as
                // can be.
                let mut whole = world.here.body(op);
                whole[naming] = side.own(op, naming).unwrap();
                let sentence = match naming {
                    "IdentityId" => no_identity(&side.identity),
                    _ => "The developer user identifier is not registered in this identity pool.".to_owned(),
                };
                for body in [bare(op, whole.clone(), &[naming]), whole] {
                    let answer = world.here.asking(op, &body).send().await;
                    assert_eq!(answer.code(), "ResourceNotFoundException", "{} by {naming}: {answer:?}", op.name);
                    assert_eq!(answer.sentence(), sentence, "{} by {naming}: {answer:?}", op.name);
                    walked += 1;
                }
            }
        }
    }
    assert!(walked > 40, "{walked} is too few to have walked anything");
    world.ends_as_it_was(before).await;
}

#[cognate_test]
async fn st_26_an_identity_is_not_found_from_another_region_or_account(app: App) {
    let world = World::of(&app).await;
    let before = world.now().await;
    let mut walked = 0;
    for (asker, side) in world.apart() {
        let beyond = |op: &OperationMeta| asker.account != side.account || knows_regions(op);
        for op in served().filter(|op| has(op, &IDENTITIES) && !has(op, &POOLS) && beyond(op)) {
            let answer = asker.asking(op, &side.body(op)).send().await;
            if has(op, &["IdentityIdsToDelete"]) {
                let refused = json!([{ "IdentityId": side.identity, "ErrorCode": "AccessDenied" }]);
                assert_eq!(answer.expect_ok()["UnprocessedIdentityIds"], refused, "{}: {answer:?}", op.name);
            } else {
                assert_eq!(answer.code(), "ResourceNotFoundException", "{}: {answer:?}", op.name);
                assert_eq!(answer.sentence(), no_identity(&side.identity), "{}: {answer:?}", op.name);
            }
            walked += 1;
        }
    }
    assert!(walked > 12, "{walked} is too few to have walked anything");
    world.ends_as_it_was(before).await;
}

#[cognate_test]
async fn st_26_nobody_is_somebody_else_by_the_tokens_of_others(app: App) {
    let world = World::of(&app).await;
    let World { here, there, .. } = &world;
    let strangers = app.pool().with_user("ana", PW).await;
    let unknown = here.people.client(json!({})).await;
    let through = here.people.sign_in_through(&unknown, "ana", PW).await.expect_tokens();
    let token_of = async |side: &Side, identifier: String| {
        let body = json!({ "IdentityPoolId": side.pool, "Logins": { SHOP: identifier } });
        app.identity("GetOpenIdTokenForDeveloperIdentity", body).await.expect_ok()["Token"].clone()
    };
    let key = here.people.login_key();
    let names_somebody = |op: &OperationMeta| has(op, &["IdentityId"]);
    let public = |op: &OperationMeta| op.auth != Auth::Signed;
    let always = |_: &OperationMeta| true;
    let presented: [(&str, Value, Suits<'_>); 10] = [
        ("a user pool that is not known", strangers.login("ana").await, &always),
        ("the same by another's key", json!({ key.clone(): strangers.id_token("ana").await }), &always),
        ("a client that is not known", json!({ key.clone(): through["IdToken"] }), &always),
        ("the token of another pool", json!({ OWN: token_of(here, here.name.to_owned()).await }), &always),
        ("the token of another identity", json!({ OWN: token_of(there, spare(there.name)).await }), &always),
        (
            "two tokens at once",
            json!({ OWN: token_of(here, here.name.to_owned()).await, key: through["IdToken"] }),
            &always,
        ),
        ("the developer's word by nobody", json!({ SHOP: there.name }), &public),
        ("the developer's other user", json!({ SHOP: spare(there.name) }), &|op| !public(op)),
        ("another person", here.people.login("eve").await, &names_somebody),
        ("nothing", json!({}), &|op| public(op) && names_somebody(op)),
    ];
    let refusals = ["NotAuthorizedException", "ResourceConflictException", "DeveloperUserAlreadyRegisteredException"];
    let before = world.now().await;
    let mut walked = 0;
    for op in served().filter(|op| has(op, &["Logins"])) {
        for (whose, logins, _) in presented.iter().filter(|(.., suits)| suits(op)) {
            let mut body = there.body(op);
            body["Logins"] = there.with_word(op, logins.clone());
            let answer = there.asking(op, &body).send().await;
            let together = logins.get(OWN).is_some() && answer.code() == "InvalidParameterException";
            assert!(refusals.contains(&answer.code().as_str()) || together, "{} by {whose}: {answer:?}", op.name);
            walked += 1;
        }
    }
    // Nor does anybody get a role that another pool gives, whichever account it is of.
    for op in served().filter(|op| has(op, &["CustomRoleArn"])) {
        for role in here.roles.iter().chain(&world.abroad.roles) {
            let mut body = there.body(op);
            body["CustomRoleArn"] = json!(role.arn);
            let answer = there.asking(op, &body).send().await;
            assert!(refusals.contains(&answer.code().as_str()), "{} with {}: {answer:?}", op.name, role.arn);
            walked += 1;
        }
    }
    assert!(walked > 44, "{walked} is too few to have walked anything");
    world.ends_as_it_was(before).await;
}

/// A user of the account that a node answers for, who may do everything.
async fn administrator(app: &App, name: &str) -> Credentials {
    let all = "arn:aws:iam::aws:policy/AdministratorAccess";
    app.query(Service::Iam, "CreateUser", &[("UserName", name)]).await.expect_ok();
    app.query(Service::Iam, "AttachUserPolicy", &[("UserName", name), ("PolicyArn", all)]).await.expect_ok();
    let made = app.query(Service::Iam, "CreateAccessKey", &[("UserName", name)]).await;
    let told = |member: &str| made.value(&format!("CreateAccessKeyResult.AccessKey.{member}"));
    Credentials { access_key_id: told("AccessKeyId"), secret: told("SecretAccessKey").into(), token: None }
}

async fn guest_session(side: &Side) -> Credentials {
    let body = json!({ "IdentityId": side.guest });
    side.app.identity("GetCredentialsForIdentity", body).await.identity_credentials()
}

#[cognate_test]
async fn st_26_whoever_was_given_one_identity_pool_reaches_no_other(app: App) {
    let world = World::of(&app).await;
    let World { here, there, .. } = &world;
    let user = app.iam_user("keeper").await;
    let callers =
        [("user", user.credentials.clone()), ("guest", guest_session(here).await), ("person", here.session.clone())];
    let signed = || served().filter(|op| op.auth == Auth::Signed);
    let before = world.now().await;
    let mut walked = 0;
    for (who, credentials) in &callers {
        for (op, side) in signed().flat_map(|op| [(op, here), (op, there)]) {
            let answer = side.asking(op, &side.body(op)).signed_by(credentials.clone()).send().await;
            assert_eq!(answer.code(), "AccessDeniedException", "{} by a {who} without rights: {answer:?}", op.name);
            walked += 1;
        }
    }
    let keep = json!([
        { "Effect": "Allow", "Action": "cognito-identity:*", "Resource": here.arn(HERE, ACCOUNT) },
        { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*" },
    ]);
    user.may(keep.clone()).await;
    for role in &here.roles {
        role.may(keep.clone()).await;
    }
    for (who, credentials) in &callers {
        let seen = here.app.identity_asking("DescribeIdentityPool", &json!({ "IdentityPoolId": here.pool }));
        seen.signed_by(credentials.clone()).send().await.expect_ok();
        for op in signed() {
            let answer = there.asking(op, &there.body(op)).signed_by(credentials.clone()).send().await;
            assert_eq!(answer.code(), "AccessDeniedException", "{} by the {who} of another pool: {answer:?}", op.name);
            walked += 1;
        }
        for op in signed().filter(|op| has(op, &["IdentityPoolId"]) && has(op, &["IdentityId"])) {
            let mut body = here.body(op);
            body["IdentityId"] = json!(there.identity);
            let answer = here.asking(op, &body).signed_by(credentials.clone()).send().await;
            assert_eq!(answer.code(), "ResourceNotFoundException", "{} by a {who}: {answer:?}", op.name);
            walked += 1;
        }
    }
    assert!(walked > 170, "{walked} is too few to have walked anything");
    world.ends_as_it_was(before).await;
}

#[cognate_test]
async fn st_26_callers_of_another_account_are_nobody_here(app: App) {
    let world = World::of(&app).await;
    let World { here, abroad, .. } = &world;
    let before = world.now().await;
    let mut walked = 0;
    for (asker, side) in [(here, abroad), (abroad, here)] {
        let callers = [
            ("user", administrator(&asker.app, asker.name).await),
            ("guest", guest_session(asker).await),
            ("person", asker.session.clone()),
        ];
        for (who, credentials) in &callers {
            let at_home = asker.app.who_is(credentials).await;
            assert!(at_home.is_ok(), "the {who} is somebody at home: {at_home:?}");
            for op in served().filter(|op| op.auth == Auth::Signed) {
                let answer = side.asking(op, &side.body(op)).signed_by(credentials.clone()).send().await;
                assert_eq!(answer.code(), "UnrecognizedClientException", "{} by a {who}: {answer:?}", op.name);
                walked += 1;
            }
        }
    }
    assert!(walked > 110, "{walked} is too few to have walked anything");
    world.ends_as_it_was(before).await;
}

#[cognate_test]
async fn st_26_a_page_token_turns_no_page_of_another_list(app: App) {
    let world = World::of(&app).await;
    let World { here, there, far, abroad } = &world;
    let mut walked = 0;
    for op in served().filter(|op| has(op, &["NextToken"])) {
        let page = |side: &Side| {
            let mut body = bare(op, side.body(op), &["IdentityId"]);
            body["MaxResults"] = json!(1);
            body
        };
        let first = there.asking(op, &page(there)).send().await;
        let token = first.expect_ok()["NextToken"].clone();
        assert!(token.is_string(), "there are two to be listed: {first:?}");
        // Pools of one account and region are on one list.
        let others = [here, far, abroad].into_iter().filter(|side| has(op, &POOLS) || side.name != "here");
        for side in others {
            let mut body = page(side);
            body["NextToken"] = token.clone();
            let answer = side.asking(op, &body).send().await;
            assert_eq!(answer.code(), "InvalidParameterException", "{}: {answer:?}", op.name);
            walked += 1;
        }
        let mut body = page(there);
        body["NextToken"] = token;
        there.asking(op, &body).send().await.expect_ok();
    }
    assert!(walked > 7, "{walked} is too few to have walked anything");
    world.abroad.app.stop().await;
}

/// What is left shrinks: identities lose logins, then they go, and their pool goes last.
fn order(op: &OperationMeta) -> usize {
    ["Unlink", "Delete"].iter().position(|verb| op.name.starts_with(verb)).map_or(0, |at| at + 1)
}

#[cognate_test]
async fn st_26_the_same_calls_go_through_for_those_whose_things_they_name(app: App) {
    let people = app.pool().with_user("ana", PW).await;
    let side = Side::of(&app, ACCOUNT, HERE, "there", &people).await;
    let mut all: Vec<_> = served().collect();
    all.sort_by_key(|op| order(op));
    for op in all {
        let answer = side.asking(op, &side.body(op)).send().await;
        assert!(answer.is_ok(), "{}: the walks ask for something nobody could have: {answer:?}", op.name);
    }
}
