//! The sample identity pool: guests and the people of the sample pool, each with a role of their own.

use super::{Administrator, NAME, named, text};
use anyhow::{Context, bail};
use contract::Service;
use serde_json::{Value, json};

/// The role of people.
const PEOPLE: &str = "sample-people";
/// The role of guests.
const GUESTS: &str = "sample-guests";

impl Administrator {
    /// The sample identity pool; one that exists is left as it is.
    pub(super) async fn sample_identity_pool(&self, pool: &str, client: &str) -> anyhow::Result<String> {
        let pools = self.identities("ListIdentityPools", json!({ "MaxResults": 60 })).await?;
        if let Some(known) = named(pools.get("IdentityPools"), "IdentityPoolName", "IdentityPoolId") {
            return Ok(known);
        }
        let provider = format!("cognito-idp.{}.amazonaws.com/{pool}", self.region);
        let wanted = json!({
            "IdentityPoolName": NAME,
            "AllowUnauthenticatedIdentities": true,
            "CognitoIdentityProviders": [{ "ProviderName": provider, "ClientId": client, "ServerSideTokenCheck": true }],
        });
        let made = self.identities("CreateIdentityPool", wanted).await?;
        let id = text(&made, "/IdentityPoolId").context("CreateIdentityPool answered without an id")?.to_owned();
        // One call each may make and the other may not, so that the difference shows.
        let people = self.sample_role(PEOPLE, &id, "authenticated", "cognito-idp:DescribeUserPool").await?;
        let guests = self.sample_role(GUESTS, &id, "unauthenticated", "cognito-identity:DescribeIdentityPool").await?;
        let roles = json!({ "authenticated": people, "unauthenticated": guests });
        self.identities("SetIdentityPoolRoles", json!({ "IdentityPoolId": id, "Roles": roles })).await?;
        Ok(id)
    }

    /// A role for those of the pool who signed in this way, who may do this; answers its ARN.
    async fn sample_role(&self, name: &str, pool: &str, amr: &str, action: &str) -> anyhow::Result<String> {
        let trust = document(json!({
            "Effect": "Allow",
            "Principal": { "Federated": "cognito-identity.amazonaws.com" },
            "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
            "Condition": {
                "StringEquals": { "cognito-identity.amazonaws.com:aud": pool },
                "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
            },
        }));
        let allowed = document(json!({ "Effect": "Allow", "Action": action, "Resource": "*" }));
        let (status, _) = self.act("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]).await?;
        // One of an earlier sample pool is there already, and trusts that.
        if status == 409 {
            self.done("UpdateAssumeRolePolicy", &[("RoleName", name), ("PolicyDocument", &trust)]).await?;
        }
        self.done("PutRolePolicy", &[("RoleName", name), ("PolicyName", NAME), ("PolicyDocument", &allowed)]).await?;
        let shown = self.done("GetRole", &[("RoleName", name)]).await?;
        let arn = shown.split_once("<Arn>").and_then(|(_, rest)| rest.split_once("</Arn>"));
        arn.map(|(arn, _)| arn.to_owned()).context("GetRole answered without an ARN")
    }

    async fn done(&self, action: &str, parameters: &[(&str, &str)]) -> anyhow::Result<String> {
        let (status, answer) = self.act(action, parameters).await?;
        if status != 200 {
            bail!("{action} was refused: {answer}");
        }
        Ok(answer)
    }

    async fn identities(&self, operation: &str, input: Value) -> anyhow::Result<Value> {
        self.call(Service::CognitoIdentity, operation, input).await
    }
}

/// A policy of one statement.
fn document(statement: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}
