//! Credentials of a role for somebody who signed in elsewhere, or with one of our pools, or who is an identity of one of
//! our identity pools (the classic flow). Nobody signs the call: the token and the role's trust policy are all there is to
//! ask.

use crate::Access;
use crate::sts::session_tags::SessionTags;
use crate::sts::{lifetime, role, say, web};
use authority::Assumption;
use contract::Fault;
use contract::sts::assume_role_with_web_identity::{Input, Output};
use iam::PrincipalIds;
use model::{AwsSession, Caller, IamRole};

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// Believe the token, ask the role, hand out what it allows.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    if let Some(provider) = &input.provider_id {
        // Facebook and Login with Amazon hand out opaque tokens, and nobody here can read those.
        return Err(say::no_such_provider(provider));
    }
    let who = access.web_identity(&caller.account, &input.web_identity_token).await?;
    let tags = SessionTags::of_claims(&who.verified.claims)?;
    let source_identity = source_identity(&who.verified.claims)?;
    let found = access.role(&caller.account, &input.role_arn).await?;
    let role = found.ok_or_else(|| say::not_trusted(ACTION))?;
    let mut keys = who.keys.clone();
    keys.extend(tags.keys());
    keys.push(("sts:RoleSessionName".to_owned(), vec![input.role_session_name.clone()]));
    keys.extend(source_identity.iter().map(|name| ("sts:SourceIdentity".to_owned(), vec![name.clone()])));
    let wanted = [
        (ACTION, true),
        ("sts:TagSession", !tags.tags.is_empty()),
        ("sts:SetSourceIdentity", source_identity.is_some()),
    ];
    for action in wanted.into_iter().filter_map(|(action, wanted)| wanted.then_some(action)) {
        trusted(access, caller, &role, action, &who.names, &keys)?;
    }
    let lifetime = lifetime::of_role(input.duration_seconds, role.max_session_secs, false)?;

    let of = role::session_of(&role, input.role_session_name);
    let session = AwsSession {
        tags: tags.tags,
        transitive: tags.transitive,
        keys: web::lines(who.kept),
        identity: who.identity,
        source_identity,
        ..AwsSession::begin(of, role.generation, access.clock.now(), lifetime, &*access.entropy)
    };
    let session = access.narrowed(&caller.account, session, input.policy, input.policy_arns).await?;
    let issued = access.issued(&caller.account, &session, input.minimum_session_token_size)?;
    Ok(Output {
        credentials: Some(issued.credentials),
        subject_from_web_identity_token: Some(who.verified.subject),
        assumed_role_user: Some(role::shown(&session, &caller.account)),
        packed_policy_size: issued.packed,
        provider: Some(who.verified.issuer),
        audience: Some(who.verified.audience),
        source_identity: session.source_identity,
        session_token_utilization: issued.utilization,
        session_token_size: issued.size,
    })
}

fn trusted(
    access: &Access,
    caller: &Caller,
    role: &IamRole,
    action: &str,
    names: &[String],
    keys: &Vec<(String, Vec<String>)>,
) -> Result<(), Fault> {
    let who = PrincipalIds::federated(names.iter().cloned());
    let asked =
        Assumption { arn: &role.arn(), trust: &role.trust, ids: &role.trust_ids, tags: &role.tags, action, keys };
    let trusts = access.authority.trusts(caller, &who, &asked).map_err(say::not_decided)?;
    if trusts { Ok(()) } else { Err(say::not_trusted(action)) }
}

/// A name that the provider gives the session, and that stays with it through every role.
fn source_identity(claims: &model::Claims) -> Result<Option<String>, Fault> {
    let Some(claim) = claims.get(SOURCE_IDENTITY) else { return Ok(None) };
    let plain = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let name = claim.as_str().filter(|name| (2..=64).contains(&name.len()) && name.chars().all(plain));
    name.map(|name| Some(name.to_owned())).ok_or_else(say::source_identity_claim_malformed)
}
