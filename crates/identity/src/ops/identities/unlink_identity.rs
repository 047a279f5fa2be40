//! Takes logins from an identity. Nobody signs the call: a login that is the identity's own is the proof.

use crate::identities::Moment;
use crate::refused::Refused;
use crate::{Identity, say};
use contract::Fault;
use contract::cognito_identity::unlink_identity::{Input, Output};
use model::{Caller, EventKind, Known, Login};
use store::{Tx, work};

/// What is taken is new the next time somebody comes with it. Without its last login the identity is nobody's.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (known, pool) = identity.public_identity(caller, &input.identity_id).await?;
    let proofs = identity.proofs(&pool, Some(&input.logins)).await?;
    let canonical = |name: &String| (identity.aliases.canonical(name), name.clone());
    let names: Vec<(String, String)> = input.logins_to_remove.iter().map(canonical).collect();
    let (id, logins, moment) = (known.identity.id, proofs.logins(), identity.moment());
    identity
        .store
        .write(work!(|tx, id, logins, names, moment| -> Refused {
            let known = tx.identities().get_known(id).await?.ok_or_else(|| say::no_such_identity(id.as_str()))?;
            let taken = parting(&known, logins, names)?;
            for login in &taken {
                unlink(tx, &known, login, moment).await?;
            }
            Ok(())
        }))
        .await?;
    Ok(Output {})
}

/// The logins that go, when one of those that were proved is the identity's.
fn parting(known: &Known, proved: &[Login], names: &[(String, String)]) -> Result<Vec<Login>, Fault> {
    if !known.identity.enabled() {
        return Err(say::forbidden(known.identity.id.as_str()));
    }
    if !proved.iter().any(|login| known.has(login)) {
        return Err(say::logins_dont_match());
    }
    let of = |(canonical, name): &(String, String)| {
        let found = known.logins.iter().find(|login| !login.developer && login.provider == *canonical);
        found.cloned().ok_or_else(|| say::not_linked(name))
    };
    names.iter().map(of).collect()
}

async fn unlink(tx: &mut Tx, known: &Known, login: &Login, moment: &Moment) -> Result<(), Refused> {
    let row = &known.identity;
    if tx.identities().unlink(&row.pool, &row.id, login, moment.now).await? {
        let kind = EventKind::Unlinked { identity: row.id.clone(), providers: vec![login.provider.clone()] };
        moment.append(tx, row, kind).await?;
    }
    Ok(())
}
