//! Calls of `cognito-idp` over one connection, signed or not.

use anyhow::{Context, Result, bail};
use kernel::{Clock, SystemClock};
use serde_json::Value;

use crate::http::{Connection, Reply};
use crate::sigv4::{AccessKey, sign_post};

/// The region everything is asked in.
pub const REGION: &str = "eu-west-1";

/// A connection that knows how to ask.
pub struct Api {
    connection: Connection,
    key: AccessKey,
}

/// What an operation answered.
#[derive(Debug)]
pub enum Outcome {
    /// 2xx.
    Done(Value),
    /// An error of the contract: its code and sentence.
    Refused(String, String),
}

impl Outcome {
    /// The answer, or an error that tells what was refused.
    pub fn done(self) -> Result<Value> {
        match self {
            Self::Done(answer) => Ok(answer),
            Self::Refused(code, sentence) => bail!("{code}: {sentence}"),
        }
    }

    /// The error's code.
    #[must_use]
    pub fn refused_as(&self) -> Option<&str> {
        match self {
            Self::Done(_) => None,
            Self::Refused(code, _) => Some(code),
        }
    }
}

impl Api {
    /// Connects.
    pub fn open(port: u16, key: &AccessKey) -> Result<Self> {
        Ok(Self { connection: Connection::open(port)?, key: key.clone() })
    }

    /// Calls a public operation.
    pub fn public(&mut self, operation: &str, input: &Value) -> Result<Outcome> {
        let target = target(operation);
        let body = serde_json::to_vec(input)?;
        let reply = self.connection.post(&[CONTENT_TYPE, ("X-Amz-Target", &target)], &body)?;
        outcome(&reply).with_context(|| operation.to_owned())
    }

    /// Calls an operation that wants a signature.
    pub fn signed(&mut self, operation: &str, input: &Value) -> Result<Outcome> {
        let target = target(operation);
        let body = serde_json::to_vec(input)?;
        let signed = sign_post(&self.key, REGION, &self.connection.host(), &target, &body, SystemClock.now());
        let headers = [
            CONTENT_TYPE,
            ("X-Amz-Target", target.as_str()),
            ("X-Amz-Date", signed.date.as_str()),
            ("Authorization", signed.authorization.as_str()),
        ];
        let reply = self.connection.post(&headers, &body)?;
        outcome(&reply).with_context(|| operation.to_owned())
    }

    /// Reads a document.
    pub fn get(&mut self, path: &str) -> Result<Value> {
        let reply = self.connection.get(path)?;
        if reply.status != 200 {
            bail!("{path}: status {}", reply.status);
        }
        Ok(serde_json::from_slice(&reply.body)?)
    }
}

const CONTENT_TYPE: (&str, &str) = ("Content-Type", "application/x-amz-json-1.1");

fn target(operation: &str) -> String {
    format!("AWSCognitoIdentityProviderService.{operation}")
}

fn outcome(reply: &Reply) -> Result<Outcome> {
    let body: Value = if reply.body.is_empty() { Value::Null } else { serde_json::from_slice(&reply.body)? };
    match reply.status {
        200 => Ok(Outcome::Done(body)),
        400..=499 => {
            let word = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
            let code = word("__type").context("an error without a type")?;
            let sentence = word("message").or_else(|| word("Message")).unwrap_or_default();
            Ok(Outcome::Refused(code.rsplit('#').next().unwrap_or(&code).to_owned(), sentence))
        }
        status => bail!("status {status}: {}", String::from_utf8_lossy(&reply.body)),
    }
}
