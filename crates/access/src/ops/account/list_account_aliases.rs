//! Lists the account's aliases, of which there are none: it is called by its number.

use crate::Access;
use contract::Fault;
use contract::iam::list_account_aliases::{Input, Output};
use model::Caller;

/// Clients ask to show a name beside the number.
pub async fn run(_access: &Access, _caller: &Caller, _input: Input) -> Result<Output, Fault> {
    Ok(Output { account_aliases: Vec::new(), is_truncated: Some(false), marker: None })
}
