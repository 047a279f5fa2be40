//! Makes a role: a trust policy that says who may take it, and no permissions yet.

use crate::refused::Refused;
use crate::{Access, boundaries, roles, say, tags, trust};
use contract::Fault;
use contract::iam::create_role::{Input, Output};
use model::access::{MAX_SESSION_DEFAULT_SECS, unique_id};
use model::{Caller, IamRole};
use store::work;

/// The name is taken by the insert, so that of any number of racers one makes it.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let named = access.check_trust(&input.assume_role_policy_document)?;
    let role = IamRole {
        id: unique_id(IamRole::PREFIX, &*access.entropy),
        account: caller.account.clone(),
        name: input.role_name,
        path: input.path.unwrap_or_else(|| "/".to_owned()),
        description: roles::described(input.description),
        trust: input.assume_role_policy_document,
        trust_ids: Vec::new(),
        max_session_secs: input.max_session_duration.unwrap_or(MAX_SESSION_DEFAULT_SECS),
        created: access.clock.now(),
        boundary: input.permissions_boundary,
        tags: Vec::new(),
        generation: 0,
        last_used: None,
    };
    let role = tags::taken(role.tagged(tags::read(input.tags.unwrap_or_default())))?;
    let stored = role.clone();
    access
        .store
        .write(work!(|tx, stored, named| -> Refused {
            boundaries::check(tx, &stored.account, stored.boundary.as_deref()).await?;
            let trust_ids = trust::meant(tx, &stored.account, named).await?;
            let made = tx.iam_roles().insert(&IamRole { trust_ids, ..stored.clone() }).await?;
            if made { Ok(()) } else { Err(say::role_exists(&stored.name).into()) }
        }))
        .await?;
    Ok(Output { role: roles::shown(role) })
}
