//! Puts a user into a group.

use crate::refused::Refused;
use crate::{Access, say, whom};
use contract::Fault;
use contract::iam::add_user_to_group::{Input, Output};
use model::{Caller, Quota};
use store::work;

/// Who is in it already stays so. Counted under the user's lock, so that racers do not pass the quota.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let account = caller.account.clone();
    access
        .store
        .write(work!(|tx, account, input| -> Refused {
            let group = whom::group_for_update(tx, account, &input.group_name).await?;
            let user = whom::user_for_update(tx, account, &input.user_name).await?;
            tx.iam_groups().join(account, &user.id, &group.id).await?;
            let count = tx.iam_groups().list_of(account, &user.id).await?.len();
            let quota = Quota::GroupsPerUser;
            if quota.exceeded_by(count) { Err(say::quota_exceeded(quota).into()) } else { Ok(()) }
        }))
        .await?;
    Ok(Output {})
}
