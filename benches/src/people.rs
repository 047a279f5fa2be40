//! What clients do, told in calls: a pool and a client are made, a person signs up, confirms, signs in.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use crypto::srp::client::{Challenge, Client};
use crypto::srp::{Claim, Identity};
use data_encoding::BASE64;
use kernel::SystemEntropy;
use serde_json::{Value, json};

use crate::api::{Api, Outcome};
use crate::smtp_sink::Sink;

/// A pool with one public client.
#[derive(Debug, Clone)]
pub struct Pool {
    /// The pool's id.
    pub id: String,
    /// The client's id.
    pub client: String,
}

/// What a sign-in brings.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The ID token.
    pub id: String,
    /// The refresh token.
    pub refresh: String,
}

/// Makes a pool whose people are verified by mail, or not at all, and a client for every password flow.
pub fn make_pool(api: &mut Api, name: &str, verified_by_mail: bool) -> Result<Pool> {
    let mut input = json!({"PoolName": name});
    if verified_by_mail && let Some(members) = input.as_object_mut() {
        members.insert("AutoVerifiedAttributes".to_owned(), json!(["email"]));
    }
    let made = api.signed("CreateUserPool", &input)?.done()?;
    let id = word(&made, &["UserPool", "Id"])?;
    let flows =
        ["USER_PASSWORD", "USER_SRP", "REFRESH_TOKEN", "ADMIN_USER_PASSWORD"].map(|flow| format!("ALLOW_{flow}_AUTH"));
    let input = json!({"UserPoolId": id, "ClientName": "driver", "ExplicitAuthFlows": flows});
    let made = api.signed("CreateUserPoolClient", &input)?.done()?;
    Ok(Pool { client: word(&made, &["UserPoolClient", "ClientId"])?, id })
}

/// `SignUp` with a mail address.
pub fn sign_up(api: &mut Api, pool: &Pool, name: &str, password: &str) -> Result<Outcome> {
    api.public("SignUp", &sign_up_input(pool, name, password))
}

/// What `SignUp` is called with.
#[must_use]
pub fn sign_up_input(pool: &Pool, name: &str, password: &str) -> Value {
    let email = json!([{"Name": "email", "Value": address(name)}]);
    json!({"ClientId": pool.client, "Username": name, "Password": password, "UserAttributes": email})
}

/// The address a person signs up with.
#[must_use]
pub fn address(name: &str) -> String {
    format!("{name}@people.example")
}

/// `ConfirmSignUp` with the code from the mail.
pub fn confirm(api: &mut Api, pool: &Pool, sink: &Sink, name: &str) -> Result<Outcome> {
    let code = sink.code_for(&address(name), Duration::from_secs(10)).context("no code came by mail")?;
    api.public("ConfirmSignUp", &json!({"ClientId": pool.client, "Username": name, "ConfirmationCode": code}))
}

/// A person who can sign in, made by the administrator.
pub fn make_person(api: &mut Api, pool: &Pool, name: &str, password: &str) -> Result<()> {
    let email = json!([{"Name": "email", "Value": address(name)}]);
    let input = json!({"UserPoolId": pool.id, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": email});
    api.signed("AdminCreateUser", &input)?.done()?;
    let input = json!({"UserPoolId": pool.id, "Username": name, "Password": password, "Permanent": true});
    api.signed("AdminSetUserPassword", &input)?.done()?;
    Ok(())
}

/// Sign-in with the password sent.
pub fn sign_in(api: &mut Api, pool: &Pool, name: &str, password: &str) -> Result<Outcome> {
    let parameters = json!({"USERNAME": name, "PASSWORD": password});
    let input = json!({"ClientId": pool.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    api.public("InitiateAuth", &input)
}

/// Sign-in by SRP: two calls, the answer of the second.
pub fn sign_in_by_srp(api: &mut Api, pool: &Pool, name: &str, password: &str) -> Result<Outcome> {
    let client = Client::start(&SystemEntropy);
    let parameters = json!({"USERNAME": name, "SRP_A": client.srp_a()});
    let input = json!({"ClientId": pool.client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters});
    let asked = match api.public("InitiateAuth", &input)? {
        Outcome::Done(asked) => asked,
        refused => return Ok(refused),
    };
    let parameter = |name: &str| word(&asked, &["ChallengeParameters", name]);
    let (salt, srp_b, user) = (parameter("SALT")?, parameter("SRP_B")?, parameter("USER_ID_FOR_SRP")?);
    let block = parameter("SECRET_BLOCK")?;
    let pool_name = pool.id.split_once('_').context("a pool id without a name")?.1;
    let secret_block = BASE64.decode(block.as_bytes())?;
    let timestamp = timestamp();
    let claim = Claim { secret_block: &secret_block, timestamp: &timestamp };
    let identity = Identity { pool_name, user_id: &user };
    let signature = client.answer(identity, password, Challenge { salt: &salt, srp_b: &srp_b }, claim)?;
    let responses = json!({"USERNAME": user, "PASSWORD_CLAIM_SECRET_BLOCK": block, "TIMESTAMP": timestamp,
        "PASSWORD_CLAIM_SIGNATURE": signature});
    let mut input =
        json!({"ClientId": pool.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses});
    if let (Some(session), Some(members)) = (asked.get("Session").filter(|s| s.is_string()), input.as_object_mut()) {
        members.insert("Session".to_owned(), session.clone());
    }
    api.public("RespondToAuthChallenge", &input)
}

/// `Tue Nov 3 09:05:01 UTC 2026`: no leading zero on the day.
fn timestamp() -> String {
    use kernel::{Clock, SystemClock};
    let now =
        time::OffsetDateTime::from_unix_timestamp(SystemClock.now().secs()).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let format = time::macros::format_description!(
        "[weekday repr:short] [month repr:short] [day padding:none] [hour]:[minute]:[second] UTC [year]"
    );
    now.format(format).unwrap_or_default()
}

/// New tokens for a refresh token.
pub fn refresh(api: &mut Api, pool: &Pool, token: &str) -> Result<Outcome> {
    let parameters = json!({"REFRESH_TOKEN": token});
    let input = json!({"ClientId": pool.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
    api.public("InitiateAuth", &input)
}

/// The same by `GetTokensFromRefreshToken`, which a client that rotates its tokens calls.
pub fn turn(api: &mut Api, pool: &Pool, token: &str) -> Result<Outcome> {
    api.public("GetTokensFromRefreshToken", &json!({"ClientId": pool.client, "RefreshToken": token}))
}

/// The tokens of a finished sign-in.
pub fn tokens(answer: &Value) -> Result<Tokens> {
    let token = |name: &str| word(answer, &["AuthenticationResult", name]);
    Ok(Tokens { access: token("AccessToken")?, id: token("IdToken")?, refresh: token("RefreshToken")? })
}

/// A text deep in an answer.
pub fn word(answer: &Value, path: &[&str]) -> Result<String> {
    let mut at = answer;
    for step in path {
        match at.get(step) {
            Some(next) => at = next,
            None => bail!("the answer has no {}: {answer}", path.join(".")),
        }
    }
    at.as_str().map(str::to_owned).with_context(|| format!("{} is no text", path.join(".")))
}
