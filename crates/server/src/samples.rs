//! What `cognate dev` puts into an empty database, through the same door as everybody else.

mod administrator;
mod identity;

pub use administrator::Administrator;

use anyhow::Context;
use contract::Service;
use serde_json::{Value, json};

/// Name of the sample pool and its client, and of the sample identity pool.
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
    /// The identity pool's id.
    pub identity_pool: String,
}

impl Administrator {
    /// The sample pool, client and user, and an identity pool for them; those that exist are found, the others made.
    ///
    /// # Errors
    /// When the service refuses.
    pub async fn samples(&self) -> anyhow::Result<Samples> {
        let pools = self.users("ListUserPools", json!({ "MaxResults": 60 })).await?;
        let pool = match named(pools.get("UserPools"), "Name", "Id") {
            Some(pool) => pool,
            None => self.sample_pool().await?,
        };
        let clients = self.users("ListUserPoolClients", json!({ "UserPoolId": pool, "MaxResults": 60 })).await?;
        let client = match named(clients.get("UserPoolClients"), "ClientName", "ClientId") {
            Some(client) => client,
            None => self.sample_client(&pool).await?,
        };
        if self.users("AdminGetUser", json!({ "UserPoolId": pool, "Username": USERNAME })).await.is_err() {
            self.sample_user(&pool).await?;
        }
        let identity_pool = self.sample_identity_pool(&pool, &client).await?;
        Ok(Samples { pool, client, identity_pool })
    }

    /// Calls an operation of user pools.
    async fn users(&self, operation: &str, input: Value) -> anyhow::Result<Value> {
        self.call(Service::CognitoIdp, operation, input).await
    }

    async fn sample_pool(&self) -> anyhow::Result<String> {
        let made =
            self.users("CreateUserPool", json!({ "PoolName": NAME, "AutoVerifiedAttributes": ["email"] })).await?;
        text(&made, "/UserPool/Id").map(str::to_owned).context("CreateUserPool answered without an id")
    }

    async fn sample_client(&self, pool: &str) -> anyhow::Result<String> {
        let flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
        let input = json!({ "UserPoolId": pool, "ClientName": NAME, "ExplicitAuthFlows": flows });
        let made = self.users("CreateUserPoolClient", input).await?;
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
        self.users("AdminCreateUser", user).await?;
        let password = json!({ "UserPoolId": pool, "Username": USERNAME, "Password": PASSWORD, "Permanent": true });
        self.users("AdminSetUserPassword", password).await?;
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
