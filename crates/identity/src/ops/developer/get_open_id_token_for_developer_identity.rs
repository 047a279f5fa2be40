//! A token that speaks for one of the developer's own users. The signed caller is the proof of who they are; tokens of
//! public providers may come along and are linked.

use crate::resolution::Wanted;
use crate::tags::is_reserved;
use crate::whom::identity_id;
use crate::{Identity, developers, say};
use contract::Fault;
use contract::cognito_identity::get_open_id_token_for_developer_identity::{Input, Output};
use model::identity::fits;
use model::{Caller, IdentityPool, Login};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long the token is good when nobody says.
const LIFETIME_SECS: i64 = 900;

/// Neither the classic flow's switch nor role mappings matter here (identity-pools.md 6).
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = identity.pool_of_call(caller, &input.identity_pool_id).await?;
    let mut sent = input.logins;
    let user = developers_user(&pool, &mut sent)?;
    let presented = input.identity_id.as_deref().map(identity_id).transpose()?;
    let tags: Vec<(String, String)> = input.principal_tags.unwrap_or_default().into_iter().collect();
    fits(&tags).map_err(|error| say::tags_do_not_fit(&error))?;
    // As STS has it: of keys that differ in case alone it would be chance which one a policy sees.
    if let Some((key, _)) = tags.iter().find(|(key, _)| is_reserved(key)) {
        return Err(say::tag_key_reserved(key));
    }
    let folded: BTreeSet<String> = tags.iter().map(|(key, _)| key.to_lowercase()).collect();
    if folded.len() < tags.len() {
        return Err(say::given_twice("A principal tag"));
    }
    let mut proofs = identity.proofs(&pool, Some(&sent)).await?;
    proofs.developer = Some(user);
    let row = identity.resolved(Wanted::of(&pool, presented, &proofs)).await?;
    let secs = u64::try_from(input.token_duration.unwrap_or(LIFETIME_SECS)).unwrap_or_default();
    let (amr, lifetime) = (proofs.amr(&pool), Duration::from_secs(secs));
    let token = identity.tokens.issue(&pool, &row, &amr, &tags, lifetime).await.map_err(say::broken)?;
    Ok(Output { identity_id: Some(row.id.to_string()), token: Some(token) })
}

/// The one entry of the developer's provider, taken out: what is left are tokens.
fn developers_user(pool: &IdentityPool, sent: &mut crate::proofs::Sent) -> Result<Login, Fault> {
    let provider = pool.developer_provider.as_deref().ok_or_else(say::not_the_developer_provider)?;
    let identifier = sent.shift_remove(provider).ok_or_else(say::not_the_developer_provider)?;
    let length = identifier.reveal().chars().count();
    if !(1..=IDENTIFIER_CHARS_MAX).contains(&length) {
        return Err(say::developer_user_too_long());
    }
    Ok(developers::login(provider, identifier.reveal()))
}

/// What the contract says of identifiers elsewhere holds for one in `Logins` too.
const IDENTIFIER_CHARS_MAX: usize = 1024;
