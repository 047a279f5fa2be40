//! Lists the context keys that policies of the request ask for.

use crate::Access;
use crate::simulation::parts::{self, Parts};
use contract::Fault;
use contract::iam::get_context_keys_for_custom_policy::{Input, Output};
use model::Caller;

/// Keys of conditions and of variables, each once, as first written.
pub async fn run(_access: &Access, _caller: &Caller, input: Input) -> Result<Output, Fault> {
    let identity = parts::listed("PolicyInputList", &input.policy_input_list)?;
    let parts = Parts { identity, ..Parts::default() };
    Ok(Output { context_key_names: Some(parts.context_keys()) })
}
