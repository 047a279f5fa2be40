//! Credentials of a role for an identity: which role, whether it trusts the identity, and the session that comes of it
//! (identity-pools.md 8).

use crate::proofs::Proofs;
use crate::{Identity, say};
use authority::{Assumption, ConditionKeys};
use contract::Fault;
use contract::cognito_identity::types::Credentials;
use iam::{Context, Explanation, PrincipalIds};
use model::{
    AwsSession, Caller, Chosen, GUEST_MANAGED_POLICY, GUEST_SERVICES, IamRole, Identity as Row, IdentityPool,
    RoleError, SessionIdentity, SessionOf, TagError, choose_role, guest_policy, session_tags,
};
use std::time::Duration;
use tokens::identity_token::{AWS_NAME, IdentityTokens};
use tokens::{IdentityClaims, PolicyNames, aws_session};

/// What is asked of the role.
const ASSUME: &str = "sts:AssumeRoleWithWebIdentity";
/// What is asked of it besides when the session gets tags.
const TAG: &str = "sts:TagSession";
/// The name of every session of the enhanced flow.
const SESSION_NAME: &str = "CognitoIdentityCredentials";
/// The enhanced flow's sessions last an hour: clients count on it (identity-pools.md 6).
const LIFETIME: Duration = Duration::from_secs(3600);

/// How many bytes of `amr` a session keeps, and how long a value of it may be: sessions travel in headers.
const AMR_BYTES_MAX: usize = 1200;
const AMR_VALUE_CHARS_MAX: usize = 255;

/// Somebody who is to get credentials.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// The pool.
    pub pool: &'a IdentityPool,
    /// The identity.
    pub row: &'a Row,
    /// How they signed in.
    pub amr: Vec<String>,
    /// Session tags.
    pub tags: Vec<(String, String)>,
    /// The role, and why this one.
    pub chosen: Chosen,
}

impl Candidate<'_> {
    fn is_guest(&self) -> bool {
        self.amr.iter().all(|way| way != crate::proofs::AUTHENTICATED)
    }

    /// The condition keys of the session: what policies are told about it later too.
    fn keys(&self) -> Vec<(String, Vec<String>)> {
        IdentityTokens::condition_keys(&[AWS_NAME.to_owned()], &self.pool.id, &self.row.id, &kept(&self.amr))
    }
}

/// As much of `amr` as a session has room for; the trust policy was told all of it.
fn kept(amr: &[String]) -> Vec<String> {
    let mut room = AMR_BYTES_MAX;
    let mut fits = |value: &&String| match room.checked_sub(value.len()) {
        Some(left) if value.chars().count() <= AMR_VALUE_CHARS_MAX => {
            room = left;
            true
        }
        _ => false,
    };
    amr.iter().filter(|value| fits(value)).cloned().collect()
}

/// What a trust policy is asked, and about whom. The identity is known to it under Amazon's name and the deployment's own.
#[derive(Debug)]
pub struct TrustQuestion<'q> {
    of: &'q Candidate<'q>,
    who: &'q PrincipalIds,
    names: &'q PolicyNames,
}

impl ConditionKeys for TrustQuestion<'_> {
    fn put(&self, context: &mut Context) {
        let Candidate { pool, row, amr, tags, .. } = self.of;
        for [aud, sub, signed_in] in &self.names.keys {
            context.set_with(aud, || pool.id.as_str());
            context.set_with(sub, || row.id.as_str());
            context.set_many_with(signed_in, || amr.clone());
        }
        context.set("sts:RoleSessionName", SESSION_NAME);
        for (key, value) in tags {
            context.set_with(&format!("aws:RequestTag/{key}"), || value.as_str());
        }
        if !tags.is_empty() {
            context.set_many_with("aws:TagKeys", || tags.iter().map(|(key, _)| key.clone()).collect());
        }
    }
}

impl TrustQuestion<'_> {
    fn actions(&self) -> &'static [&'static str] {
        if self.of.tags.is_empty() { &[ASSUME] } else { &[ASSUME, TAG] }
    }

    fn of_role<'r>(&'r self, arn: &'r str, role: &'r IamRole, action: &'r str) -> Assumption<'r> {
        Assumption { arn, trust: &role.trust, ids: &role.trust_ids, tags: &role.tags, action, keys: self }
    }
}

impl Identity {
    /// The role of somebody with these logins.
    pub(crate) fn role_of(
        &self,
        pool: &IdentityPool,
        proofs: &Proofs,
        custom: Option<&str>,
    ) -> Result<Chosen, RoleError> {
        choose_role(&pool.roles, &proofs.proven(), custom, proofs.developer.is_some(), &self.aliases)
    }

    /// The role of somebody whom a token of ours speaks for: a developer's word, which no mapping looks at.
    pub(crate) fn role_by_own_token(&self, pool: &IdentityPool, custom: Option<&str>) -> Result<Chosen, RoleError> {
        choose_role(&pool.roles, &[], custom, true, &self.aliases)
    }

    /// The session tags of somebody with these logins.
    pub(crate) fn tags_of(&self, pool: &IdentityPool, proofs: &Proofs) -> Result<Vec<(String, String)>, TagError> {
        session_tags(&pool.tag_maps, &proofs.proven(), &self.aliases)
    }

    /// Somebody who presented logins, or none.
    pub(crate) fn candidate<'a>(
        &self,
        pool: &'a IdentityPool,
        row: &'a Row,
        proofs: &Proofs,
        custom: Option<&str>,
    ) -> Result<Candidate<'a>, Fault> {
        let chosen = self.role_of(pool, proofs, custom).map_err(say::no_role)?;
        let tags = self.tags_of(pool, proofs).map_err(|error| say::misconfigured(error.to_string()))?;
        Ok(Candidate { pool, row, amr: proofs.amr(pool), tags, chosen })
    }

    /// Somebody whom a token of ours speaks for.
    pub(crate) fn candidate_by_own_token<'a>(
        &self,
        pool: &'a IdentityPool,
        row: &'a Row,
        token: IdentityClaims,
        custom: Option<&str>,
    ) -> Result<Candidate<'a>, Fault> {
        let chosen = self.role_by_own_token(pool, custom).map_err(say::no_role)?;
        Ok(Candidate { pool, row, amr: token.amr, tags: token.tags, chosen })
    }

    /// Credentials of the role, if it is there and trusts the identity.
    pub(crate) async fn credentials(&self, caller: &Caller, of: &Candidate<'_>) -> Result<Credentials, Fault> {
        let arn = &of.chosen.arn;
        let found = self.authority.role(&caller.account, arn).await.map_err(crate::refused::Refused::from)?;
        let role =
            found.ok_or_else(|| say::misconfigured(format!("{}: the role {arn} does not exist", of.chosen.why)))?;
        let asked = self.trust_question(of);
        for action in asked.actions() {
            self.must_trust(caller, arn, &role, &asked, action)?;
        }
        let session = self.session(of, &role);
        let made = aws_session::issue(&self.keyring, &caller.account, &session, 0, &*self.entropy)
            .map_err(|too_large| say::misconfigured(too_large.to_string()))?;
        Ok(Credentials {
            access_key_id: Some(made.access_key_id),
            secret_key: Some(made.secret),
            session_token: Some(made.token),
            expiration: Some(made.expires),
        })
    }

    /// What the role's trust policy is asked.
    pub(crate) fn trust_question<'q>(&'q self, of: &'q Candidate<'q>) -> TrustQuestion<'q> {
        TrustQuestion { of, who: &self.issuer, names: self.tokens.policy_names() }
    }

    fn must_trust(
        &self,
        caller: &Caller,
        arn: &str,
        role: &IamRole,
        question: &TrustQuestion<'_>,
        action: &str,
    ) -> Result<(), Fault> {
        let asked = question.of_role(arn, role, action);
        let unreadable = |error: authority::NotPermitted| say::misconfigured(format!("trust policy of {arn}: {error}"));
        if self.authority.trusts(caller, question.who, &asked).map_err(unreadable)? {
            return Ok(());
        }
        // Only now is it worth the while to find out why.
        let explained = self.authority.explain_trust(caller, question.who, &asked).map_err(unreadable)?;
        Err(say::misconfigured(format!("{arn} does not allow {action}: {}", crate::explain::in_words(&explained))))
    }

    /// The trust policy's decision about every action that is asked of it, with its reasons.
    pub(crate) fn explained_trust(
        &self,
        caller: &Caller,
        role: &IamRole,
        of: &Candidate<'_>,
    ) -> Result<Vec<(&'static str, Explanation)>, authority::NotPermitted> {
        let question = self.trust_question(of);
        let arn = role.arn();
        let explain = |action: &&'static str| -> Result<(&'static str, Explanation), authority::NotPermitted> {
            let asked = question.of_role(&arn, role, action);
            Ok((*action, self.authority.explain_trust(caller, question.who, &asked)?))
        };
        question.actions().iter().map(explain).collect()
    }

    /// The session. A guest's is narrowed to what guests may reach, whatever the role allows.
    fn session(&self, of: &Candidate<'_>, role: &IamRole) -> AwsSession {
        let who =
            SessionOf::Role { id: role.id.clone(), name: role.name.clone(), session_name: SESSION_NAME.to_owned() };
        let line = |(key, values): (String, Vec<String>)| values.into_iter().map(move |value| (key.clone(), value));
        let narrowed = of.is_guest();
        AwsSession {
            tags: of.tags.clone(),
            keys: of.keys().into_iter().flat_map(line).collect(),
            policy: narrowed.then(|| guest_policy(&GUEST_SERVICES)),
            policy_arns: if narrowed { vec![GUEST_MANAGED_POLICY.to_owned()] } else { Vec::new() },
            identity: Some(SessionIdentity { id: of.row.id.clone(), generation: of.row.generation }),
            ..AwsSession::begin(who, role.generation, self.clock.now(), LIFETIME, &*self.entropy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_keeps_as_much_of_amr_as_it_has_room_for() {
        let amr = |count: usize, chars: usize| (0..count).map(|n| format!("{n:0chars$}")).collect::<Vec<_>>();
        assert_eq!(kept(&amr(21, 50)), amr(21, 50));
        assert_eq!(kept(&amr(21, 100)), amr(12, 100));
        assert_eq!(kept(&amr(2, 255)), amr(2, 255));
        assert_eq!(kept(&amr(2, 256)), Vec::<String>::new());
    }
}
