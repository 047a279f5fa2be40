//! Gives a user another name or path.

use crate::refused::Refused;
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::update_user::{Input, Output};
use model::Caller;
use store::work;

/// Keys, policies and groups hang on the unique id and stay.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    access
        .store
        .write(work!(|tx, account, input| -> Refused {
            let mut user = whom::user_for_update(tx, account, &input.user_name).await?;
            if let Some(name) = &input.new_user_name {
                if tx.iam_users().is_taken(account, name, &user.id).await? {
                    return Err(say::user_exists(name).into());
                }
                user.name.clone_from(name);
            }
            if let Some(path) = &input.new_path {
                user.path.clone_from(path);
            }
            let there = tx.iam_users().save(&user).await?;
            if there { Ok(()) } else { Err(say::no_such_user(&input.user_name).into()) }
        }))
        .await?;
    Ok(Output {})
}
