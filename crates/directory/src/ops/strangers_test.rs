//! ST-26: what belongs to another pool, region or person is out of reach, operation by operation, and stays as it was.

use contract::{Auth, OperationMeta};
use directory::SERVED;
use testkit::members;
use testkit::prelude::*;

const PW: &str = testkit::PASSWORD;

/// Refusals that say "there is no such thing here", in the words of whichever operation it is.
const NOT_HERE: [&str; 3] = ["UserNotFoundException", "ResourceNotFoundException", "NotAuthorizedException"];

/// Members that name an object inside a pool. Those that only make one name nothing yet.
const NAMING: [&str; 3] = ["Username", "ClientId", "GroupName"];
const MAKING: [&str; 3] = ["AdminCreateUser", "CreateGroup", "CreateUserPoolClient"];

/// What else a call needs to be looked at in earnest.
fn filling(name: &str) -> Option<Value> {
    Some(match name {
        "Password" => json!("An0ther-password"),
        "UserAttributes" => json!([{ "Name": "name", "Value": "changed" }]),
        "UserAttributeNames" => json!(["name"]),
        "AuthFlow" => json!("ADMIN_USER_PASSWORD_AUTH"),
        "AuthParameters" => json!({ "USERNAME": "there", "PASSWORD": PW }),
        "ChallengeName" => json!("NEW_PASSWORD_REQUIRED"),
        "ChallengeResponses" => json!({ "USERNAME": "there", "NEW_PASSWORD": "An0ther-password" }),
        "Description" | "ClientName" => json!("changed"),
        "CustomAttributes" => json!([{ "Name": "changed", "AttributeDataType": "String" }]),
        "ClientSecretId" => json!("there--1"),
        "MfaConfiguration" => json!("OFF"),
        _ => return None,
    })
}

/// Two pools whose people, clients and groups have different names.
struct World {
    here: Pool,
    there: Pool,
}

impl World {
    async fn of(app: &App) -> Self {
        let here = app.pool().with_user("here", PW).await;
        let there = app.pool().with_user("there", PW).await;
        Self { here, there }
    }

    fn named(&self, pool: &Pool, member: &str) -> Value {
        let own = if pool.id == self.here.id { "here" } else { "there" };
        match member {
            "ClientId" => json!(pool.client.id),
            _ => json!(own),
        }
    }

    /// A call about `pool` as a whole, with the objects of `objects` in it.
    fn body(&self, op: &OperationMeta, pool: &Pool, objects: &Pool) -> Value {
        let mut body = json!({});
        for name in members(op) {
            let value = match name {
                "UserPoolId" => Some(json!(pool.id)),
                _ if NAMING.contains(&name) => Some(self.named(objects, name)),
                _ => filling(name),
            };
            if let Some(value) = value {
                body[name] = value;
            }
        }
        body
    }

    /// Everything an administrator can see of the other pool.
    async fn there_now(&self) -> [Value; 4] {
        let client = json!({ "ClientId": self.there.client.id });
        [
            self.there.admin("DescribeUserPool", json!({})).await.expect_ok(),
            self.there.admin("DescribeUserPoolClient", client).await.expect_ok(),
            self.there.admin("ListUsers", json!({})).await.expect_ok(),
            self.there.person("there").await.expect_ok(),
        ]
    }
}

fn about_a_pool() -> impl Iterator<Item = &'static OperationMeta> {
    SERVED.iter().map(|served| served.meta).filter(|op| op.auth == Auth::Signed && members(op).contains(&"UserPoolId"))
}

#[cognate_test]
async fn st_26_objects_of_another_pool_are_not_found_through_ones_own(app: App) {
    let world = World::of(&app).await;
    let before = world.there_now().await;
    let mut walked = 0;
    for op in about_a_pool().filter(|op| !MAKING.contains(&op.name)) {
        for naming in members(op).into_iter().filter(|name| NAMING.contains(name)) {
            // One foreign object at a time, so that no other one hides it.
            let mut body = world.body(op, &world.here, &world.here);
            body[naming] = world.named(&world.there, naming);
            let answer = app.call(op.name, body).await;
            assert!(NOT_HERE.contains(&answer.code().as_str()), "{} by {naming}: {answer:?}", op.name);
            walked += 1;
        }
    }
    assert!(walked > 8, "{walked} is too few to have walked anything");
    assert_eq!(world.there_now().await, before);
}

#[cognate_test]
async fn st_26_a_pool_is_not_found_from_another_region(app: App) {
    let world = World::of(&app).await;
    let before = world.there_now().await;
    for op in about_a_pool() {
        let body = world.body(op, &world.there, &world.there);
        let answer = app.asking(op.name, &body).in_region("us-east-1").send().await;
        assert_eq!(answer.code(), "ResourceNotFoundException", "{}: {answer:?}", op.name);
    }
    assert_eq!(world.there_now().await, before);
}

#[cognate_test]
async fn st_26_a_client_opens_no_door_to_the_people_of_another_pool(app: App) {
    let world = World::of(&app).await;
    let tokens = world.there.sign_in("there", PW).await.expect_tokens();
    world.there.invited("guest", PW).await.expect_ok();
    let challenge = world.there.sign_in("guest", PW).await.expect_challenge("NEW_PASSWORD_REQUIRED");
    let answers = json!({ "USERNAME": "guest", "NEW_PASSWORD": "An0ther-password" });
    let before = world.there_now().await;
    let open = SERVED.iter().map(|served| served.meta).filter(|op| op.auth != Auth::Signed);
    for op in open.filter(|op| members(op).contains(&"ClientId") && op.name != "SignUp") {
        let mut body = world.body(op, &world.here, &world.there);
        body["ClientId"] = json!(world.here.client.id);
        for (member, value) in [
            ("AuthFlow", json!("USER_PASSWORD_AUTH")),
            ("Session", challenge["Session"].clone()),
            ("ChallengeResponses", answers.clone()),
            ("ConfirmationCode", json!("123456")),
            ("Token", tokens["RefreshToken"].clone()),
            ("RefreshToken", tokens["RefreshToken"].clone()),
        ] {
            if members(op).contains(&member) {
                body[member] = value;
            }
        }
        let answer = app.call(op.name, body).await;
        // RevokeToken answers tokens it does not know like success, and must have ended nothing.
        let harmless = op.name == "RevokeToken" && answer.is_ok();
        let refused = NOT_HERE.contains(&answer.code().as_str()) || answer.code() == "UnauthorizedException";
        assert!(harmless || refused, "{}: {answer:?}", op.name);
    }
    assert_eq!(world.there_now().await, before);
    world.there.get_user(&tokens["AccessToken"]).await.expect_ok();
    world.there.refresh(&tokens["RefreshToken"]).await.expect_tokens();
    // The challenge is as good as before through the client it was given to.
    let own = &world.there.client;
    world.there.respond(own, "NEW_PASSWORD_REQUIRED", &challenge["Session"], answers).await.expect_tokens();
}
