//! What `cognate dev` puts into an empty database, through the same door as everybody else.

use anyhow::{Context, bail};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use crypto::sigv4::{Credentials, Payload, RequestParts, Rules, Signing, sign};
use edge::Front;
use kernel::{Clock, Region};
use serde_json::{Value, json};
use std::sync::Arc;

/// Name of the sample pool and its client.
const NAME: &str = "sample";
/// The sample user's name.
pub const USERNAME: &str = "ana";
/// The sample user's password. No secret: it is printed, and the server takes any credentials anyway.
pub const PASSWORD: &str = "Sample-pass-1";

/// What there is to play with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Samples {
    /// The pool's id.
    pub pool: String,
    /// The client's id.
    pub client: String,
}

/// An administrator inside the process: signs its calls and sends them to the front door.
#[derive(Debug)]
pub struct Administrator {
    /// What answers.
    pub front: Arc<Front>,
    /// The key to sign with.
    pub credentials: Credentials,
    /// The region to sign for.
    pub region: Region,
    /// The host to ask.
    pub host: String,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

impl Administrator {
    /// Calls an operation of user pools.
    ///
    /// # Errors
    /// What the service answered, when it refused.
    pub async fn call(&self, operation: &str, input: Value) -> anyhow::Result<Value> {
        let body = input.to_string();
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let signing = Signing {
            region: self.region.as_str(),
            service: "cognito-idp",
            time: self.clock.now(),
            rules: Rules::JSON,
        };
        let date = signing.timestamp();
        let headers =
            [("host", self.host.as_bytes()), ("x-amz-date", date.as_bytes()), ("x-amz-target", target.as_bytes())];
        let parts = RequestParts { method: "POST", path: "/", query: "", headers: &headers };
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, body.as_bytes()).as_ref());
        let authorization = sign(&parts, &self.credentials, &signing, Payload::Sha256(&hash));
        let request = http::Request::post("/")
            .header("host", &self.host)
            .header("x-amz-date", &date)
            .header("x-amz-target", &target)
            .header("authorization", authorization)
            .body(Bytes::from(body))?;
        let (status, answer) = self.front.ask(request).await;
        if status != 200 {
            bail!("{operation} was refused: {}", String::from_utf8_lossy(&answer));
        }
        Ok(serde_json::from_slice(&answer).unwrap_or(Value::Null))
    }

    /// The sample pool, client and user; those that exist are found, the others made.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn samples(&self) -> anyhow::Result<Samples> {
        let pools = self.call("ListUserPools", json!({ "MaxResults": 60 })).await?;
        let pool = match named(pools.get("UserPools"), "Name", "Id") {
            Some(pool) => pool,
            None => self.sample_pool().await?,
        };
        let clients = self.call("ListUserPoolClients", json!({ "UserPoolId": pool, "MaxResults": 60 })).await?;
        let client = match named(clients.get("UserPoolClients"), "ClientName", "ClientId") {
            Some(client) => client,
            None => self.sample_client(&pool).await?,
        };
        if self.call("AdminGetUser", json!({ "UserPoolId": pool, "Username": USERNAME })).await.is_err() {
            self.sample_user(&pool).await?;
        }
        Ok(Samples { pool, client })
    }

    async fn sample_pool(&self) -> anyhow::Result<String> {
        let made =
            self.call("CreateUserPool", json!({ "PoolName": NAME, "AutoVerifiedAttributes": ["email"] })).await?;
        text(&made, "/UserPool/Id").map(str::to_owned).context("CreateUserPool answered without an id")
    }

    async fn sample_client(&self, pool: &str) -> anyhow::Result<String> {
        let flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let input = json!({ "UserPoolId": pool, "ClientName": NAME, "ExplicitAuthFlows": flows });
        let made = self.call("CreateUserPoolClient", input).await?;
        text(&made, "/UserPoolClient/ClientId")
            .map(str::to_owned)
            .context("CreateUserPoolClient answered without an id")
    }

    async fn sample_user(&self, pool: &str) -> anyhow::Result<()> {
        let attributes = json!([
            { "Name": "email", "Value": "ana@example.com" },
            { "Name": "email_verified", "Value": "true" },
        ]);
        let user = json!({
            "UserPoolId": pool, "Username": USERNAME, "MessageAction": "SUPPRESS", "UserAttributes": attributes,
        });
        self.call("AdminCreateUser", user).await?;
        let password = json!({ "UserPoolId": pool, "Username": USERNAME, "Password": PASSWORD, "Permanent": true });
        self.call("AdminSetUserPassword", password).await?;
        Ok(())
    }
}

/// The id of the sample thing in a list.
fn named(list: Option<&Value>, name: &str, id: &str) -> Option<String> {
    let found = list?.as_array()?.iter().find(|item| item.get(name).is_some_and(|is| is == NAME))?;
    found.get(id)?.as_str().map(str::to_owned)
}

fn text<'v>(value: &'v Value, place: &str) -> Option<&'v str> {
    value.pointer(place)?.as_str()
}
