//! What the clients do until the server dies under them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use benches::api::{Api, Outcome, is_busy};
use benches::people::{Pool, word};
use benches::sigv4::AccessKey;
use benches::smtp_sink::Sink;
use kernel::{EntropyExt, SystemEntropy};
use serde_json::{Value, json};

use crate::ledger::Ledger;
use crate::lives;
use crate::subjects::Step;

/// What workers share.
pub struct Load {
    /// The server's port.
    pub port: u16,
    /// The root key.
    pub key: AccessKey,
    /// The pool everybody joins, and the client most use.
    pub pool: Pool,
    /// The same pool through a client whose refresh tokens replace one another, each good once.
    pub rotating: Pool,
    /// Where mail arrives.
    pub sink: Sink,
    /// Where acknowledged steps are kept.
    pub ledger: Arc<Ledger>,
    /// Numbers for names.
    pub names: AtomicU64,
    /// The server is about to die, or dead: what goes wrong from now on is no finding.
    pub killed: AtomicBool,
}

/// The pool of the drill through its two clients: addresses are proved by mail, new ones before they are in force.
pub fn make_pool(api: &mut Api) -> Result<(Pool, Pool)> {
    let input = json!({"PoolName": "drill", "AutoVerifiedAttributes": ["email"],
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}});
    let id = word(&api.signed("CreateUserPool", &input)?.done()?, &["UserPool", "Id"])?;
    let mut client = |name: &str, more: Value| -> Result<Pool> {
        let mut input = json!({"UserPoolId": id, "ClientName": name});
        if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
            input.extend(more);
        }
        let made = api.signed("CreateUserPoolClient", &input)?.done()?;
        Ok(Pool { id: id.clone(), client: word(&made, &["UserPoolClient", "ClientId"])? })
    };
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let plain = client("plain", json!({"ExplicitAuthFlows": flows}))?;
    let rotation = json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": 0});
    let rotating = client(
        "rotating",
        json!({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "RefreshTokenRotation": rotation}),
    )?;
    Ok((plain, rotating))
}

impl Load {
    /// One client after another until the server is gone. An error before the kill is a finding.
    pub fn work(&self) -> Option<String> {
        let mut begun = Ok(());
        while begun.is_ok() && !self.is_killed() {
            begun = Api::open(self.port, &self.key).and_then(|mut api| {
                for _ in 0..8 {
                    self.a_life(&mut api)?;
                }
                Ok(())
            });
            // An overloaded server says so, and a client asks again: the life ends with its step unanswered.
            if begun.as_ref().is_err_and(is_busy) {
                begun = Ok(());
            }
        }
        match begun {
            Err(error) if !self.is_killed() => Some(format!("before the kill: {error:#}")),
            _ => None,
        }
    }

    /// Whose turn it is. Pools are rare, since each costs two signing keys.
    fn a_life(&self, api: &mut Api) -> Result<()> {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        match dice(32) {
            0 => lives::pool::live(self, api, &format!("pool{number:07}")),
            1..=3 => lives::client::live(self, api, &format!("client{number:07}")),
            4..=8 => lives::iam::live(self, api, &format!("role{number:07}")),
            _ => lives::person::live(self, api, &format!("person{number:07}")),
        }
    }

    /// Whether the server is dead or about to be.
    pub fn is_killed(&self) -> bool {
        self.killed.load(Ordering::SeqCst)
    }

    /// The code that comes to an address.
    pub fn code(&self, address: &str) -> Result<String> {
        for _ in 0..100 {
            if let Some(code) = self.sink.code_for(address, Duration::from_millis(100)) {
                return Ok(code);
            }
            if self.is_killed() {
                bail!("killed while waiting for mail");
            }
        }
        bail!("a code was promised to {address} ten seconds ago and no mail came")
    }

    /// Asks for a step that carries nothing the server makes up.
    pub fn acknowledge(&self, subject: &str, step: Step, ask: impl FnOnce() -> Result<Outcome>) -> Result<()> {
        self.ledger.step(subject, step.clone(), || {
            ask()?.done().with_context(|| format!("{step:?} of {subject}"))?;
            Ok((step, ()))
        })
    }
}

/// A throw below `sides`.
pub fn dice(sides: u8) -> u8 {
    let [byte] = SystemEntropy.bytes::<1>();
    byte % sides.max(1)
}
