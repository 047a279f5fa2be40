//! Temporary credentials that a user, or root, hands to somebody it vouches for: no more than the user may, and of that
//! only what the policies passed along allow.

use crate::Access;
use crate::sts::session_tags::SessionTags;
use crate::sts::{lifetime, say};
use contract::Fault;
use contract::sts::get_federation_token::{Input, Output};
use contract::sts::types::FederatedUser;
use model::{AwsSession, Caller, SessionOf};

/// Without policies the session may do nothing: it is judged as one whose session policies allow nothing.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let tags = SessionTags::of_request(input.tags, None)?;
    let user = access.by_lasting_key(caller, "GetFederationToken").await?;
    if !tags.tags.is_empty() {
        let resource = format!("arn:aws:sts::{}:federated-user/{}", caller.account, input.name);
        let asked = access.authority.may(caller, "sts:TagSession", &resource, &tags.keys()).await;
        asked.map_err(say::not_permitted)?;
    }
    let lifetime = lifetime::of_keys(input.duration_seconds, user.is_none());

    let generation = access.generation(caller, user.as_ref()).await?;
    let of = SessionOf::Federated { user: user.map(|user| user.id), name: input.name };
    let session = AwsSession {
        tags: tags.tags,
        ..AwsSession::begin(of, generation, access.clock.now(), lifetime, &*access.entropy)
    };
    let session = access.narrowed(&caller.account, session, input.policy, input.policy_arns).await?;
    let issued = access.issued(&caller.account, &session, input.minimum_session_token_size)?;
    let account = &caller.account;
    Ok(Output {
        credentials: Some(issued.credentials),
        federated_user: Some(FederatedUser { federated_user_id: session.user_id(account), arn: session.arn(account) }),
        packed_policy_size: issued.packed,
        session_token_utilization: issued.utilization,
        session_token_size: issued.size,
    })
}
