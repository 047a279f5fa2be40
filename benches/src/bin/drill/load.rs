//! What the clients do until the server dies under them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use benches::api::{Api, Outcome};
use benches::people::{self, Pool, Tokens, address, tokens};
use benches::sigv4::AccessKey;
use benches::smtp_sink::Sink;
use kernel::{EntropyExt, SystemEntropy};
use serde_json::{Value, json};

use super::ledger::{Ledger, Step};

/// What workers share.
pub struct Load {
    /// The server's port.
    pub port: u16,
    /// The root key.
    pub key: AccessKey,
    /// The pool everybody joins.
    pub pool: Pool,
    /// Where mail arrives.
    pub sink: Sink,
    /// Where acknowledged steps are kept.
    pub ledger: Arc<Ledger>,
    /// Numbers for names.
    pub names: AtomicU64,
}

/// The password people sign up with.
pub const PASSWORD: &str = "Corr3ct-horse!";

impl Load {
    /// One client after another until the server is gone. An error before the kill is a finding.
    pub fn work(&self, killed: &AtomicBool) -> Option<String> {
        let mut begun = Ok(());
        while begun.is_ok() && !killed.load(Ordering::SeqCst) {
            begun = Api::open(self.port, &self.key).and_then(|mut api| {
                for _ in 0..8 {
                    self.a_life(&mut api, killed)?;
                }
                Ok(())
            });
        }
        match begun {
            Err(error) if !killed.load(Ordering::SeqCst) => Some(format!("before the kill: {error:#}")),
            _ => None,
        }
    }

    fn a_life(&self, api: &mut Api, killed: &AtomicBool) -> Result<()> {
        let name = format!("person{:07}", self.names.fetch_add(1, Ordering::Relaxed));
        let mut password = PASSWORD.to_owned();
        self.ledger.step(&name, Step::SignUp(password.clone()), || {
            people::sign_up(api, &self.pool, &name, &password)?.done()?;
            Ok((Step::SignUp(password.clone()), ()))
        })?;
        if one_in(6) {
            return Ok(()); // stays unconfirmed
        }
        let code = self.code(&name, killed)?;
        self.ledger.step(&name, Step::Confirm(code.clone()), || {
            let input = json!({"ClientId": self.pool.client, "Username": name, "ConfirmationCode": code});
            api.public("ConfirmSignUp", &input)?.done()?;
            Ok((Step::Confirm(code.clone()), ()))
        })?;
        let mut last = self.sign_in(api, &name, &password)?;
        for _ in 0..3 {
            let [dice] = SystemEntropy.bytes::<1>();
            match dice % 8 {
                0 | 1 => last = self.sign_in(api, &name, &password)?,
                2 | 3 => {
                    people::refresh(api, &self.pool, &last.refresh)?.done()?;
                }
                4 => {
                    self.revoke(api, &name, &last)?;
                    last = self.sign_in(api, &name, &password)?;
                }
                5 => {
                    self.sign_out(api, &name, &last)?;
                    last = self.sign_in(api, &name, &password)?;
                }
                6 => {
                    password = format!("Changed-{dice}-horse!");
                    self.set_password(api, &name, &password)?;
                    last = self.sign_in(api, &name, &password)?;
                }
                _ => return self.delete(api, &name),
            }
        }
        Ok(())
    }

    fn code(&self, name: &str, killed: &AtomicBool) -> Result<String> {
        for _ in 0..100 {
            if let Some(code) = self.sink.code_for(&address(name), Duration::from_millis(100)) {
                return Ok(code);
            }
            if killed.load(Ordering::SeqCst) {
                bail!("killed while waiting for mail");
            }
        }
        bail!("{name} signed up ten seconds ago and no mail came")
    }

    fn sign_in(&self, api: &mut Api, name: &str, password: &str) -> Result<Tokens> {
        self.ledger.step(name, Step::SignIn(String::new(), String::new()), || {
            let outcome = if one_in(8) {
                people::sign_in_by_srp(api, &self.pool, name, password)?
            } else {
                people::sign_in(api, &self.pool, name, password)?
            };
            let tokens = tokens(&outcome.done().with_context(|| format!("signing in {name}"))?)?;
            Ok((Step::SignIn(tokens.refresh.clone(), tokens.access.clone()), tokens))
        })
    }

    fn revoke(&self, api: &mut Api, name: &str, of: &Tokens) -> Result<()> {
        let input = json!({"ClientId": self.pool.client, "Token": of.refresh});
        self.acknowledge(name, Step::Revoke(of.refresh.clone()), || api.public("RevokeToken", &input))
    }

    fn sign_out(&self, api: &mut Api, name: &str, of: &Tokens) -> Result<()> {
        let input = json!({"AccessToken": of.access});
        self.acknowledge(name, Step::SignOut(of.access.clone()), || api.public("GlobalSignOut", &input))
    }

    fn set_password(&self, api: &mut Api, name: &str, password: &str) -> Result<()> {
        let input = json!({"UserPoolId": self.pool.id, "Username": name, "Password": password, "Permanent": true});
        self.acknowledge(name, Step::Password(password.to_owned()), || api.signed("AdminSetUserPassword", &input))
    }

    fn delete(&self, api: &mut Api, name: &str) -> Result<()> {
        let input: Value = json!({"UserPoolId": self.pool.id, "Username": name});
        self.acknowledge(name, Step::Delete, || api.signed("AdminDeleteUser", &input))
    }

    fn acknowledge(&self, name: &str, step: Step, ask: impl FnOnce() -> Result<Outcome>) -> Result<()> {
        self.ledger.step(name, step.clone(), || {
            ask()?.done().with_context(|| format!("{step:?} of {name}"))?;
            Ok((step, ()))
        })
    }
}

fn one_in(sides: u8) -> bool {
    let [dice] = SystemEntropy.bytes::<1>();
    dice % sides == 0
}
