//! Gives a group another name or path.

use crate::refused::Refused;
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::update_group::{Input, Output};
use model::Caller;
use store::work;

/// Its users and policies hang on the unique id and stay.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    access
        .store
        .write(work!(|tx, account, input| -> Refused {
            let mut group = whom::group_for_update(tx, account, &input.group_name).await?;
            if let Some(name) = &input.new_group_name {
                if tx.iam_groups().is_taken(account, name, &group.id).await? {
                    return Err(say::group_exists(name).into());
                }
                group.name.clone_from(name);
            }
            if let Some(path) = &input.new_path {
                group.path.clone_from(path);
            }
            let there = tx.iam_groups().save(&group).await?;
            if there { Ok(()) } else { Err(say::no_such_group(&input.group_name).into()) }
        }))
        .await?;
    Ok(Output {})
}
