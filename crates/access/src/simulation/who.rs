//! Who asks in a simulation, and what is known about the request.

use crate::say;
use contract::Fault;
use contract::iam::types::{ContextEntry, ContextKeyTypeEnum};
use iam::{Context, PrincipalIds, ValueType};
use kernel::AccountId;
use model::{IamRole, IamUser};

/// A caller and the condition keys that follow from who he is. The default is nobody in particular.
#[derive(Debug, Default)]
pub struct Who {
    /// As policies name him.
    pub ids: PrincipalIds,
    /// What is known.
    pub context: Context,
}

impl Who {
    /// A user of the account.
    pub fn user(user: &IamUser) -> Self {
        let mut who = Self::called(user.account.as_str(), &user.arn(), &user.name);
        who.context.set("aws:userid", user.id.as_str());
        who.tagged(&user.tags)
    }

    /// A role: some session of it, of which nothing more is known.
    pub fn role(role: &IamRole) -> Self {
        let account = role.account.as_str();
        let ids =
            PrincipalIds { account: Some(account.to_owned()), role_arn: Some(role.arn()), ..PrincipalIds::default() };
        let mut context = Context::new();
        context.set("aws:PrincipalArn", role.arn());
        context.set("aws:PrincipalAccount", account);
        context.set("aws:PrincipalType", "AssumedRole");
        Self { ids, context }.tagged(&role.tags)
    }

    /// The user of an ARN, who need not be there.
    pub fn named(account: &AccountId, arn: &str) -> Result<Self, Fault> {
        let segments: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", _, "iam", "", owner, thing] = segments.as_slice() else {
            return Err(say::simulation::caller_invalid(arn));
        };
        let name = thing.strip_prefix("user/").and_then(|path| path.rsplit('/').next()).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| say::simulation::caller_invalid(arn))?;
        if *owner != account.as_str() {
            return Err(say::simulation::other_account(arn));
        }
        Ok(Self::called(owner, arn, name))
    }

    /// Whether policies can name him by an ARN of his own.
    pub fn is_user(&self) -> bool {
        self.ids.arn.is_some()
    }

    fn called(account: &str, arn: &str, name: &str) -> Self {
        let mut context = Context::new();
        context.set("aws:PrincipalArn", arn);
        context.set("aws:PrincipalAccount", account);
        context.set("aws:PrincipalType", "User");
        context.set("aws:username", name);
        Self { ids: PrincipalIds::user(account, arn), context }
    }

    fn tagged(mut self, tags: &[(String, String)]) -> Self {
        for (key, value) in tags {
            self.context.set(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
        self
    }

    /// Takes what the request says, over what follows from the caller.
    pub fn told(mut self, entries: Option<Vec<ContextEntry>>) -> Result<Self, Fault> {
        let mut seen = std::collections::HashSet::new();
        for entry in entries.unwrap_or_default() {
            let (Some(key), Some(kind)) = (entry.context_key_name, entry.context_key_type) else {
                return Err(say::simulation::entry_incomplete());
            };
            if !seen.insert(key.to_ascii_lowercase()) {
                return Err(say::simulation::entry_twice(&key));
            }
            let values = entry.context_key_values.unwrap_or_default();
            let (of, many) = type_of(kind);
            if !values.iter().all(|value| of.admits(value)) {
                return Err(say::simulation::entry_invalid(&key, kind.as_str()));
            }
            match <[String; 1]>::try_from(values) {
                Ok([one]) if !many => self.context.set(&key, one),
                Ok(one) => self.context.set_many(&key, Vec::from(one)),
                Err(values) if many => self.context.set_many(&key, values),
                Err(_) => return Err(say::simulation::entry_invalid(&key, kind.as_str())),
            }
        }
        Ok(self)
    }
}

/// What each value is, and whether there may be several.
fn type_of(kind: ContextKeyTypeEnum) -> (ValueType, bool) {
    match kind {
        ContextKeyTypeEnum::String => (ValueType::Text, false),
        ContextKeyTypeEnum::StringList => (ValueType::Text, true),
        ContextKeyTypeEnum::Numeric => (ValueType::Number, false),
        ContextKeyTypeEnum::NumericList => (ValueType::Number, true),
        ContextKeyTypeEnum::Boolean => (ValueType::Flag, false),
        ContextKeyTypeEnum::BooleanList => (ValueType::Flag, true),
        ContextKeyTypeEnum::Ip => (ValueType::Address, false),
        ContextKeyTypeEnum::IpList => (ValueType::Address, true),
        ContextKeyTypeEnum::Binary => (ValueType::Bytes, false),
        ContextKeyTypeEnum::BinaryList => (ValueType::Bytes, true),
        ContextKeyTypeEnum::Date => (ValueType::Date, false),
        ContextKeyTypeEnum::DateList => (ValueType::Date, true),
    }
}
