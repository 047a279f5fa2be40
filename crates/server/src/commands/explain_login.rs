//! `cognate explain-login`: why a login gets the credentials it gets, or none. Opens keyring and database itself, writes
//! nothing and hands nothing out.

use super::serve::{Schema, ground};
use crate::app::{Ground, Trust};
use crate::config::{Address, Settings};
use crate::console::say;
use crate::rooms::Rooms;
use crate::{commands, logs, open};
use anyhow::{Context, bail};
use identity::{LoginQuestion, logins_of};
use kernel::{EntropyExt, Region};
use model::{Caller, Principal};
use serde_json::Value;
use std::io::{IsTerminal, Read};
use std::path::Path;

/// Longest input that is read; tokens are at most 50,000 characters each, and ten may come.
const INPUT_BYTES_MAX: u64 = 1024 * 1024;

/// What was typed. Tokens come by the standard input: what is typed stands in the list of processes.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The identity pool.
    pub pool: String,
    /// The provider whose token comes by the standard input; without it `Logins` come as a JSON object, or nothing.
    pub provider: Option<String>,
    /// The identity id that the client holds.
    pub identity: Option<String>,
    /// The role it asks for.
    pub role: Option<String>,
}

/// Explains; true when credentials would be handed out.
///
/// # Errors
/// When database or keyring cannot be used, the input cannot be read, or there is no such pool.
pub fn run(file: Option<&Path>, typed: Typed) -> anyhow::Result<bool> {
    let settings = commands::settings(file)?;
    let _logs = logs::start(settings.log_format, &settings.log_level)?;
    let logins = logins(typed.provider.as_deref(), &input()?)?;
    commands::on_runtime(1, async {
        let ground = ground(&settings, Schema::Required).await?;
        let plan = open::plan(&settings, Trust::Keys, &listening(&settings))?;
        let rooms = Rooms::of(&ground, &plan);
        let caller = caller(&ground, &settings, &typed.pool)?;
        let question = LoginQuestion {
            pool: typed.pool,
            identity: typed.identity,
            logins: logins_of(logins),
            custom_role: typed.role,
        };
        let told = rooms.identity.explain_login(&caller, &question).await;
        let told = told.map_err(|fault| anyhow::anyhow!("{}", fault.message))?;
        say(told.to_string());
        Ok(told.granted())
    })
}

fn caller(ground: &Ground, settings: &Settings, pool: &str) -> anyhow::Result<Caller> {
    let region = pool.split_once(':').and_then(|(region, _)| Region::parse(region).ok());
    Ok(Caller {
        request_id: ground.entropy.uuid(),
        region: region.context("that is no identity pool's id")?,
        secure: true,
        account: settings.account_id.clone(),
        source_ip: None,
        user_agent: None,
        principal: Principal::Anonymous,
    })
}

/// Where the server listens, for deployments that have no other name.
fn listening(settings: &Settings) -> String {
    let scheme = if settings.tls_certificate.is_some() { "https" } else { "http" };
    match settings.listen_public {
        Address::At(address) => format!("{scheme}://{address}"),
        Address::Off => String::new(),
    }
}

/// What stands on the standard input; nothing when nobody feeds it.
fn input() -> anyhow::Result<String> {
    let mut text = String::new();
    let input = std::io::stdin();
    if !input.is_terminal() {
        input.lock().take(INPUT_BYTES_MAX).read_to_string(&mut text).context("cannot read the standard input")?;
    }
    Ok(text.trim().to_owned())
}

/// `Logins` of what was typed and what was fed in.
fn logins(provider: Option<&str>, input: &str) -> anyhow::Result<Vec<(String, String)>> {
    match provider {
        Some(_) if input.is_empty() => bail!("--provider wants its token on the standard input"),
        Some(provider) => Ok(vec![(provider.to_owned(), input.to_owned())]),
        None if input.is_empty() => Ok(Vec::new()),
        None => {
            let wanted = "without --provider the standard input is Logins as clients send them: {\"PROVIDER\": \"TOKEN\"}";
            let Ok(Value::Object(entries)) = serde_json::from_str(input) else { bail!(wanted) };
            let text = |(key, token): (String, Value)| Some((key, token.as_str()?.to_owned()));
            entries.into_iter().map(text).collect::<Option<_>>().context(wanted)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_a_token_a_map_or_nobodys() {
        let pair = |key: &str, token: &str| (key.to_owned(), token.to_owned());
        assert_eq!(logins(Some("id.example"), "e.y.J").unwrap(), [pair("id.example", "e.y.J")]);
        assert_eq!(logins(None, r#"{"a": "1", "b": "2"}"#).unwrap(), [pair("a", "1"), pair("b", "2")]);
        assert_eq!(logins(None, "").unwrap(), []);
        for bad in ["e.y.J", "[]", r#"{"a": 1}"#] {
            let told = logins(None, bad).unwrap_err().to_string();
            assert!(told.contains("Logins") && !told.contains("e.y.J"), "{told}");
        }
        assert!(logins(Some("id.example"), "").is_err());
    }
}
