//! Says what the policies of a user, group or role would decide, with others added or left out.

use crate::Access;
use crate::simulation::who::Who;
use crate::simulation::{self, Asking, Question, parts};
use contract::Fault;
use contract::iam::simulate_principal_policy::{Input, Output};
use model::Caller;
use parts::Parts;

/// A user is judged with its groups' policies. A boundary of the request stands in for the principal's own.
pub async fn run(access: &Access, caller: &Caller, mut input: Input) -> Result<Output, Fault> {
    let (marker, max_items) = (input.marker.take(), input.max_items.take());
    let asking = Asking { operation: "SimulatePrincipalPolicy", told: format!("{input:?}"), marker, max_items };
    simulation::only_served(caller, input.resource_owner.as_deref(), input.resource_handling_option.as_deref())?;
    let question = Question::of(input.action_names, input.resource_arns)?;
    let excluded = input.policy_exclusion_list.unwrap_or_default();
    let holder = access.holder(caller, input.policy_source_arn).await?.without(&excluded)?;
    let mut parts = access.held(&holder, input.policy_input_list.as_deref())?;
    parts.boundary = parts::boundary(input.permissions_boundary_policy_input_list.as_deref())?.or(parts.boundary);
    let parts = Parts { resource: parts::resource(input.resource_policy.as_deref())?, ..parts };
    let who = match input.caller_arn {
        Some(arn) if holder.who.ids.arn.as_ref() != Some(&arn) => Who::named(&caller.account, &arn)?,
        _ => holder.who,
    };
    simulation::answer(access, caller, &question, (&parts, &who.told(input.context_entries)?), asking)
}
