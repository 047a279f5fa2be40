//! Roles that somebody wants to become: their trust policy is asked, and with it the caller's own policies where there is
//! a caller (credentials-and-iam.md 4.3).

use crate::permit::NotPermitted;
use crate::proof::Unproven;
use crate::{Authority, surroundings};
use iam::{Context, Decision, Explanation, Named, Policies, PrincipalIds, Request};
use kernel::{AccountId, Time};
use model::{Caller, IamRole};
use std::fmt;
use std::sync::Arc;
use store::{StoreError, work};

/// Something that is asked of a role.
#[derive(Debug, Clone, Copy)]
pub struct Assumption<'a> {
    /// The role's ARN.
    pub arn: &'a str,
    /// Its trust policy.
    pub trust: &'a str,
    /// Which unique ids the ARNs in it stood for when it was written.
    pub ids: &'a [(String, String)],
    /// Its tags.
    pub tags: &'a [(String, String)],
    /// `sts:AssumeRole`, or what goes with it: `sts:TagSession`.
    pub action: &'a str,
    /// What the request says.
    pub keys: &'a dyn ConditionKeys,
}

/// What a request says, as condition keys with their values.
pub trait ConditionKeys: fmt::Debug + Sync {
    /// Sets them.
    fn put(&self, context: &mut Context);
}

impl ConditionKeys for Vec<(String, Vec<String>)> {
    fn put(&self, context: &mut Context) {
        for (key, values) in self {
            context.set_many_with(key, || values.clone());
        }
    }
}

impl Assumption<'_> {
    fn put(&self, context: &mut Context) {
        self.keys.put(context);
        for (key, value) in self.tags {
            context.set(&format!("aws:ResourceTag/{key}"), value.as_str());
            context.set(&format!("iam:ResourceTag/{key}"), value.as_str());
        }
    }

    /// What its trust policy is told about somebody who is nobody here.
    fn of_stranger(&self, mut context: Context, caller: &Caller, now: Time) -> Context {
        surroundings::of_place(&mut context, caller, now);
        self.put(&mut context);
        context
    }
}

/// The last part of a role's ARN.
fn name_in<'a>(arn: &'a str, account: &AccountId) -> Option<&'a str> {
    let path = arn.strip_prefix("arn:aws:iam::")?.strip_prefix(account.as_str())?.strip_prefix(":role/")?;
    path.rsplit('/').next().filter(|name| !name.is_empty() && !name.contains('\0'))
}

impl Authority {
    /// The role of an ARN, path and spelling included; `None` when there is none in this account. When it was last used is not
    /// looked up.
    ///
    /// # Errors
    /// The database's.
    pub async fn role(&self, account: &AccountId, arn: &str) -> Result<Option<Arc<IamRole>>, StoreError> {
        let (Some(estate), Some(name)) = (&self.estate, name_in(arn, account)) else { return Ok(None) };
        let (account, name) = (account.clone(), name.to_owned());
        let found = estate
            .store
            .read(work!(|tx, account, name| -> StoreError { tx.iam_roles().get_to_assume(account, name).await }));
        Ok(found.await?.filter(|role| role.is_at(arn)))
    }

    /// Whether a caller who signed may do this with the role: the role must trust, and unless it names the caller, the
    /// caller's own policies must allow it too. Root is asked about like everyone else: roles are not for everybody.
    ///
    /// # Errors
    /// [`NotPermitted`].
    pub async fn may_assume(&self, caller: &Caller, asked: &Assumption<'_>) -> Result<(), NotPermitted> {
        let (estate, standing) = self.required(caller, asked.action, asked.arn).await?;
        let trust = estate.rights.trust(asked.trust, asked.ids)?;
        let mut context = surroundings::keys(caller, &standing.rights, standing.now);
        asked.put(&mut context);
        standing.decide_with(asked.action, asked.arn, &context, Some(&Named::new("trust", &trust)))
    }

    /// Whether a role trusts somebody who is nobody here but has a provider's word.
    ///
    /// # Errors
    /// When the trust policy cannot be read.
    pub fn trusts(&self, caller: &Caller, who: &PrincipalIds, asked: &Assumption<'_>) -> Result<bool, NotPermitted> {
        let Some(estate) = &self.estate else { return Ok(false) };
        let trust = estate.rights.trust(asked.trust, asked.ids)?;
        let context = asked.of_stranger(Context::for_policy(&trust), caller, self.clock.now());
        let request = Request { action: asked.action, resource: asked.arn, principal: who, context: &context };
        Ok(iam::trust(&trust, &request) == Decision::Allow)
    }

    /// The same question with every statement of the trust policy and what spoke for or against it.
    ///
    /// # Errors
    /// When the trust policy cannot be read.
    pub fn explain_trust(
        &self,
        caller: &Caller,
        who: &PrincipalIds,
        asked: &Assumption<'_>,
    ) -> Result<Explanation, NotPermitted> {
        let estate = self.estate.as_ref().ok_or_else(|| Unproven::unavailable("no roles are known here"))?;
        let trust = estate.rights.trust(asked.trust, asked.ids)?;
        let context = asked.of_stranger(Context::new(), caller, self.clock.now());
        let request = Request { action: asked.action, resource: asked.arn, principal: who, context: &context };
        let named = Named::new("trust", &trust);
        let explained = iam::explain(&Policies { trust: Some(&named), ..Policies::default() }, &request);
        // Nobody's own policies count here: the trust policy alone decides.
        Ok(Explanation { decision: iam::trust(&trust, &request), ..explained })
    }

    /// Whether a caller may do something that only the operation knows to ask.
    ///
    /// # Errors
    /// [`NotPermitted`].
    pub async fn may(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        keys: &[(String, Vec<String>)],
    ) -> Result<(), NotPermitted> {
        let (_, standing) = self.required(caller, action, resource).await?;
        let mut context = surroundings::keys(caller, &standing.rights, standing.now);
        for (key, values) in keys {
            context.set_many(key, values.clone());
        }
        standing.decide_with(action, resource, &context, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_arn_of_a_role_of_this_account_names_one() {
        let account = AccountId::parse("123456789012").unwrap();
        assert_eq!(name_in("arn:aws:iam::123456789012:role/r", &account), Some("r"));
        assert_eq!(name_in("arn:aws:iam::123456789012:role/a/b/r", &account), Some("r"));
        for other in [
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role",
            "arn:aws:iam::210987654321:role/r",
            "arn:aws:iam::123456789012:user/r",
            "arn:aws:sts::123456789012:role/r",
            "r",
        ] {
            assert_eq!(name_in(other, &account), None, "{other}");
        }
    }
}
