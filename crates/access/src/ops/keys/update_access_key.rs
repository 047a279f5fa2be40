//! Switches an access key on or off. Keys are looked up at every request: the next one finds it so. Sessions of the user, or
//! of root, end with a key that is switched off, for whoever held it may have taken some.

use crate::refused::Refused;
use crate::whom::{Asked, Subject};
use crate::{Access, say};
use contract::Fault;
use contract::iam::types::StatusType;
use contract::iam::update_access_key::{Input, Output};
use model::Caller;
use store::work;

/// Only a key of the user that is named.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let active = match input.status {
        StatusType::Active => true,
        StatusType::Inactive => false,
        StatusType::Expired => return Err(say::status_not_settable(input.status.as_str())),
    };
    let (account, asked, id) = (caller.account.clone(), Asked::of(caller, input.user_name)?, input.access_key_id);
    access
        .store
        .write(work!(|tx, account, asked, id, active| -> Refused {
            let subject = asked.require(tx, account).await?;
            if !tx.access_keys().switch(subject.principal(), id, *active).await? {
                return Err(say::no_such_key(id).into());
            }
            // Root has no row: its generation moves with the key.
            if let Subject::User(user) = &subject
                && !*active
            {
                tx.iam_users().end_sessions(account, &user.id).await?;
            }
            Ok(())
        }))
        .await?;
    Ok(Output {})
}
