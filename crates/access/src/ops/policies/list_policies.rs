//! Lists managed policies: the service's own, then the account's.

use crate::policies::Found;
use crate::refused::Refused;
use crate::{Access, listing};
use contract::Fault;
use contract::iam::list_policies::{Input, Output};
use contract::iam::types::{Policy, PolicyScopeType, PolicyUsageType};
use kernel::AccountId;
use model::access::folded;
use model::{BUILT_IN, Caller};
use store::{Page, PolicyFilter, Tx, work};

/// Where the account's policies begin in the order of this list: behind every name of the service's own.
const OWN: &str = "~";

/// Pages by name; the marker is bound to the filters. Description and tags are shown by GetPolicy only.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let asked = Asked::of(input.scope, input.only_attached, input.policy_usage_filter, input.path_prefix);
    let told = format!("{asked:?}");
    let binding = ["ListPolicies", caller.account.as_str(), &told];
    let listing = access.listing(&binding, input.marker.as_deref(), input.max_items)?;
    let (account, after, limit) = (caller.account.clone(), listing.after.clone(), listing.limit);
    let page = access
        .store
        .read(work!(|tx, account, asked, after, limit| -> Refused { page(tx, account, asked, after, *limit).await }))
        .await?;
    let (is_truncated, marker) = listing.end(&page, |(place, _)| place.clone());
    let policies = page.items.into_iter().map(|(_, policy)| policy).collect();
    Ok(Output { policies: Some(policies), is_truncated, marker })
}

/// What is asked for.
#[derive(Debug)]
struct Asked {
    built_in: bool,
    own: bool,
    filter: PolicyFilter,
}

impl Asked {
    fn of(
        scope: Option<PolicyScopeType>,
        attached: Option<bool>,
        usage: Option<PolicyUsageType>,
        prefix: Option<String>,
    ) -> Self {
        let attached = attached.unwrap_or(false);
        Self {
            built_in: scope != Some(PolicyScopeType::Local),
            own: scope != Some(PolicyScopeType::Aws),
            filter: PolicyFilter {
                prefix: listing::below(prefix),
                attached: attached && usage.is_none() || usage == Some(PolicyUsageType::PermissionsPolicy),
                bounding: usage == Some(PolicyUsageType::PermissionsBoundary),
            },
        }
    }

    /// Whether a policy that is used so often is asked for.
    const fn wants(&self, (attached, bounded): (i64, i64)) -> bool {
        (!self.filter.attached || attached > 0) && (!self.filter.bounding || bounded > 0)
    }
}

/// Policies with their places, those behind `after`.
async fn page(
    tx: &mut Tx,
    account: &AccountId,
    asked: &Asked,
    after: &str,
    limit: u32,
) -> Result<Page<(String, Policy)>, Refused> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut items = Vec::new();
    for policy in BUILT_IN.iter().filter(|policy| asked.built_in && policy.name > after && asked.filter.prefix == "/") {
        let counts = tx.iam_attachments().get_counts(account, &policy.arn()).await?;
        if asked.wants(counts) {
            items.push((policy.name.to_owned(), brief(Found::BuiltIn(policy).shown(counts))));
        }
    }
    let mut more = items.len() > most;
    items.truncate(most);
    let room = u32::try_from(most - items.len()).unwrap_or(0);
    if asked.own && !more {
        // With no room left, one is asked for to learn whether there are more.
        let own = tx.iam_policies().list(account, &asked.filter, after.strip_prefix(OWN).unwrap_or(""), room).await?;
        more = own.more;
        for policy in own.items {
            let counts = tx.iam_attachments().get_counts(account, &policy.arn()).await?;
            let place = format!("{OWN}{}", folded(&policy.name));
            items.push((place, brief(Found::Account(policy).shown(counts))));
        }
    }
    Ok(Page { items, more })
}

fn brief(policy: Policy) -> Policy {
    Policy { description: None, tags: None, ..policy }
}
