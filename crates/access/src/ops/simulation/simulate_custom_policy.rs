//! Says what policies of the request would decide.

use crate::Access;
use crate::simulation::who::Who;
use crate::simulation::{self, Asking, Question, parts};
use contract::Fault;
use contract::iam::simulate_custom_policy::{Input, Output};
use model::Caller;
use parts::Parts;

/// Nothing that is kept counts, the caller's own rights included: only what the request carries.
pub async fn run(access: &Access, caller: &Caller, mut input: Input) -> Result<Output, Fault> {
    let (marker, max_items) = (input.marker.take(), input.max_items.take());
    let asking = Asking { operation: "SimulateCustomPolicy", told: format!("{input:?}"), marker, max_items };
    simulation::only_served(caller, input.resource_owner.as_deref(), input.resource_handling_option.as_deref())?;
    let question = Question::of(input.action_names, input.resource_arns)?;
    let who = input.caller_arn.map(|arn| Who::named(&caller.account, &arn)).transpose()?.unwrap_or_default();
    let who = who.told(input.context_entries)?;
    let parts = Parts {
        identity: parts::listed("PolicyInputList", &input.policy_input_list)?,
        boundary: parts::boundary(input.permissions_boundary_policy_input_list.as_deref())?,
        resource: parts::resource(input.resource_policy.as_deref())?,
        levels: parts::levels(input.ordered_organization_policy_input_list.as_deref())?,
    };
    simulation::answer(access, caller, &question, (&parts, &who), asking)
}
