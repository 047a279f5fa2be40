//! Calls over one connection: of `cognito-idp`, signed or not, and of the services that speak Query.

use anyhow::{Context, Error, Result, bail};
use kernel::{Clock, SystemClock};
use serde_json::Value;

use crate::http::{Connection, Reply};
use crate::query;
use crate::sigv4::{AccessKey, Unsigned, sign_post};

/// The region everything is asked in.
pub const REGION: &str = "eu-west-1";

/// A service that speaks AWS JSON.
#[derive(Debug, Clone, Copy)]
pub struct JsonService {
    /// Its name in a signature's scope.
    pub name: &'static str,
    /// Its name in `X-Amz-Target`.
    pub target: &'static str,
}

/// User pools.
pub const IDP: JsonService = JsonService { name: "cognito-idp", target: "AWSCognitoIdentityProviderService" };
/// Identity pools.
pub const IDENTITY: JsonService = JsonService { name: "cognito-identity", target: "AWSCognitoIdentityService" };

/// A connection that knows how to ask.
pub struct Api {
    connection: Connection,
    key: AccessKey,
}

/// A request, written out.
pub struct Prepared(Vec<u8>);

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

    /// Calls a public operation of user pools.
    pub fn public(&mut self, operation: &str, input: &Value) -> Result<Outcome> {
        self.public_of(IDP, operation, input)
    }

    /// Calls a public operation.
    pub fn public_of(&mut self, service: JsonService, operation: &str, input: &Value) -> Result<Outcome> {
        let prepared = self.prepare(service, operation, input)?;
        self.send(&prepared).with_context(|| operation.to_owned())
    }

    /// The request of a public operation, for those who send it often and long requests at that: to write them out costs
    /// more than to send them.
    pub fn prepare(&self, service: JsonService, operation: &str, input: &Value) -> Result<Prepared> {
        let target = format!("{}.{operation}", service.target);
        let body = serde_json::to_vec(input)?;
        Ok(Prepared(self.connection.posting(&[CONTENT_TYPE, ("X-Amz-Target", &target)], &body)))
    }

    /// Sends a request that was written out before, over this connection or another to the same place.
    pub fn send(&mut self, request: &Prepared) -> Result<Outcome> {
        outcome(&self.connection.exchange(&request.0)?)
    }

    /// Calls an operation of user pools that wants a signature, as root.
    pub fn signed(&mut self, operation: &str, input: &Value) -> Result<Outcome> {
        let key = self.key.clone();
        self.signed_by(&key, operation, input)
    }

    /// The same as somebody.
    pub fn signed_by(&mut self, key: &AccessKey, operation: &str, input: &Value) -> Result<Outcome> {
        self.signed_of(IDP, key, operation, input)
    }

    /// The same of any service.
    pub fn signed_of(
        &mut self,
        service: JsonService,
        key: &AccessKey,
        operation: &str,
        input: &Value,
    ) -> Result<Outcome> {
        let target = format!("{}.{operation}", service.target);
        let body = serde_json::to_vec(input)?;
        let reply = self.post_signed(key, service.name, CONTENT_TYPE.1, Some(&target), &body)?;
        outcome(&reply).with_context(|| operation.to_owned())
    }

    /// Calls an action of `iam` or `sts` as root; the answer is a text of XML.
    pub fn action(&mut self, service: &str, action: &str, parameters: &[(&str, &str)]) -> Result<Outcome> {
        let key = self.key.clone();
        self.action_by(&key, service, action, parameters)
    }

    /// The same as somebody.
    pub fn action_by(
        &mut self,
        key: &AccessKey,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Outcome> {
        let body = query::form(service, action, parameters);
        let reply = self.post_signed(key, service, query::CONTENT_TYPE, None, body.as_bytes())?;
        query::outcome(&reply).with_context(|| action.to_owned())
    }

    fn post_signed(
        &mut self,
        key: &AccessKey,
        service: &str,
        content_type: &str,
        target: Option<&str>,
        body: &[u8],
    ) -> Result<Reply> {
        let host = self.connection.host();
        let request = Unsigned { service, region: REGION, host: &host, content_type, target, body };
        let signed = sign_post(key, &request, SystemClock.now());
        let mut headers = vec![
            ("Content-Type", content_type),
            ("X-Amz-Date", signed.date.as_str()),
            ("Authorization", signed.authorization.as_str()),
        ];
        headers.extend(target.map(|target| ("X-Amz-Target", target)));
        self.connection.post(&headers, body)
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

/// Whether the server said that it had too much to do.
pub fn is_busy(error: &Error) -> bool {
    format!("{error:#}").contains("TooManyRequestsException")
}

const CONTENT_TYPE: (&str, &str) = ("Content-Type", "application/x-amz-json-1.1");

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
