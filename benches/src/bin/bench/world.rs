//! A pool full of people: most are only there, sixty-four have signed in and act.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use benches::api::{Api, is_busy};
use benches::cognate::{Cognate, Place};
use benches::identities::{self, IdentityPool, make_identity_pool};
use benches::people::{self, Pool, Tokens, address, make_person, make_pool, tokens};
use benches::sigv4::AccessKey;
use serde_json::json;

/// Everybody's password.
pub const PASSWORD: &str = "Corr3ct-horse!";
const ACTORS: u64 = 64;
const FILLERS: u32 = 16;
/// How often, and after which pause, somebody who fills comes again.
const PATIENCE: u32 = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// A person who acts.
pub struct Actor {
    /// Their name.
    pub name: String,
    /// What their sign-in brought.
    pub tokens: Tokens,
    /// Who they are in the identity pool.
    pub identity: String,
}

/// The pool and who is in it.
pub struct World {
    /// The pool.
    pub pool: Pool,
    /// The identity pool that believes its tokens.
    pub identities: IdentityPool,
    /// The server's port.
    pub port: u16,
    /// The root key.
    pub key: AccessKey,
    actors: Vec<Actor>,
    people: u32,
    fresh: AtomicU64,
}

/// A person's name: six digits, so that a prefix of five stands for ten people.
pub fn person(kind: &str, number: u64) -> String {
    format!("{kind}{number:07}")
}

/// Again when the server has too much to do: a crowd takes as long as it takes.
fn patiently<T>(mut ask: impl FnMut() -> Result<T>) -> Result<T> {
    for _ in 0..PATIENCE {
        match ask() {
            Err(error) if is_busy(&error) => thread::sleep(PAUSE),
            other => return other,
        }
    }
    ask()
}

impl World {
    /// A new pool with its actors.
    pub fn make(server: &Cognate, place: &Place) -> Result<Self> {
        let key = server.root_key()?;
        let mut api = Api::open(place.port, &key)?;
        let pool = make_pool(&mut api, "bench", false)?;
        let identities = make_identity_pool(&mut api, &key, &pool)?;
        let mut actors = Vec::new();
        for number in 0..ACTORS {
            let name = person("actor", number);
            make_person(&mut api, &pool, &name, PASSWORD)?;
            let answer = people::sign_in(&mut api, &pool, &name, PASSWORD)?.done()?;
            let tokens = tokens(&answer)?;
            let identity = identities::identity(&mut api, &identities, Some(&tokens.id))?;
            actors.push(Actor { name, tokens, identity });
        }
        Ok(Self { pool, identities, port: place.port, key, actors, people: 0, fresh: AtomicU64::new(0) })
    }

    /// Adds people until there are this many.
    pub fn fill(&mut self, users: u32) -> Result<()> {
        let (world, from) = (&*self, self.people);
        thread::scope(|scope| {
            let fillers: Vec<_> =
                (0..FILLERS).map(|part| scope.spawn(move || world.fill_part(from, users, part))).collect();
            fillers.into_iter().try_for_each(|filler| filler.join().map_err(|_| anyhow!("a filler panicked"))?)
        })?;
        self.people = self.people.max(users);
        Ok(())
    }

    fn fill_part(&self, from: u32, to: u32, part: u32) -> Result<()> {
        let mut api = Api::open(self.port, &self.key)?;
        for number in (from..to).filter(|number| number % FILLERS == part) {
            let name = person("person", number.into());
            let email = json!([{"Name": "email", "Value": address(&name)}]);
            let input = json!({"UserPoolId": self.pool.id, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": email});
            patiently(|| api.signed("AdminCreateUser", &input)?.done()).with_context(|| name)?;
            // As many identities as people: guests, who cost one call each.
            patiently(|| identities::identity(&mut api, &self.identities, None))?;
        }
        Ok(())
    }

    /// One of the actors.
    pub fn actor(&self, turn: u64) -> &Actor {
        let index = usize::try_from(turn % ACTORS).unwrap_or(0);
        self.actors.get(index).unwrap_or_else(|| unreachable!("there are {ACTORS} actors"))
    }

    /// The name of somebody in the crowd, all over it.
    pub fn someone(&self, turn: u64) -> String {
        person("person", turn.wrapping_mul(7_919) % u64::from(self.people / 10 * 10))
    }

    /// A number nobody had before.
    pub fn fresh_number(&self, _turn: u64) -> u64 {
        self.fresh.fetch_add(1, Ordering::Relaxed)
    }
}
