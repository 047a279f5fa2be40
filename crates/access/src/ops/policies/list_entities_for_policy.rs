//! Lists whom a managed policy is attached to and whom it bounds.

use crate::refused::Refused;
use crate::{Access, listing, policies};
use contract::Fault;
use contract::iam::list_entities_for_policy::{Input, Output};
use contract::iam::types::{EntityType, PolicyGroup, PolicyRole, PolicyUsageType, PolicyUser};
use model::{Caller, Owner};
use store::{Attached, EntityFilter, work};

/// Pages by unique id; the marker is bound to the policy and the filters.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let filter = filter(input.entity_filter, input.policy_usage_filter, input.path_prefix);
    let told = format!("{filter:?}");
    let binding = ["ListEntitiesForPolicy", caller.account.as_str(), &input.policy_arn, &told];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, arn) = (caller.account.clone(), input.policy_arn);
    let (after, limit) = (listing.after.clone(), listing.limit);
    let page = access
        .store
        .read(work!(|tx, account, arn, filter, after, limit| -> Refused {
            policies::require(tx, account, arn).await?;
            Ok(tx.iam_attachments().list_entities(account, arn, filter, after, *limit).await?)
        }))
        .await?;
    let (is_truncated, marker) = listing.end(&page, |entity| entity.owner.id().to_owned());
    Ok(sorted(page.items, Output { is_truncated, marker, ..Output::default() }))
}

fn filter(kind: Option<EntityType>, usage: Option<PolicyUsageType>, prefix: Option<String>) -> EntityFilter {
    let wants = |wanted| kind.is_none_or(|kind| kind == wanted);
    EntityFilter {
        prefix: listing::below(prefix),
        attached: usage != Some(PolicyUsageType::PermissionsBoundary),
        bounded: usage != Some(PolicyUsageType::PermissionsPolicy),
        users: wants(EntityType::User),
        groups: wants(EntityType::Group),
        roles: wants(EntityType::Role),
    }
}

/// Each kind in a list of its own.
fn sorted(entities: Vec<Attached>, empty: Output) -> Output {
    let (mut users, mut groups, mut roles) = (Vec::new(), Vec::new(), Vec::new());
    for Attached { owner, name } in entities {
        let name = Some(name);
        match owner {
            Owner::User(id) => users.push(PolicyUser { user_name: name, user_id: Some(id) }),
            Owner::Group(id) => groups.push(PolicyGroup { group_name: name, group_id: Some(id) }),
            Owner::Role(id) => roles.push(PolicyRole { role_name: name, role_id: Some(id) }),
        }
    }
    Output { policy_users: Some(users), policy_groups: Some(groups), policy_roles: Some(roles), ..empty }
}
