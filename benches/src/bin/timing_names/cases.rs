//! The questions a stranger may ask about a name, and who they are asked about.

use anyhow::{Context, Result, bail};
use benches::api::{Api, Outcome};
use benches::people::{Pool, address, word};
use crypto::srp::client::{Challenge, Client};
use crypto::srp::{Claim, Identity};
use data_encoding::BASE64;
use kernel::{Stopwatch, SystemEntropy};
use serde_json::{Value, json};
use std::time::Duration;

/// What nobody's password is.
const WRONG: &str = "Wr0ng-password!";

/// Which people a question's known names are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum People {
    /// Nobody: both kinds of names are unknown, and whoever tells them apart measures something else.
    Nobody,
    /// Confirmed, with a verified address.
    Confirmed,
    /// Signed up and not confirmed.
    Waiting,
}

/// A question.
pub struct Case {
    /// What it is called in the report.
    pub name: &'static str,
    /// Who its known names are.
    pub people: People,
    /// Asks about a name and gives the time of the answer in question, with the answer.
    pub ask: fn(&mut Api, &Pool, &str) -> Result<(Duration, Outcome)>,
}

/// Every served operation that answers strangers alike whether a name exists. A question comes to a name once; the SRP
/// answer comes twice, for the second one finds what the first one stored.
pub const CASES: &[Case] = &[
    Case { name: "control: nobody against nobody", people: People::Nobody, ask: password },
    Case { name: "InitiateAuth USER_PASSWORD_AUTH", people: People::Confirmed, ask: password },
    Case { name: "InitiateAuth USER_SRP_AUTH", people: People::Confirmed, ask: srp_begin },
    Case { name: "PASSWORD_VERIFIER, first time", people: People::Confirmed, ask: srp_answer },
    Case { name: "PASSWORD_VERIFIER, second time", people: People::Confirmed, ask: srp_answer },
    Case { name: "SignUp with an alias taken or free", people: People::Confirmed, ask: sign_up },
    Case { name: "ResendConfirmationCode", people: People::Waiting, ask: resend },
    Case { name: "ConfirmSignUp", people: People::Waiting, ask: confirm },
    Case { name: "ForgotPassword", people: People::Confirmed, ask: forgot },
    Case { name: "ConfirmForgotPassword", people: People::Confirmed, ask: confirm_forgot },
];

fn timed(api: &mut Api, operation: &str, input: &Value) -> Result<(Duration, Outcome)> {
    let watch = Stopwatch::start();
    let outcome = api.public(operation, input)?;
    Ok((watch.elapsed(), outcome))
}

fn password(api: &mut Api, pool: &Pool, name: &str) -> Result<(Duration, Outcome)> {
    let parameters = json!({"USERNAME": name, "PASSWORD": WRONG});
    let input = json!({"ClientId": pool.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    timed(api, "InitiateAuth", &input)
}

fn srp_begin(api: &mut Api, pool: &Pool, name: &str) -> Result<(Duration, Outcome)> {
    begin(api, pool, name, &Client::start(&SystemEntropy))
}

fn begin(api: &mut Api, pool: &Pool, name: &str, client: &Client) -> Result<(Duration, Outcome)> {
    let parameters = json!({"USERNAME": name, "SRP_A": client.srp_a()});
    let input = json!({"ClientId": pool.client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": parameters});
    timed(api, "InitiateAuth", &input)
}

fn srp_answer(api: &mut Api, pool: &Pool, name: &str) -> Result<(Duration, Outcome)> {
    let client = Client::start(&SystemEntropy);
    let asked = match begin(api, pool, name, &client)? {
        (_, Outcome::Done(asked)) => asked,
        refused => return Ok(refused),
    };
    let parameter = |name: &str| word(&asked, &["ChallengeParameters", name]);
    let (salt, srp_b, user) = (parameter("SALT")?, parameter("SRP_B")?, parameter("USER_ID_FOR_SRP")?);
    let block = parameter("SECRET_BLOCK")?;
    let pool_name = pool.id.split_once('_').context("a pool id without a name")?.1;
    let secret_block = BASE64.decode(block.as_bytes())?;
    let claim = Claim { secret_block: &secret_block, timestamp: "Tue Nov 3 09:05:01 UTC 2026" };
    let identity = Identity { pool_name, user_id: &user };
    let signature = client.answer(identity, WRONG, Challenge { salt: &salt, srp_b: &srp_b }, claim)?;
    let responses = json!({"USERNAME": user, "PASSWORD_CLAIM_SECRET_BLOCK": block, "TIMESTAMP": claim.timestamp,
        "PASSWORD_CLAIM_SIGNATURE": signature});
    let input = json!({"ClientId": pool.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses,
        "Session": asked.get("Session")});
    timed(api, "RespondToAuthChallenge", &input)
}

/// A new name with somebody's address, or nobody's. A taken *name* is told openly, as the service does.
fn sign_up(api: &mut Api, pool: &Pool, name: &str) -> Result<(Duration, Outcome)> {
    let email = json!([{"Name": "email", "Value": address(name)}]);
    let fresh = format!("new-{name}");
    let input = json!({"ClientId": pool.client, "Username": fresh, "Password": WRONG, "UserAttributes": email});
    timed(api, "SignUp", &input)
}

fn resend(api: &mut Api, pool: &Pool, name: &str) -> Result<(Duration, Outcome)> {
    timed(api, "ResendConfirmationCode", &json!({"ClientId": pool.client, "Username": name}))
}

fn confirm(api: &mut Api, pool: &Pool, name: &str) -> Result<(Duration, Outcome)> {
    let input = json!({"ClientId": pool.client, "Username": name, "ConfirmationCode": "000000"});
    timed(api, "ConfirmSignUp", &input)
}

fn forgot(api: &mut Api, pool: &Pool, name: &str) -> Result<(Duration, Outcome)> {
    timed(api, "ForgotPassword", &json!({"ClientId": pool.client, "Username": name}))
}

fn confirm_forgot(api: &mut Api, pool: &Pool, name: &str) -> Result<(Duration, Outcome)> {
    let input = json!({"ClientId": pool.client, "Username": name, "ConfirmationCode": "000000", "Password": WRONG});
    timed(api, "ConfirmForgotPassword", &input)
}

/// A pool whose addresses are aliases, and a client that tells strangers nothing.
pub fn make_pool(api: &mut Api) -> Result<Pool> {
    let input = json!({"PoolName": "timing", "AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
    let id = word(&api.signed("CreateUserPool", &input)?.done()?, &["UserPool", "Id"])?;
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let input = json!({"UserPoolId": id, "ClientName": "stranger", "ExplicitAuthFlows": flows,
        "PreventUserExistenceErrors": "ENABLED"});
    let client = word(&api.signed("CreateUserPoolClient", &input)?.done()?, &["UserPoolClient", "ClientId"])?;
    Ok(Pool { id, client })
}

/// Makes a person of that kind.
pub fn make(api: &mut Api, pool: &Pool, people: People, name: &str) -> Result<()> {
    let email = json!({"Name": "email", "Value": address(name)});
    match people {
        People::Nobody => {}
        People::Waiting => {
            let input = json!({"ClientId": pool.client, "Username": name, "Password": "Corr3ct-horse!",
                "UserAttributes": [email]});
            api.public("SignUp", &input)?.done()?;
        }
        People::Confirmed => {
            let verified = json!({"Name": "email_verified", "Value": "true"});
            let input = json!({"UserPoolId": pool.id, "Username": name, "MessageAction": "SUPPRESS",
                "UserAttributes": [email, verified]});
            api.signed("AdminCreateUser", &input)?.done()?;
            let input =
                json!({"UserPoolId": pool.id, "Username": name, "Password": "Corr3ct-horse!", "Permanent": true});
            api.signed("AdminSetUserPassword", &input)?.done()?;
        }
    }
    Ok(())
}

/// What two answers must have in common: the kind; the members, at every depth; and of a refusal code and sentence.
pub fn alike(known: &Outcome, unknown: &Outcome) -> Result<()> {
    match (known, unknown) {
        (Outcome::Done(one), Outcome::Done(other)) if shape(one) == shape(other) => Ok(()),
        (Outcome::Refused(code, told), Outcome::Refused(other, said)) if code == other && told == said => Ok(()),
        _ => bail!("the answers tell the names apart: {known:?} and {unknown:?}"),
    }
}

/// An answer without its values.
fn shape(answer: &Value) -> Value {
    match answer {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(members) => members.iter().map(shape).collect(),
        Value::String(_) => Value::from("text"),
        Value::Number(_) => Value::from("number"),
        Value::Bool(_) | Value::Null => answer.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_with_other_members_or_other_words_are_not_alike() {
        let done = |value: Value| Outcome::Done(value);
        let one = json!({"CodeDeliveryDetails": {"Destination": "a***@b***", "DeliveryMedium": "EMAIL"}});
        let other = json!({"CodeDeliveryDetails": {"Destination": "c***@d***", "DeliveryMedium": "EMAIL"}});
        assert!(alike(&done(one.clone()), &done(other)).is_ok());
        assert!(alike(&done(one.clone()), &done(json!({"CodeDeliveryDetails": {"Destination": "c"}}))).is_err());
        assert!(alike(&done(one), &done(json!({}))).is_err());
        let no = |code: &str, told: &str| Outcome::Refused(code.into(), told.into());
        assert!(alike(&no("A", "b"), &no("A", "b")).is_ok());
        assert!(alike(&no("A", "b"), &no("A", "c")).is_err() && alike(&no("A", "b"), &done(json!({}))).is_err());
    }
}
