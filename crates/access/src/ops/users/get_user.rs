//! Shows a user; without a name, the caller.

use crate::refused::Refused;
use crate::whom::{Asked, Subject};
use crate::{Access, users};
use contract::Fault;
use contract::iam::get_user::{Input, Output};
use model::Caller;
use store::work;

/// Root is shown as old as its oldest key: there is no account before it has one.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, asked) = (caller.account.clone(), Asked::of(caller, input.user_name)?);
    let now = access.clock.now();
    let user = access
        .store
        .read(work!(|tx, account, asked, now| -> Refused {
            let subject = asked.require(tx, account).await?;
            let keys = tx.access_keys().list_of(subject.principal()).await?;
            Ok(match subject {
                Subject::User(user) => users::shown(user),
                Subject::Root => {
                    let oldest = keys.iter().map(|key| key.created).min();
                    users::root(account, oldest.unwrap_or(*now))
                }
            })
        }))
        .await?;
    Ok(Output { user })
}
