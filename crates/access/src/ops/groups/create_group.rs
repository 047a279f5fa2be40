//! Makes a group; nobody is in it yet.

use crate::refused::Refused;
use crate::{Access, groups, say};
use contract::Fault;
use contract::iam::create_group::{Input, Output};
use model::access::unique_id;
use model::{Caller, IamGroup};
use store::work;

/// The name is taken by the insert, so that of any number of racers one makes it.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let group = IamGroup {
        id: unique_id(IamGroup::PREFIX, &*access.entropy),
        account: caller.account.clone(),
        name: input.group_name,
        path: input.path.unwrap_or_else(|| "/".to_owned()),
        created: access.clock.now(),
    };
    let stored = group.clone();
    access
        .store
        .write(work!(|tx, stored| -> Refused {
            let made = tx.iam_groups().insert(stored).await?;
            if made { Ok(()) } else { Err(say::group_exists(&stored.name).into()) }
        }))
        .await?;
    Ok(Output { group: groups::shown(group) })
}
