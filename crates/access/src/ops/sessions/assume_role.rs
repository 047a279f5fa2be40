//! Credentials of a role for a caller of this account. Whether the role's trust policy and the caller's own policies allow
//! it is decided here and not at the door, which does not know the role.

use crate::Access;
use crate::sts::session_tags::SessionTags;
use crate::sts::{lifetime, role, say};
use authority::Assumption;
use contract::Fault;
use contract::sts::assume_role::{Input, Output};
use model::{AwsSession, Caller, Principal, SessionOf};

/// A service that nobody is may have the role.
const TRUSTS_NOBODY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"nobody.invalid"},"Action":"sts:AssumeRole"}}"#;

/// The session before this one hands on its transitive tags and its source identity.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    if input.serial_number.is_some() || input.token_code.is_some() {
        return Err(say::no_such_device());
    }
    if input.provided_contexts.is_some() {
        return Err(say::no_context_providers());
    }
    // Where everybody is root, nobody else could try a role.
    if is_root(caller) && !access.authority.trusts_anyone() {
        return Err(say::root_assumes_no_role());
    }
    let before = match &caller.principal {
        Principal::Session(session) => Some(session.as_ref()),
        _ => None,
    };
    let tags_are_set = input.tags.is_some();
    let tags = SessionTags::of_request(input.tags, input.transitive_tag_keys)?;
    let found = access.role(&caller.account, &input.role_arn).await?;
    if let Some(session) = before {
        access.must_stand(&caller.account, session).await?;
    }
    let (trust, ids, role_tags) = match &found {
        Some(role) => (role.trust.as_str(), role.trust_ids.as_slice(), role.tags.as_slice()),
        // Refused in the words of a role that trusts nobody: who may not have it does not learn whether it is there.
        None => (TRUSTS_NOBODY, [].as_slice(), [].as_slice()),
    };
    let source_identity = source_identity(before, input.source_identity)?;
    let mut keys = tags.keys();
    keys.push(("sts:RoleSessionName".to_owned(), vec![input.role_session_name.clone()]));
    keys.extend(input.external_id.into_iter().map(|id| ("sts:ExternalId".to_owned(), vec![id])));
    keys.extend(source_identity.iter().map(|name| ("sts:SourceIdentity".to_owned(), vec![name.clone()])));
    let tags = tags.inheriting(before)?;
    let wanted = [
        ("sts:AssumeRole", true),
        ("sts:TagSession", tags_are_set || !tags.transitive.is_empty()),
        ("sts:SetSourceIdentity", source_identity.is_some()),
    ];
    for action in wanted.into_iter().filter_map(|(action, wanted)| wanted.then_some(action)) {
        access
            .authority
            .may_assume(caller, &Assumption { arn: &input.role_arn, trust, ids, tags: role_tags, action, keys: &keys })
            .await
            .map_err(say::not_permitted)?;
    }
    let role = found.ok_or_else(|| say::not_trusted("sts:AssumeRole"))?;
    let chained = before.is_some_and(|session| matches!(session.of, SessionOf::Role { .. }));
    let lifetime = lifetime::of_role(input.duration_seconds, role.max_session_secs, chained)?;

    let of = role::session_of(&role, input.role_session_name);
    let session = AwsSession {
        tags: tags.tags,
        transitive: tags.transitive,
        source_identity,
        // Whoever came here by an identity pool ends with that identity.
        identity: before.and_then(|session| session.identity.clone()),
        ..AwsSession::begin(of, role.generation, access.clock.now(), lifetime, &*access.entropy)
    };
    let session = access.narrowed(&caller.account, session, input.policy, input.policy_arns).await?;
    let issued = access.issued(&caller.account, &session, input.minimum_session_token_size)?;
    Ok(Output {
        credentials: Some(issued.credentials),
        assumed_role_user: Some(role::shown(&session, &caller.account)),
        packed_policy_size: issued.packed,
        source_identity: session.source_identity,
        session_token_utilization: issued.utilization,
        session_token_size: issued.size,
    })
}

/// Root, with its lasting key or a session of its own: it could do everything already.
fn is_root(caller: &Caller) -> bool {
    match &caller.principal {
        Principal::Root { .. } => true,
        Principal::Session(session) => session.of == SessionOf::Root,
        Principal::User { .. } | Principal::Anonymous => false,
    }
}

/// Once a session has a source identity, every session that comes of it has the same.
fn source_identity(before: Option<&AwsSession>, asked: Option<String>) -> Result<Option<String>, Fault> {
    match (before.and_then(|session| session.source_identity.clone()), asked) {
        (Some(known), Some(asked)) if known != asked => Err(say::source_identity_fixed()),
        (Some(known), _) => Ok(Some(known)),
        (None, asked) => Ok(asked),
    }
}
