//! Puts tags on a role.

use crate::refused::Refused;
use crate::{Access, say, tags, whom};
use contract::Fault;
use contract::iam::tag_role::{Input, Output};
use model::Caller;
use store::work;

/// A key that is there gets the new value; its case does not count.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, named, new) = (caller.account.clone(), input.role_name, tags::read(input.tags));
    access
        .store
        .write(work!(|tx, account, named, new| -> Refused {
            let role = whom::role_for_update(tx, account, named).await?;
            let tagged = tags::taken(role.tagged(new.clone()))?;
            let there = tx.iam_roles().save(&tagged).await?;
            if there { Ok(()) } else { Err(say::no_such_role(named).into()) }
        }))
        .await?;
    Ok(Output {})
}
