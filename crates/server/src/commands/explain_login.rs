//! `cognate explain-login`: what a client with these logins would get from an identity pool, step by step, and why.
//!
//! It opens database and keyring itself. Nothing is written and nothing is handed out.

use super::serve::Schema;
use crate::app::{App, Trust};
use crate::config::{Address, Settings};
use crate::console::say;
use crate::{commands, logs, open};
use anyhow::{Context, bail};
use identity::{LoginQuestion, logins_of};
use kernel::{AccountId, Entropy, EntropyExt, IdentityPoolId, Region};
use model::{Caller, Principal};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// What is asked, as it was typed.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The identity pool's id.
    pub pool: String,
    /// A file with `Logins` as JSON: `{"accounts.google.com": "eyJ…"}`; `-` for the standard input. Tokens are no
    /// arguments: everybody on the machine may read those. None: a guest.
    pub logins: Option<String>,
    /// The identity id that the client holds.
    pub identity: Option<String>,
    /// `CustomRoleArn`.
    pub role: Option<String>,
}

/// Explains it.
///
/// # Errors
/// When database or keyring cannot be used, when there is no such pool, and when nothing would be handed out: the exit
/// code is for scripts.
pub fn run(file: Option<&Path>, asked: Asked) -> anyhow::Result<()> {
    let settings = commands::settings(file)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    let logins = logins_of(read(asked.logins.as_deref())?);
    commands::on_runtime(1, async {
        let ground = commands::serve::ground(&settings, Schema::Required).await?;
        let plan = open::plan(&settings, Trust::Keys, &listens_at(&settings))?;
        let caller = caller(&asked.pool, &plan.account, &*ground.entropy)?;
        let identity = App::build(ground, plan).identity;
        let question = LoginQuestion { pool: asked.pool, identity: asked.identity, logins, custom_role: asked.role };
        let told = identity.explain_login(&caller, &question).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        say(told.to_string());
        if told.granted() { Ok(()) } else { bail!("no credentials") }
    })
}

/// The address that tokens name where no public one is set: the server's own.
fn listens_at(settings: &Settings) -> String {
    let scheme = if open::certificate(settings).is_some() { "https" } else { "http" };
    match settings.listen_public {
        Address::At(address) => format!("{scheme}://{address}"),
        Address::Off => String::new(),
    }
}

fn read(logins: Option<&str>) -> anyhow::Result<BTreeMap<String, String>> {
    let text = match logins {
        None => return Ok(BTreeMap::new()),
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("the standard input cannot be read")?;
            text
        }
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?,
    };
    serde_json::from_str(&text).context("logins are a JSON object: a token for each provider")
}

/// Somebody who calls without a signature, from nowhere in particular.
fn caller(pool: &str, account: &AccountId, entropy: &dyn Entropy) -> anyhow::Result<Caller> {
    let id = IdentityPoolId::parse(pool).ok().context("that is no identity pool id")?;
    Ok(Caller {
        request_id: entropy.uuid(),
        region: Region::parse(id.region()).ok().context("that is no identity pool id")?,
        secure: true,
        account: account.clone(),
        source_ip: None,
        user_agent: None,
        principal: Principal::Anonymous,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_names_no_logins_is_a_guest_and_what_cannot_be_read_is_said() {
        assert!(read(None).unwrap().is_empty());
        let error = read(Some("/nowhere/logins.json")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/logins.json"), "{error}");
    }
}
