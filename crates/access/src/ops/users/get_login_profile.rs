//! Shows a user's password to the console, which no user has.

use crate::{Access, empty, say};
use contract::Fault;
use contract::iam::get_login_profile::{Input, Output};
use model::Caller;

/// Whether it is the user that is missing or the password shows in the sentence.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let subject = empty::of_user(access, caller, input.user_name).await?;
    Err(say::no_login_profile(subject.name()))
}
