//! Makes a user, who may do nothing yet.

use crate::refused::Refused;
use crate::{Access, boundaries, say, tags, users};
use contract::Fault;
use contract::iam::create_user::{Input, Output};
use model::access::unique_id;
use model::{Caller, IamUser};
use store::work;

/// The name is taken by the insert, so that of any number of racers one makes it.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let user = IamUser {
        id: unique_id(IamUser::PREFIX, &*access.entropy),
        account: caller.account.clone(),
        name: input.user_name,
        path: input.path.unwrap_or_else(|| "/".to_owned()),
        created: access.clock.now(),
        boundary: input.permissions_boundary,
        tags: Vec::new(),
        generation: 0,
    };
    let user = tags::taken(user.tagged(tags::read(input.tags.unwrap_or_default())))?;
    let stored = user.clone();
    access
        .store
        .write(work!(|tx, stored| -> Refused {
            boundaries::check(tx, &stored.account, stored.boundary.as_deref()).await?;
            let made = tx.iam_users().insert(stored).await?;
            if made { Ok(()) } else { Err(say::user_exists(&stored.name).into()) }
        }))
        .await?;
    Ok(Output { user: Some(users::shown(user)) })
}
