//! A user of IAM with a key and a policy, and a role with a policy of its own.

use anyhow::{Context, Result};
use benches::api::{Api, Outcome};
use benches::query::inside;
use benches::sigv4::AccessKey;
use serde_json::json;

use crate::load::{Load, dice};
use crate::subjects::Step;
use crate::subjects::iam::{ACCOUNT, Step as Of, policy_arn};

/// Parameters of a call.
type Parameters<'a> = [(&'a str, &'a str)];

struct Life<'a> {
    load: &'a Load,
    api: &'a mut Api,
    name: &'a str,
}

/// Half of them users, half of them roles with a policy.
pub fn live(load: &Load, api: &mut Api, name: &str) -> Result<()> {
    let mut life = Life { load, api, name };
    if dice(2) == 0 { life.of_a_user() } else { life.of_a_role() }
}

fn document(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}).to_string()
}

fn trust(whom: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": whom},
        "Action": "sts:AssumeRole"}]})
    .to_string()
}

impl Life<'_> {
    fn step(&mut self, step: Of, action: &str, parameters: &Parameters) -> Result<()> {
        let api = &mut *self.api;
        self.load.acknowledge(self.name, Step::Iam(step), || api.action("iam", action, parameters))
    }

    fn of_a_user(&mut self) -> Result<()> {
        let whom = [("UserName", self.name)];
        self.step(Of::UserMade, "CreateUser", &whom)?;
        let key = self.make_key()?;
        let text = document("cognito-idp:ListUserPools");
        let policy = [whom[0], ("PolicyName", "drill"), ("PolicyDocument", &text)];
        self.step(Of::UserPolicy { document: text.clone() }, "PutUserPolicy", &policy)?;
        for active in [false, true] {
            let status = if active { "Active" } else { "Inactive" };
            let input = [whom[0], ("AccessKeyId", &key.id), ("Status", status)];
            self.step(Of::KeyStatus { active }, "UpdateAccessKey", &input)?;
            if dice(3) == 0 {
                return Ok(());
            }
        }
        self.step(Of::UserPolicyGone, "DeleteUserPolicy", &policy[..2])?;
        if dice(2) == 0 {
            self.step(Of::KeyGone, "DeleteAccessKey", &[whom[0], ("AccessKeyId", &key.id)])?;
            self.step(Of::UserGone, "DeleteUser", &whom)?;
        }
        Ok(())
    }

    fn make_key(&mut self) -> Result<AccessKey> {
        let unknown = AccessKey { id: String::new(), secret: String::new() };
        let (api, name) = (&mut *self.api, self.name);
        self.load.ledger.step(name, Step::Iam(Of::KeyMade { key: unknown }), || {
            let made = api.action("iam", "CreateAccessKey", &[("UserName", name)]).and_then(Outcome::done)?;
            let member = |member: &str| made.as_str().and_then(|xml| inside(xml, member)).context("a key is told");
            let key = AccessKey { id: member("AccessKeyId")?, secret: member("SecretAccessKey")? };
            Ok((Step::Iam(Of::KeyMade { key: key.clone() }), key))
        })
    }

    fn of_a_role(&mut self) -> Result<()> {
        let (whom, arn) = ([("RoleName", self.name)], policy_arn(self.name));
        let first = document("s3:Get*");
        let made = [("PolicyName", self.name), ("PolicyDocument", first.as_str())];
        self.step(Of::PolicyMade { document: first.clone() }, "CreatePolicy", &made)?;
        let root = trust(&format!("arn:aws:iam::{ACCOUNT}:root"));
        let made = [whom[0], ("AssumeRolePolicyDocument", &root)];
        self.step(Of::RoleMade { trust: root.clone() }, "CreateRole", &made)?;
        let both = [whom[0], ("PolicyArn", arn.as_str())];
        self.step(Of::Attached, "AttachRolePolicy", &both)?;
        let second = document("s3:List*");
        let version = [both[1], ("PolicyDocument", &second), ("SetAsDefault", "true")];
        self.step(Of::PolicyVersion { document: second.clone() }, "CreatePolicyVersion", &version)?;
        let anyone = trust("*");
        let changed = [whom[0], ("PolicyDocument", anyone.as_str())];
        self.step(Of::Trust { trust: anyone.clone() }, "UpdateAssumeRolePolicy", &changed)?;
        if dice(2) == 0 {
            return Ok(());
        }
        self.step(Of::Detached, "DetachRolePolicy", &both)?;
        if dice(2) == 0 {
            self.api.action("iam", "DeletePolicyVersion", &[both[1], ("VersionId", "v1")])?.done()?;
            self.step(Of::PolicyGone, "DeletePolicy", &both[1..])?;
            self.step(Of::RoleGone, "DeleteRole", &whom)?;
        }
        Ok(())
    }
}
