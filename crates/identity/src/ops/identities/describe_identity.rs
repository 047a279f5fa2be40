//! Shows an identity. Providers are named, subjects are not.

use crate::Identity;
use crate::identities::shown;
use contract::Fault;
use contract::cognito_identity::describe_identity::{Input, Output};
use model::Caller;

/// As one element of ListIdentities.
pub async fn run(identity: &Identity, caller: &Caller, input: Input) -> Result<Output, Fault> {
    Ok(shown(&identity.require_identity(caller, &input.identity_id).await?))
}
