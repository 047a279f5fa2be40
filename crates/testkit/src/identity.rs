//! Identity pools, made as administrators make one and used as SDKs use one.

use crate::asking::{REGION, bytes};
use crate::{ACCOUNT, Answer, App, Asking, Pool, Role};
use contract::Service;
use crypto::sigv4::Credentials;
use serde_json::{Value, json};
use std::future::IntoFuture;
use std::pin::Pin;

/// The sentence behind every role that cannot be had.
pub const MISCONFIGURED: &str = "Invalid identity pool configuration. Check assigned IAM roles for this pool.";

/// An identity pool with its two roles, which may do nothing yet.
#[derive(Debug, Clone)]
pub struct IdentityPool {
    app: App,
    /// Its id.
    pub id: String,
    /// The role of people.
    pub authenticated: Role,
    /// The role of guests.
    pub guest: Role,
}

/// An identity pool to be made.
#[derive(Debug)]
#[must_use = "nothing is made until it is awaited"]
pub struct IdentityPoolBuilder {
    app: App,
    settings: Value,
    without_roles: bool,
}

/// What trusts the identities of a pool who signed in this way: `authenticated` or `unauthenticated`.
#[must_use]
pub fn trust_in(pool: &str, amr: &str) -> Value {
    json!([{
        "Effect": "Allow",
        "Principal": { "Federated": "cognito-identity.amazonaws.com" },
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        "Condition": {
            "StringEquals": { "cognito-identity.amazonaws.com:aud": pool },
            "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
        },
    }])
}

impl App {
    /// A call of an operation of identity pools, signed by root where the contract wants it signed.
    pub fn identity_asking(&self, op: &str, body: &Value) -> Asking {
        Asking::operation(self, Service::CognitoIdentity, op, bytes(body))
    }

    /// Asks and waits.
    pub async fn identity(&self, op: &str, body: Value) -> Answer {
        self.identity_asking(op, &body).send().await
    }

    /// The same, asked again while the server is too busy, as an SDK would.
    pub async fn identity_insisting(&self, op: &str, body: Value) -> Answer {
        loop {
            let answer = self.identity(op, body.clone()).await;
            if answer.code() != "TooManyRequestsException" {
                return answer;
            }
        }
    }

    /// An identity pool to be made, with a role for people and one for guests, and nobody who may come in yet.
    pub fn identity_pool(&self) -> IdentityPoolBuilder {
        let settings = json!({ "IdentityPoolName": "shop", "AllowUnauthenticatedIdentities": false });
        IdentityPoolBuilder { app: self.clone(), settings, without_roles: false }
    }

    /// AssumeRoleWithWebIdentity, the second half of the classic flow.
    pub async fn assume_with_token(&self, role: &str, token: &str) -> Answer {
        let asked = [("RoleArn", role), ("RoleSessionName", "web"), ("WebIdentityToken", token)];
        self.query(Service::Sts, "AssumeRoleWithWebIdentity", &asked).await
    }

    /// Makes a provider of the account for an issuer and its clients; answers the ARN.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn oidc_provider(&self, issuer: &str, clients: &[&str]) -> String {
        let named: Vec<(String, &str)> =
            clients.iter().zip(1..).map(|(id, n)| (format!("ClientIDList.member.{n}"), *id)).collect();
        let mut parameters = vec![("Url", issuer)];
        parameters.extend(named.iter().map(|(name, id)| (name.as_str(), *id)));
        let made = self.query(Service::Iam, "CreateOpenIDConnectProvider", &parameters).await;
        made.value("CreateOpenIDConnectProviderResult.OpenIDConnectProviderArn")
    }
}

impl IdentityPoolBuilder {
    /// One member of CreateIdentityPool.
    pub fn set(mut self, member: &str, value: Value) -> Self {
        self.settings[member] = value;
        self
    }

    /// Guests may come in.
    pub fn with_guests(self) -> Self {
        self.set("AllowUnauthenticatedIdentities", json!(true))
    }

    /// The classic flow is open.
    pub fn classic(self) -> Self {
        self.set("AllowClassicFlow", json!(true))
    }

    /// A developer provider of this name.
    pub fn developed_by(self, name: &str) -> Self {
        self.set("DeveloperProviderName", json!(name))
    }

    /// People of a user pool may come in by its own client.
    pub fn for_people_of(self, pool: &Pool) -> Self {
        let client = pool.client.id.clone();
        self.for_client(pool, &client, false)
    }

    /// People of a user pool may come in by this client, asked about at its door or not.
    pub fn for_client(mut self, pool: &Pool, client: &str, checked: bool) -> Self {
        let entry = json!({ "ProviderName": pool.login_key(), "ClientId": client, "ServerSideTokenCheck": checked });
        match self.settings["CognitoIdentityProviders"].as_array_mut() {
            Some(known) => known.push(entry),
            None => self.settings["CognitoIdentityProviders"] = json!([entry]),
        }
        self
    }

    /// Without roles.
    pub fn without_roles(mut self) -> Self {
        self.without_roles = true;
        self
    }

    async fn make(self) -> IdentityPool {
        let made = self.app.identity("CreateIdentityPool", self.settings).await.expect_ok();
        let id = made["IdentityPoolId"].as_str().expect("a pool has an id").to_owned();
        let (_, short) = id.split_once(':').expect("a region and a uuid");
        let role = async |amr: &str| self.app.iam_role(&format!("{amr}-{short}"), "/", trust_in(&id, amr)).await;
        let (authenticated, guest) = (role("authenticated").await, role("unauthenticated").await);
        let pool = IdentityPool { app: self.app.clone(), id: id.clone(), authenticated, guest };
        if !self.without_roles {
            let roles = json!({ "authenticated": pool.authenticated.arn, "unauthenticated": pool.guest.arn });
            pool.admin("SetIdentityPoolRoles", json!({ "Roles": roles })).await.expect_done();
        }
        pool
    }
}

impl IntoFuture for IdentityPoolBuilder {
    type Output = IdentityPool;
    type IntoFuture = Pin<Box<dyn Future<Output = IdentityPool> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.make())
    }
}

impl IdentityPool {
    /// The server it is on.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The same pool, asked about on another node.
    #[must_use]
    pub fn on(&self, node: &App) -> Self {
        Self { app: node.clone(), ..self.clone() }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:aws:cognito-identity:{REGION}:{ACCOUNT}:identitypool/{}", self.id)
    }

    /// A call about this pool, signed by root where the contract wants it signed.
    pub async fn admin(&self, op: &str, mut body: Value) -> Answer {
        body["IdentityPoolId"] = self.id.as_str().into();
        self.app.identity(op, body).await
    }

    /// SetIdentityPoolRoles with its two roles and these mappings.
    pub async fn map_roles(&self, mappings: Value) {
        let roles = json!({ "authenticated": self.authenticated.arn, "unauthenticated": self.guest.arn });
        self.admin("SetIdentityPoolRoles", json!({ "Roles": roles, "RoleMappings": mappings })).await.expect_done();
    }

    /// One more role that trusts its people.
    pub async fn role(&self, name: &str) -> Role {
        self.app.iam_role(name, "/", trust_in(&self.id, "authenticated")).await
    }

    /// GetId.
    pub async fn get_id(&self, logins: &Value) -> Answer {
        self.app.identity("GetId", json!({ "IdentityPoolId": self.id, "Logins": logins })).await
    }

    /// GetId of somebody who is let in; answers the identity.
    pub async fn identity(&self, logins: &Value) -> String {
        self.get_id(logins).await.identity_id()
    }

    /// GetId of a guest.
    pub async fn guest(&self) -> String {
        self.app.identity("GetId", json!({ "IdentityPoolId": self.id })).await.identity_id()
    }

    /// GetCredentialsForIdentity.
    pub async fn credentials(&self, identity: &str, logins: &Value) -> Answer {
        self.app.identity("GetCredentialsForIdentity", json!({ "IdentityId": identity, "Logins": logins })).await
    }

    /// GetCredentialsForIdentity, asking for one role.
    pub async fn credentials_as(&self, role: &str, identity: &str, logins: &Value) -> Answer {
        let body = json!({ "IdentityId": identity, "Logins": logins, "CustomRoleArn": role });
        self.app.identity("GetCredentialsForIdentity", body).await
    }

    /// GetOpenIdToken.
    pub async fn open_id_token(&self, identity: &str, logins: &Value) -> Answer {
        self.app.identity("GetOpenIdToken", json!({ "IdentityId": identity, "Logins": logins })).await
    }

    /// GetOpenIdTokenForDeveloperIdentity for this entry of `Logins`, with more members.
    pub async fn developer_token(&self, provider: &str, identifier: &str, mut more: Value) -> Answer {
        more["Logins"][provider] = identifier.into();
        self.admin("GetOpenIdTokenForDeveloperIdentity", more).await
    }

    /// DescribeIdentity.
    pub async fn describe(&self, identity: &str) -> Answer {
        self.app.identity("DescribeIdentity", json!({ "IdentityId": identity })).await
    }
}

impl Answer {
    /// A success that has nothing to say.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn expect_done(&self) {
        assert_eq!(self.status, 200, "a success was expected\n{self:?}");
    }

    /// `IdentityId` of a success.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[track_caller]
    pub fn identity_id(&self) -> String {
        let body = self.expect_ok();
        body["IdentityId"].as_str().unwrap_or_else(|| panic!("an identity was expected\n{self:?}")).to_owned()
    }

    /// The credentials that GetCredentialsForIdentity handed out.
    ///
    /// # Panics
    /// When there are none.
    #[must_use]
    #[track_caller]
    pub fn identity_credentials(&self) -> Credentials {
        let body = self.expect_ok();
        let told = |name: &str| {
            let text = body["Credentials"][name].as_str();
            text.unwrap_or_else(|| panic!("{name} was expected\n{self:?}")).to_owned()
        };
        Credentials {
            access_key_id: told("AccessKeyId"),
            secret: told("SecretKey").into(),
            token: Some(told("SessionToken").into()),
        }
    }

    /// No role could be had, and the caller does not learn why.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn expect_misconfigured(&self) {
        self.expect_fault("InvalidIdentityPoolConfigurationException", MISCONFIGURED);
    }
}
