//! What the tokens say (tokens.md 3 to 5). Pure: the same sign-in always yields the same text.

use crate::Holder;
use kernel::Time;
use model::Client;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The scope of every sign-in through the API.
pub const API_SCOPE: &str = "aws.cognito.signin.user.admin";

/// What both tokens of one answer share.
pub struct Common<'a> {
    /// The issuer of the pool.
    pub issuer: &'a str,
    /// The client.
    pub client: &'a Client,
    /// The person, their groups and the sign-in.
    pub holder: &'a Holder,
    /// When the tokens are made.
    pub now: Time,
}

impl Common<'_> {
    /// Claims of the ID token, with its own `jti`.
    pub fn id_token(&self, jti: &uuid::Uuid, lifetime: Duration) -> Vec<u8> {
        let Holder { user, membership, .. } = self.holder;
        let mut claims = Map::new();
        claims.insert("sub".into(), user.sub.as_str().into());
        for (name, value) in &user.attributes {
            if self.client.may_read(name) {
                claims.insert(name.clone(), typed(name, value));
            }
        }
        claims.insert("cognito:username".into(), user.username.as_str().into());
        insert_list(&mut claims, "cognito:roles", &membership.roles);
        if let Some(role) = &membership.preferred_role {
            claims.insert("cognito:preferred_role".into(), role.as_str().into());
        }
        claims.insert("aud".into(), self.client.id.as_str().into());
        // tokens.md 3: both ids stand in ID tokens only where revocation is on.
        if self.client.revocable() {
            claims.insert("jti".into(), jti.to_string().into());
        }
        self.finish(claims, "id", lifetime)
    }

    /// Claims of the access token, with its own `jti`.
    pub fn access_token(&self, jti: &uuid::Uuid, lifetime: Duration) -> Vec<u8> {
        let user = &self.holder.user;
        let mut claims = Map::new();
        claims.insert("sub".into(), user.sub.as_str().into());
        claims.insert("client_id".into(), self.client.id.as_str().into());
        claims.insert("scope".into(), API_SCOPE.into());
        claims.insert("username".into(), user.username.as_str().into());
        claims.insert("jti".into(), jti.to_string().into());
        self.finish(claims, "access", lifetime)
    }

    fn finish(&self, mut claims: Map<String, Value>, token_use: &str, lifetime: Duration) -> Vec<u8> {
        let family = &self.holder.family;
        insert_list(&mut claims, "cognito:groups", &self.holder.membership.groups);
        if self.client.revocable() {
            claims.insert("origin_jti".into(), family.id.to_string().into());
        }
        claims.insert("iss".into(), self.issuer.into());
        claims.insert("event_id".into(), family.event_id.to_string().into());
        claims.insert("token_use".into(), token_use.into());
        claims.insert("auth_time".into(), family.auth_time.secs().into());
        claims.insert("iat".into(), self.now.secs().into());
        let lifetime_secs = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        claims.insert("exp".into(), self.now.secs().saturating_add(lifetime_secs).into());
        Value::Object(claims).to_string().into_bytes()
    }
}

/// A list that is empty is left out.
fn insert_list(claims: &mut Map<String, Value>, name: &str, list: &[String]) {
    if !list.is_empty() {
        claims.insert(name.to_owned(), list.into());
    }
}

/// Flags are booleans, the address is an object, `updated_at` a number; every other attribute is text (tokens.md 3).
fn typed(name: &str, value: &str) -> Value {
    match name {
        "email_verified" | "phone_number_verified" => Value::Bool(value == "true"),
        "address" => json!({ "formatted": value }),
        "updated_at" => value.parse::<i64>().map_or_else(|_| Value::from(value), Value::from),
        _ => Value::from(value),
    }
}
