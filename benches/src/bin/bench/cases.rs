//! The operations that are measured: what each asks, how its answer is checked, its floor and its bar.

use anyhow::{Result, bail, ensure};
use benches::api::{Api, Outcome};
use benches::identities;
use benches::people::{self, address, word};
use serde_json::{Value, json};

use super::floor::{ECHO, Floor, NOTHING};
use super::world::{PASSWORD, World, person};

/// A measured operation.
pub struct Case {
    /// Its name in the table.
    pub name: &'static str,
    /// What it cannot do without.
    pub floor: Floor,
    /// Times the floor it may cost.
    pub bar: f64,
    /// Does it once and checks the answer. The number differs from call to call.
    pub run: fn(&mut Api, &World, u64) -> Result<()>,
}

impl Case {
    /// How often it crosses the wire.
    pub fn exchanges(&self) -> f64 {
        self.floor.echoes + self.floor.exchanges
    }
}

/// In the order of the table.
pub const CASES: &[Case] = &[
    Case { name: "JWKS", floor: ECHO, bar: 2.0, run: jwks },
    Case {
        name: "GetUser",
        floor: Floor { verifies: 1.0, reads: 2.0, estimated: 3.9, ..NOTHING },
        bar: 1.5,
        run: get_user,
    },
    Case {
        name: "AdminGetUser",
        floor: Floor { reads: 3.0, estimated: 12.5, ..NOTHING },
        bar: 2.0,
        run: admin_get_user,
    },
    Case { name: "ListUsers =", floor: Floor { reads: 3.0, estimated: 10.5, ..NOTHING }, bar: 2.0, run: list_by_email },
    Case {
        name: "ListUsers ^= (10 rows)",
        floor: Floor { reads: 12.0, estimated: 12.9, ..NOTHING },
        bar: 2.0,
        run: list_by_prefix,
    },
    Case {
        name: "refresh",
        floor: Floor { signs: 2.0, reads: 1.0, estimated: 5.3, ..NOTHING },
        bar: 1.15,
        run: refresh,
    },
    Case {
        name: "password sign-in",
        floor: Floor { signs: 2.0, base2_powers: 1.0, reads: 1.0, estimated: 3.7, ..NOTHING },
        bar: 1.0,
        run: password,
    },
    Case {
        name: "SRP sign-in (both calls)",
        floor: Floor {
            signs: 2.0,
            base2_powers: 1.0,
            powers: 2.0,
            exchanges: 2.0,
            reads: 4.0,
            estimated: 11.0,
            ..NOTHING
        },
        bar: 1.25,
        run: srp,
    },
    Case {
        name: "SignUp",
        floor: Floor { base2_powers: 1.0, reads: 1.0, estimated: 21.7, ..NOTHING },
        bar: 0.9,
        run: sign_up,
    },
    Case {
        name: "GetId",
        floor: Floor { verifies: 1.0, reads: 1.0, estimated: 5.3, ..NOTHING },
        bar: 1.5,
        run: get_id,
    },
    Case {
        name: "GetCredentialsForIdentity",
        floor: Floor { verifies: 1.0, reads: 1.0, estimated: 7.3, ..NOTHING },
        bar: 1.5,
        run: get_credentials,
    },
];

fn jwks(api: &mut Api, world: &World, _: u64) -> Result<()> {
    let keys = api.get(&format!("/{}/.well-known/jwks.json", world.pool.id))?;
    let first = keys.get("keys").and_then(|keys| keys.get(0));
    ensure!(first.and_then(|key| key.get("kty")) == Some(&json!("RSA")), "no RSA key: {keys}");
    Ok(())
}

fn get_user(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let actor = world.actor(turn);
    let answer = api.public("GetUser", &json!({"AccessToken": actor.tokens.access}))?.done()?;
    ensure!(word(&answer, &["Username"])? == actor.name, "another person: {answer}");
    Ok(())
}

fn admin_get_user(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let name = world.someone(turn);
    let answer = api.signed("AdminGetUser", &json!({"UserPoolId": world.pool.id, "Username": name}))?.done()?;
    ensure!(word(&answer, &["Username"])? == name, "another person: {answer}");
    Ok(())
}

fn list(api: &mut Api, world: &World, filter: &str) -> Result<Vec<Value>> {
    let input = json!({"UserPoolId": world.pool.id, "Filter": filter, "Limit": 10});
    let answer = api.signed("ListUsers", &input)?.done()?;
    match answer.get("Users").and_then(Value::as_array) {
        Some(users) => Ok(users.clone()),
        None => bail!("no list: {answer}"),
    }
}

fn list_by_email(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let name = world.someone(turn);
    let users = list(api, world, &format!("email = \"{}\"", address(&name)))?;
    ensure!(
        users.len() == 1 && users.iter().all(|user| user.get("Username") == Some(&json!(name))),
        "{name}: {users:?}"
    );
    Ok(())
}

fn list_by_prefix(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    // Names are numbered with leading zeros, so a name without its last digit is the beginning of ten.
    let name = world.someone(turn);
    let prefix = name.get(..name.len() - 1).unwrap_or_default();
    let users = list(api, world, &format!("username ^= \"{prefix}\""))?;
    let all = users
        .iter()
        .all(|user| user.get("Username").and_then(Value::as_str).is_some_and(|name| name.starts_with(prefix)));
    ensure!(users.len() == 10 && all, "{prefix}: {} users", users.len());
    Ok(())
}

fn refresh(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let answer = people::refresh(api, &world.pool, &world.actor(turn).tokens.refresh)?.done()?;
    signed_tokens(&answer, &["AccessToken", "IdToken"])
}

fn password(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let answer = people::sign_in(api, &world.pool, &world.actor(turn).name, PASSWORD)?.done()?;
    signed_tokens(&answer, &["AccessToken", "IdToken", "RefreshToken"])
}

fn srp(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let answer = people::sign_in_by_srp(api, &world.pool, &world.actor(turn).name, PASSWORD)?.done()?;
    signed_tokens(&answer, &["AccessToken", "IdToken", "RefreshToken"])
}

fn signed_tokens(answer: &Value, names: &[&str]) -> Result<()> {
    for name in names {
        let token = word(answer, &["AuthenticationResult", name])?;
        let parts = token.split('.').count();
        ensure!(*name == "RefreshToken" || (parts == 3 && token.len() > 500), "{name} is no signed token");
    }
    Ok(())
}

fn sign_up(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let name = person("new", world.fresh_number(turn));
    match people::sign_up(api, &world.pool, &name, PASSWORD)? {
        Outcome::Done(answer) => {
            ensure!(word(&answer, &["UserSub"])?.len() == 36, "no sub: {answer}");
            ensure!(answer.get("UserConfirmed") == Some(&json!(false)), "confirmed at once: {answer}");
            Ok(())
        }
        Outcome::Refused(code, sentence) => bail!("{name}: {code}: {sentence}"),
    }
}

fn get_id(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let actor = world.actor(turn);
    let identity = identities::identity(api, &world.identities, Some(&actor.tokens.id))?;
    ensure!(identity == actor.identity, "{} is another identity: {identity}", actor.name);
    Ok(())
}

fn get_credentials(api: &mut Api, world: &World, turn: u64) -> Result<()> {
    let actor = world.actor(turn);
    let key = identities::credentials(api, &world.identities, &actor.identity, &actor.tokens.id)?;
    ensure!(key.starts_with("ASIA"), "no temporary key: {key}");
    Ok(())
}
