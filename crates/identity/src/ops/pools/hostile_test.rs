//! Hostile input for every operation that is served: never a failure of ours, never an error the contract does not name,
//! never a word of it in the log.

use contract::{Auth, Kind, OperationMeta, Shape};
use identity::SERVED;
use kernel::EntropyExt;
use testkit::hostile::{assert_contracted, draw, empty_values, oversized, wrong_types};
use testkit::prelude::*;
use testkit::{IdentityPool, SeededEntropy, least};

fn served() -> impl Iterator<Item = &'static OperationMeta> {
    SERVED.iter().map(|served| served.meta)
}

/// A pool with a guest, and a request about them that gets past the first look.
struct World {
    app: App,
    pool: IdentityPool,
    guest: String,
}

impl World {
    async fn of(app: &App) -> Self {
        let pool = app
            .identity_pool()
            .with_guests()
            .classic()
            .developed_by("login.shop")
            .set("SupportedLoginProviders", json!({ "graph.facebook.com": "7346241598935555" }))
            .await;
        let guest = pool.guest().await;
        Self { app: app.clone(), pool, guest }
    }

    fn base(&self, op: &OperationMeta) -> Value {
        let mut body = least(op.input);
        let known = [
            ("IdentityPoolId", json!(self.pool.id)),
            ("IdentityId", json!(self.guest)),
            ("IdentityIdsToDelete", json!(["eu-west-1:0a"])),
            ("ResourceArn", json!(self.pool.arn())),
            ("DeveloperProviderName", json!("login.shop")),
            ("IdentityProviderName", json!("graph.facebook.com")),
        ];
        for (name, value) in known {
            if body.get(name).is_some() {
                body[name] = value;
            }
        }
        body
    }

    /// Sends a body for every member of every operation, changed by `change`.
    async fn for_every_member(&self, change: impl Fn(&Shape) -> Vec<Value>) {
        // The pool stays until the end.
        for op in served().filter(|op| op.name != "DeleteIdentityPool") {
            let Kind::Struct { members } = &op.input.kind else { continue };
            for member in *members {
                for value in change(member.shape) {
                    let mut body = self.base(op);
                    body[member.name] = value;
                    assert_contracted(op, &self.app.identity(op.name, body).await);
                }
            }
        }
    }
}

#[cognate_test]
async fn st_33_wrong_types_and_nothing_in_every_member_are_survived(app: App) {
    let world = World::of(&app).await;
    world.for_every_member(wrong_types).await;
    world.for_every_member(empty_values).await;
}

#[cognate_test]
async fn st_24_ten_and_a_thousand_times_the_allowed_size_is_refused_everywhere(app: App) {
    let world = World::of(&app).await;
    world.for_every_member(|shape| oversized(shape, 10)).await;
    world.for_every_member(|shape| oversized(shape, 1000)).await;
}

#[cognate_test]
async fn st_33_random_bodies_of_the_right_shape_are_only_refused_as_the_contract_says(app: App) {
    let world = World::of(&app).await;
    let dice = SeededEntropy::of("identity pools");
    for op in served().filter(|op| op.name != "DeleteIdentityPool") {
        for _ in 0..20 {
            let mut body = draw(op.input, &dice, 0);
            for (name, value) in world.base(op).as_object().unwrap() {
                if dice.bytes::<1>()[0] < 170 {
                    body[name] = value.clone();
                }
            }
            assert_contracted(op, &app.identity(op.name, body).await);
        }
    }
}

#[cognate_test]
async fn what_is_no_object_and_what_is_about_nobody_is_refused(app: App) {
    for op in served() {
        for body in [json!([]), json!("x"), json!(7)] {
            app.identity(op.name, body).await.expect_code("SerializationException");
        }
        assert_contracted(op, &app.identity(op.name, least(op.input)).await);
    }
}

#[cognate_test]
async fn signed_operations_want_a_signature_before_anything_is_read(app: App) {
    for op in served().filter(|op| op.auth == Auth::Signed) {
        let answer = app.identity_asking(op.name, &json!({})).unsigned().send().await;
        answer.expect_fault("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
}

#[cognate_test]
async fn names_and_tags_of_any_text_come_back_as_they_went(app: App) {
    let text = "\0 ' \" \\ \u{202e} \u{1f600} </script> {\"a\":1}";
    let body = json!({
        "IdentityPoolName": "a b+c=d,e.f@g-h", "AllowUnauthenticatedIdentities": false, "IdentityPoolTags": { text: text },
    });
    let made = app.identity("CreateIdentityPool", body).await.expect_ok();
    let shown = app.identity("DescribeIdentityPool", json!({ "IdentityPoolId": made["IdentityPoolId"] })).await;
    assert_eq!(shown.expect_ok()["IdentityPoolTags"], json!({ text: text }));
    assert_eq!(shown.expect_ok()["IdentityPoolName"], "a b+c=d,e.f@g-h");
}

/// A text that cannot come from anywhere else.
const CANARY: &str = "Kanar1envogel";

/// A request whose every free text is the canary.
fn sung(shape: &Shape, depth: usize) -> Value {
    match &shape.kind {
        Kind::Text { enums, .. } => json!(enums.first().unwrap_or(&CANARY)),
        Kind::Int { min, .. } => json!(min.unwrap_or(1)),
        Kind::Bool => json!(true),
        Kind::List { member, .. } => json!([sung(member, depth + 1)]),
        Kind::Map { value, .. } => {
            let keys = ["graph.facebook.com", "login.shop", "authenticated", CANARY];
            let entries = keys.iter().map(|key| ((*key).to_owned(), sung(value, depth + 1)));
            entries.collect::<serde_json::Map<_, _>>().into()
        }
        Kind::Struct { members } if depth < 6 => {
            let entry = |member: &contract::Member| (member.name.to_owned(), sung(member.shape, depth + 1));
            members.iter().map(entry).collect::<serde_json::Map<_, _>>().into()
        }
        _ => json!({}),
    }
}

#[cognate_test]
async fn st_34_nothing_a_caller_writes_and_no_guests_id_is_logged(app: App) {
    let world = World::of(&app).await;
    let deletion = |op: &&OperationMeta| op.name == "DeleteIdentityPool";
    for op in served().filter(|op| !deletion(op)).chain(served().filter(deletion)) {
        app.identity(op.name, sung(op.input, 0)).await;
        // With ids that are there, so that the handler sees the rest.
        let mut body = world.base(op);
        for (name, value) in sung(op.input, 0).as_object().unwrap() {
            if body.get(name).is_none() {
                body[name] = value.clone();
            }
        }
        app.identity(op.name, body.clone()).await;
        for member in ["Logins", "Tags", "PrincipalTags", "IdentityPoolName"] {
            if sung(op.input, 0).get(member).is_some() {
                body[member] = sung(op.input, 0)[member].clone();
                app.identity(op.name, body.clone()).await;
            }
        }
    }
    let (_, uuid) = world.guest.split_once(':').unwrap();
    let lines = testkit::log_lines();
    assert!(!lines.is_empty(), "the log is listened to");
    for line in &lines {
        assert!(!line.contains(CANARY), "the canary is in the log: {line}");
        assert!(!line.contains(uuid), "a guest's id is in the log: {line}");
    }
}
