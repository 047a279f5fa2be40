//! Lists of things nobody can have here: server certificates, MFA devices and the like. They are empty, and still know
//! whether the one they are asked about exists (credentials-and-iam.md 3).

use crate::refused::Refused;
use crate::whom::{Asked, Subject};
use crate::{Access, whom};
use contract::Fault;
use model::Caller;
use store::work;

/// The user asked about must be there; without a name it is the caller.
pub async fn of_user(access: &Access, caller: &Caller, name: Option<String>) -> Result<Subject, Fault> {
    let (account, asked) = (caller.account.clone(), Asked::of(caller, name)?);
    let found = access.store.read(work!(|tx, account, asked| -> Refused { asked.require(tx, account).await })).await;
    Ok(found?)
}

/// The role asked about must be there.
pub async fn of_role(access: &Access, caller: &Caller, name: String) -> Result<(), Fault> {
    let account = caller.account.clone();
    let found = access.store.read(work!(|tx, account, name| -> Refused { whom::role(tx, account, name).await })).await;
    Ok(found.map(|_| ())?)
}
