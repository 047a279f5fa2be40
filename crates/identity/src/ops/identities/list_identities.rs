//! Lists the identities of a pool.

use crate::identities::shown;
use crate::refused::Refused;
use crate::{Identity, listing};
use contract::Fault;
use contract::cognito_identity::list_identities::{Input, Output};
use model::Caller;
use store::{IdentityFilter, work};

/// Disabled ones are among them unless they are to be hidden.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = identity.require_pool(caller, &input.identity_pool_id).await?.id;
    let (filter, list) = match input.hide_disabled {
        Some(true) => (IdentityFilter::Enabled, "enabled"),
        _ => (IdentityFilter::All, "all"),
    };
    let binding = ["ListIdentities", pool.as_str(), list];
    let after = identity.page_after(&binding, input.next_token.as_deref())?;
    let (asked, limit) = (pool.clone(), listing::page_size(Some(input.max_results)));
    let page = identity
        .store
        .read(work!(|tx, asked, filter, after, limit| -> Refused {
            Ok(tx.identities().list(asked, filter, after.as_deref(), *limit).await?)
        }))
        .await?;
    let next_token = identity.page_next(&binding, &page, |known| known.identity.id.to_string());
    Ok(Output {
        identity_pool_id: Some(pool.to_string()),
        identities: Some(page.items.iter().map(shown).collect()),
        next_token,
    })
}
