//! Ends an access key for good, and the sessions of its user. Its row stays, so that the id is never given out again.

use crate::refused::Refused;
use crate::whom::{Asked, Subject};
use crate::{Access, say};
use contract::Fault;
use contract::iam::delete_access_key::{Input, Output};
use model::Caller;
use store::work;

/// Only a key of the user that is named.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, asked, id) = (caller.account.clone(), Asked::of(caller, input.user_name)?, input.access_key_id);
    access
        .store
        .write(work!(|tx, account, asked, id| -> Refused {
            let subject = asked.require(tx, account).await?;
            let own = tx.access_keys().list_of(subject.principal()).await?.iter().any(|key| key.id == *id);
            if !own || !tx.access_keys().end(id).await? {
                return Err(say::no_such_key(id).into());
            }
            if let Subject::User(user) = &subject {
                tx.iam_users().end_sessions(account, &user.id).await?;
            }
            Ok(())
        }))
        .await?;
    Ok(Output {})
}
