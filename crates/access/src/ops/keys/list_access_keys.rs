//! Lists the access keys of a user; without a name, of the caller. Never their secrets.

use crate::refused::Refused;
use crate::whom::Asked;
use crate::{Access, keys};
use contract::Fault;
use contract::iam::list_access_keys::{Input, Output};
use model::Caller;
use store::work;

/// Pages by id; the marker is bound to the user.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let named = input.user_name.clone().unwrap_or_default();
    let binding = ["ListAccessKeys", caller.account.as_str(), &named];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, asked) = (caller.account.clone(), Asked::of(caller, input.user_name)?);
    let (user_name, all) = access
        .store
        .read(work!(|tx, account, asked| -> Refused {
            let subject = asked.require(tx, account).await?;
            Ok((subject.name().to_owned(), tx.access_keys().list_of(subject.principal()).await?))
        }))
        .await?;
    let (all, (is_truncated, marker)) = listing.page(all, |key| key.id.clone());
    let access_key_metadata = all.into_iter().map(|key| keys::shown(key, &user_name)).collect();
    Ok(Output { access_key_metadata, is_truncated, marker })
}
