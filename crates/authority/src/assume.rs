//! Roles that somebody wants to become: their trust policy is asked, and with it the caller's own policies where there is
//! a caller (credentials-and-iam.md 4.3).

use crate::permit::NotPermitted;
use crate::{Authority, surroundings};
use iam::{Context, Decision, Named, PrincipalIds, Request};
use model::Caller;

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
    /// What the request says, as condition keys with their values.
    pub keys: &'a [(String, Vec<String>)],
}

impl Assumption<'_> {
    fn put(&self, context: &mut Context) {
        for (key, values) in self.keys {
            context.set_many(key, values.clone());
        }
        for (key, value) in self.tags {
            context.set(&format!("aws:ResourceTag/{key}"), value.as_str());
            context.set(&format!("iam:ResourceTag/{key}"), value.as_str());
        }
    }
}

impl Authority {
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
        let mut context = Context::new();
        surroundings::of_place(&mut context, caller, self.clock.now());
        asked.put(&mut context);
        let request = Request { action: asked.action, resource: asked.arn, principal: who, context: &context };
        Ok(iam::trust(&trust, &request) == Decision::Allow)
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
