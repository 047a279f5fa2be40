//! Roles of IAM and sessions of them, for tests of STS.

use crate::iam::account;
use crate::{Answer, App};
use authority::SessionsOf;
use contract::Service;
use crypto::sigv4::Credentials;
use serde_json::{Value, json};

/// A role, made as administrators make one.
#[derive(Debug, Clone)]
pub struct Role {
    app: App,
    name: String,
    /// `AROA…`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
}

/// Statements as a policy document.
fn document(statements: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

impl App {
    /// A role below this path that trusts whom these statements name, and may do nothing yet.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn iam_role(&self, name: &str, path: &str, trust: Value) -> Role {
        let trust = document(&trust);
        let parameters = [("RoleName", name), ("Path", path), ("AssumeRolePolicyDocument", &trust)];
        let made = self.query(Service::Iam, "CreateRole", &parameters).await;
        let told = |name: &str| made.value(&format!("CreateRoleResult.Role.{name}"));
        Role { app: self.clone(), name: name.to_owned(), id: told("RoleId"), arn: told("Arn") }
    }
}

impl Role {
    /// Gives it these statements as its only inline policy.
    ///
    /// # Panics
    /// When they cannot be kept.
    pub async fn may(&self, statements: Value) {
        let policy = document(&statements);
        let parameters = [("RoleName", self.name.as_str()), ("PolicyName", "only"), ("PolicyDocument", &policy)];
        let put = self.app.query(Service::Iam, "PutRolePolicy", &parameters).await;
        assert!(put.is_ok(), "the policy is kept\n{put:?}");
    }
}

impl App {
    /// Ends sessions as the operator's command does.
    ///
    /// # Panics
    /// When there is nobody of that name.
    pub async fn end_sessions(&self, whose: SessionsOf) {
        let ended = authority::end_sessions(self.store(), &account(), &whose).await;
        assert!(ended.expect("the database answers"), "there is nobody like {whose:?}");
    }
}

impl Answer {
    /// The temporary credentials that an operation of STS handed out.
    ///
    /// # Panics
    /// When there are none.
    #[must_use]
    #[track_caller]
    pub fn credentials(&self) -> Credentials {
        let result = self.xml().inside.into_iter().find(|element| element.name.ends_with("Result"));
        let result = result.unwrap_or_else(|| panic!("a result was expected\n{self:?}"));
        let told = |name: &str| {
            let found = result.at(&format!("Credentials.{name}"));
            found.first().map(|element| element.text.clone()).unwrap_or_else(|| panic!("{name} was expected\n{self:?}"))
        };
        Credentials {
            access_key_id: told("AccessKeyId"),
            secret: told("SecretAccessKey").into(),
            token: Some(told("SessionToken").into()),
        }
    }
}
