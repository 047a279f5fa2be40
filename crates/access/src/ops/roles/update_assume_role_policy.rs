//! Changes who may take a role.

use crate::refused::Refused;
use crate::{Access, say, trust, whom};
use contract::Fault;
use contract::iam::update_assume_role_policy::{Input, Output};
use model::Caller;
use store::work;

/// The document is kept as it is written, and with it who is meant by the names in it. Sessions that were handed out stay
/// as they are.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let named = access.check_trust(&input.policy_document)?;
    let account = caller.account.clone();
    access
        .store
        .write(work!(|tx, account, input, named| -> Refused {
            let mut role = whom::role_for_update(tx, account, &input.role_name).await?;
            role.trust = input.policy_document.clone();
            role.trust_ids = trust::meant(tx, account, named).await?;
            let there = tx.iam_roles().save(&role).await?;
            if there { Ok(()) } else { Err(say::no_such_role(&input.role_name).into()) }
        }))
        .await?;
    Ok(Output {})
}
