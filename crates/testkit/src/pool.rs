//! A pool with its client and people, made through the wire like everything else.

use crate::asking::bytes;
use crate::{Answer, App, Asking};
use contract::Service;
use kernel::Secret;
use serde_json::{Value, json};
use std::future::IntoFuture;
use std::pin::Pin;

/// A client of a pool.
#[derive(Debug, Clone)]
pub struct AppClient {
    /// Its id.
    pub id: String,
    /// Its secret, if it has one.
    pub secret: Option<Secret<String>>,
}

impl AppClient {
    /// SECRET_HASH over a name; `None` for a public client.
    #[must_use]
    pub fn hash(&self, name: &str) -> Option<String> {
        self.secret.as_ref().map(|secret| crypto::secret_hash(secret, name, &self.id))
    }

    pub(crate) fn prove_in(&self, parameters: &mut Value, name: &str) {
        if let Some(hash) = self.hash(name) {
            parameters["SECRET_HASH"] = hash.into();
        }
    }
}

/// A pool with a client that lets every flow through.
#[derive(Debug, Clone)]
pub struct Pool {
    app: App,
    /// Its id.
    pub id: String,
    /// Its first client.
    pub client: AppClient,
}

/// A pool to be made.
#[derive(Debug)]
#[must_use = "nothing is made until it is awaited"]
pub struct PoolBuilder {
    app: App,
    settings: Value,
    client: Value,
    people: Vec<(String, String)>,
}

fn every_flow() -> Value {
    json!([
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH"
    ])
}

impl App {
    /// A pool to be made with a client that lets every flow through.
    pub fn pool(&self) -> PoolBuilder {
        PoolBuilder {
            app: self.clone(),
            settings: json!({ "PoolName": "people" }),
            client: json!({ "ClientName": "web", "ExplicitAuthFlows": every_flow() }),
            people: Vec::new(),
        }
    }
}

impl PoolBuilder {
    /// One member of CreateUserPool.
    pub fn set(mut self, member: &str, value: Value) -> Self {
        self.settings[member] = value;
        self
    }

    /// One member of CreateUserPoolClient for its first client.
    pub fn client_set(mut self, member: &str, value: Value) -> Self {
        self.client[member] = value;
        self
    }

    /// With PreventUserExistenceErrors switched on.
    pub fn masked(self) -> Self {
        self.client_set("PreventUserExistenceErrors", json!("ENABLED"))
    }

    /// Codes go to e-mail addresses.
    pub fn verifying_email(self) -> Self {
        self.set("AutoVerifiedAttributes", json!(["email"]))
    }

    /// Codes go to telephones, and to e-mail addresses of people without one.
    pub fn verifying_phone(self) -> Self {
        let role = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" });
        self.set("SmsConfiguration", role).set("AutoVerifiedAttributes", json!(["phone_number", "email"]))
    }

    /// E-mail addresses are the usernames.
    pub fn named_by_email(self) -> Self {
        self.set("UsernameAttributes", json!(["email"]))
    }

    /// With somebody in it who has signed up and is confirmed.
    pub fn with_user(mut self, name: &str, password: &str) -> Self {
        self.people.push((name.to_owned(), password.to_owned()));
        self
    }

    async fn make(self) -> Pool {
        let made = self.app.call("CreateUserPool", self.settings).await.expect_ok();
        let id = made["UserPool"]["Id"].as_str().expect("a pool has an id").to_owned();
        let client = make_client(&self.app, &id, self.client).await;
        let pool = Pool { app: self.app, id, client };
        for (name, password) in self.people {
            pool.confirmed(&name, &password).await;
        }
        pool
    }
}

impl IntoFuture for PoolBuilder {
    type Output = Pool;
    type IntoFuture = Pin<Box<dyn Future<Output = Pool> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.make())
    }
}

async fn make_client(app: &App, pool: &str, mut settings: Value) -> AppClient {
    settings["UserPoolId"] = pool.into();
    let made = app.call("CreateUserPoolClient", settings).await.expect_ok();
    let made = &made["UserPoolClient"];
    AppClient {
        id: made["ClientId"].as_str().expect("a client has an id").to_owned(),
        secret: made["ClientSecret"].as_str().map(|secret| Secret::new(secret.to_owned())),
    }
}

impl Pool {
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

    /// The issuer of its tokens.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.app.issuer(&self.id)
    }

    /// Its name as a provider of identity pools.
    #[must_use]
    pub fn login_key(&self) -> String {
        format!("cognito-idp.{}.amazonaws.com/{}", crate::asking::REGION, self.id)
    }

    /// Signs somebody in who has the usual password; answers the ID token.
    pub async fn id_token(&self, name: &str) -> String {
        let tokens = self.sign_in(name, crate::PASSWORD).await.expect_tokens();
        tokens["IdToken"].as_str().expect("an ID token").to_owned()
    }

    /// The same as `Logins` of identity pools.
    pub async fn login(&self, name: &str) -> Value {
        json!({ self.login_key(): self.id_token(name).await })
    }

    /// One more client; every flow is let through unless the settings say otherwise.
    pub async fn client(&self, mut settings: Value) -> AppClient {
        let given = settings.as_object_mut().expect("settings are an object");
        given.entry("ClientName").or_insert_with(|| json!("another"));
        given.entry("ExplicitAuthFlows").or_insert_with(every_flow);
        make_client(&self.app, &self.id, settings).await
    }

    /// A signed call about this pool.
    pub async fn admin(&self, op: &str, body: Value) -> Answer {
        self.admin_asking(op, body).send().await
    }

    /// The same, not sent yet.
    pub fn admin_asking(&self, op: &str, mut body: Value) -> Asking {
        body["UserPoolId"] = self.id.as_str().into();
        self.app.asking(op, &body)
    }

    /// A signed call about this pool, asked again while the server is too busy, as an SDK would.
    pub async fn admin_insisting(&self, op: &str, body: Value) -> Answer {
        loop {
            let answer = self.admin(op, body.clone()).await;
            if answer.code() != "TooManyRequestsException" {
                return answer;
            }
        }
    }

    /// A public call through the pool's own client; the secret hash is added where it needs one.
    pub async fn public(&self, op: &str, body: Value) -> Answer {
        self.public_through(&self.client, op, body).await
    }

    /// A public call through a client.
    pub async fn public_through(&self, client: &AppClient, op: &str, mut body: Value) -> Answer {
        body["ClientId"] = client.id.as_str().into();
        if let Some(hash) = body["Username"].as_str().and_then(|name| client.hash(name)) {
            body["SecretHash"] = hash.into();
        }
        self.app.call(op, body).await
    }

    /// SignUp with attributes.
    pub async fn sign_up(&self, name: &str, password: &str, attributes: &[(&str, &str)]) -> Answer {
        let attributes = self.attributes(attributes);
        self.public("SignUp", json!({ "Username": name, "Password": password, "UserAttributes": attributes })).await
    }

    /// Attributes as the wire carries them.
    #[must_use]
    pub fn attributes(&self, pairs: &[(&str, &str)]) -> Value {
        pairs.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
    }

    /// Somebody who has signed up and was confirmed by an administrator; answers the sub.
    pub async fn confirmed(&self, name: &str, password: &str) -> String {
        let signed_up = self.sign_up(name, password, &[]).await.expect_ok();
        self.admin("AdminConfirmSignUp", json!({ "Username": name })).await.expect_ok();
        signed_up["UserSub"].as_str().expect("a person has a sub").to_owned()
    }

    /// Somebody an administrator made, with a temporary password; nothing is sent.
    pub async fn invited(&self, name: &str, password: &str) -> Answer {
        let body = json!({ "Username": name, "TemporaryPassword": password, "MessageAction": "SUPPRESS" });
        self.admin("AdminCreateUser", body).await
    }

    /// AdminGetUser.
    pub async fn person(&self, name: &str) -> Answer {
        self.admin("AdminGetUser", json!({ "Username": name })).await
    }

    /// A group with more than a name, if wanted.
    pub async fn group(&self, name: &str, mut settings: Value) {
        settings["GroupName"] = name.into();
        self.admin("CreateGroup", settings).await.expect_ok();
    }

    /// AdminAddUserToGroup.
    pub async fn join(&self, name: &str, group: &str) -> Answer {
        self.admin("AdminAddUserToGroup", json!({ "Username": name, "GroupName": group })).await
    }

    /// An attribute as AdminGetUser shows it; null when it is not there.
    pub async fn attribute(&self, name: &str, attribute: &str) -> Value {
        let person = self.person(name).await.expect_ok();
        let all = person["UserAttributes"].as_array().expect("a list").clone();
        all.into_iter().find(|pair| pair["Name"] == attribute).map_or(Value::Null, |pair| pair["Value"].clone())
    }

    /// InitiateAuth through a client.
    pub async fn initiate(&self, client: &AppClient, flow: &str, parameters: Value) -> Answer {
        let body = json!({ "ClientId": client.id, "AuthFlow": flow, "AuthParameters": parameters });
        self.app.call("InitiateAuth", body).await
    }

    /// RespondToAuthChallenge through a client.
    pub async fn respond(&self, client: &AppClient, challenge: &str, session: &Value, responses: Value) -> Answer {
        let body = json!({ "ClientId": client.id, "ChallengeName": challenge, "ChallengeResponses": responses, "Session": session });
        self.app.call("RespondToAuthChallenge", body).await
    }

    /// USER_PASSWORD_AUTH through a client.
    pub async fn sign_in_through(&self, client: &AppClient, name: &str, password: &str) -> Answer {
        let mut parameters = json!({ "USERNAME": name, "PASSWORD": password });
        client.prove_in(&mut parameters, name);
        self.initiate(client, "USER_PASSWORD_AUTH", parameters).await
    }

    /// USER_PASSWORD_AUTH through the pool's own client.
    pub async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.sign_in_through(&self.client, name, password).await
    }

    /// REFRESH_TOKEN_AUTH through the pool's own client.
    pub async fn refresh(&self, token: &Value) -> Answer {
        self.initiate(&self.client, "REFRESH_TOKEN_AUTH", json!({ "REFRESH_TOKEN": token })).await
    }

    /// GetUser with an access token.
    pub async fn get_user(&self, token: &Value) -> Answer {
        self.app.call("GetUser", json!({ "AccessToken": token })).await
    }
}

impl App {
    /// A call of an operation of user pools, signed by root where the contract wants it signed.
    pub fn asking(&self, op: &str, body: &Value) -> Asking {
        Asking::operation(self, Service::CognitoIdp, op, bytes(body))
    }

    /// The same with a body of any bytes.
    pub fn asking_bytes(&self, op: &str, body: Vec<u8>) -> Asking {
        Asking::operation(self, Service::CognitoIdp, op, body)
    }

    /// Asks and waits.
    pub async fn call(&self, op: &str, body: Value) -> Answer {
        self.asking(op, &body).send().await
    }

    /// A call of an action of a Query service, signed by root where the contract wants it signed.
    pub fn asking_query(&self, service: Service, action: &str, parameters: &[(&str, &str)]) -> Asking {
        Asking::action(self, service, action, parameters)
    }

    /// Asks a Query service and waits.
    pub async fn query(&self, service: Service, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.asking_query(service, action, parameters).send().await
    }

    /// Reads a page.
    pub async fn get(&self, path: &str) -> Answer {
        Asking::get(self, path).send().await
    }

    /// A page to be read.
    pub fn getting(&self, path: &str) -> Asking {
        Asking::get(self, path)
    }

    /// USER_PASSWORD_AUTH through a pool's own client.
    pub async fn sign_in(&self, pool: &Pool, name: &str, password: &str) -> Answer {
        pool.sign_in(name, password).await
    }
}
