//! Identity pools as clients use them: a pool with a role, identities, credentials.

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use crate::api::{Api, IDENTITY, REGION};
use crate::people::{Pool, word};
use crate::sigv4::AccessKey;

/// An identity pool for the people of a user pool and for guests.
#[derive(Debug, Clone)]
pub struct IdentityPool {
    /// Its id.
    pub id: String,
    /// How `Logins` names the user pool.
    pub provider: String,
}

/// Makes one, with a role that everybody in it is given.
pub fn make_identity_pool(api: &mut Api, key: &AccessKey, people: &Pool) -> Result<IdentityPool> {
    let provider = format!("cognito-idp.{REGION}.amazonaws.com/{}", people.id);
    let input = json!({
        "IdentityPoolName": "bench", "AllowUnauthenticatedIdentities": true,
        "CognitoIdentityProviders": [{"ProviderName": provider, "ClientId": people.client}],
    });
    let made = api.signed_of(IDENTITY, key, "CreateIdentityPool", &input)?.done()?;
    let id = word(&made, &["IdentityPoolId"])?;
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": id},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
        },
    }]});
    let trust = trust.to_string();
    let role = [("RoleName", "bench-person"), ("AssumeRolePolicyDocument", trust.as_str())];
    let made = api.action("iam", "CreateRole", &role)?.done()?;
    let arn = made.as_str().and_then(|xml| crate::query::inside(xml, "Arn")).context("a role without an ARN")?;
    let input = json!({"IdentityPoolId": id, "Roles": {"authenticated": arn}});
    api.signed_of(IDENTITY, key, "SetIdentityPoolRoles", &input)?.done()?;
    Ok(IdentityPool { id, provider })
}

/// `GetId` with a person's token; without one, a new guest's.
pub fn identity(api: &mut Api, pool: &IdentityPool, id_token: Option<&str>) -> Result<String> {
    let mut input = json!({"IdentityPoolId": pool.id});
    if let (Some(token), Some(members)) = (id_token, input.as_object_mut()) {
        members.insert("Logins".to_owned(), pool.logins(token));
    }
    word(&api.public_of(IDENTITY, "GetId", &input)?.done()?, &["IdentityId"])
}

/// `GetCredentialsForIdentity` with a person's token; the id of the access key it brought.
pub fn credentials(api: &mut Api, pool: &IdentityPool, identity: &str, id_token: &str) -> Result<String> {
    let input = json!({"IdentityId": identity, "Logins": pool.logins(id_token)});
    let answer = api.public_of(IDENTITY, "GetCredentialsForIdentity", &input)?.done()?;
    ensure!(word(&answer, &["IdentityId"])? == identity, "another identity: {answer}");
    let token = word(&answer, &["Credentials", "SessionToken"])?;
    ensure!(token.len() > 200, "no session token: {answer}");
    word(&answer, &["Credentials", "AccessKeyId"])
}

impl IdentityPool {
    fn logins(&self, id_token: &str) -> Value {
        Value::Object(Map::from_iter([(self.provider.clone(), json!(id_token))]))
    }
}
