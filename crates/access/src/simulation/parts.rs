//! The policies that take part in a simulation, compiled, and how answers name them.

use super::held::{self, Held, Holder};
use super::place::{self, Place};
use crate::refused::Refused;
use crate::{Access, say};
use contract::Fault;
use contract::iam::types::{OrderedOrganizationPolicyType, PolicySourceType};
use iam::{Kind, Policy, context_keys};
use model::Caller;
use std::sync::Arc;
use store::work;

/// A policy.
#[derive(Debug)]
pub struct Part {
    /// As answers call it: `PolicyInputList.1`, a managed policy's name, or whose inline policy it is.
    pub id: String,
    /// Where it comes from.
    pub kind: PolicySourceType,
    /// Compiled.
    pub policy: Arc<Policy>,
    /// How long its text is.
    pub size: usize,
    /// Where its statements stand.
    pub places: Vec<Place>,
}

/// The policies of one simulation, by the part they play.
#[derive(Debug, Default)]
pub struct Parts {
    /// Of the principal.
    pub identity: Vec<Part>,
    /// What bounds it.
    pub boundary: Option<Vec<Part>>,
    /// Of the resource.
    pub resource: Option<Part>,
    /// Of the organization, level by level: each must allow.
    pub levels: Vec<Vec<Part>>,
}

impl Part {
    /// A policy of the request. It is compiled aside: the shared cache is for policies that are asked again.
    fn given(member: &str, text: &str, kind: Kind, shown: PolicySourceType) -> Result<Self, Fault> {
        let policy = Policy::parse(text, kind);
        let policy = policy.map_err(|malformed| say::simulation::policy_invalid(member, &malformed.to_string()))?;
        Ok(Self::of(member.to_owned(), shown, Arc::new(policy), text))
    }

    fn of(id: String, kind: PolicySourceType, policy: Arc<Policy>, text: &str) -> Self {
        Self { id, kind, policy, size: text.len(), places: place::statements(text) }
    }
}

impl Access {
    /// What a principal of the account holds.
    pub(crate) async fn holder(&self, caller: &Caller, arn: String) -> Result<Holder, Fault> {
        let account = caller.account.clone();
        let holder = work!(|tx, account, arn| -> Refused { held::holder(tx, account, arn).await });
        Ok(self.store.read(holder).await?)
    }

    /// The policies of a principal, and those the request adds to them.
    pub(crate) fn held(&self, holder: &Holder, added: Option<&[String]>) -> Result<Parts, Fault> {
        let mut identity = holder.identity.iter().map(|held| self.part(held)).collect::<Result<Vec<_>, _>>()?;
        identity.extend(listed("PolicyInputList", added.unwrap_or_default())?);
        let boundary = match &holder.boundary {
            Some((_, Some(held))) => Some(vec![self.part(held)?]),
            Some((_, None)) => Some(Vec::new()),
            None => None,
        };
        Ok(Parts { identity, boundary, ..Parts::default() })
    }

    /// A policy that is kept.
    fn part(&self, held: &Held) -> Result<Part, Fault> {
        let policy = self.policies.get(&held.document, Kind::Identity);
        let policy = policy.map_err(|malformed| say::simulation::policy_unreadable(&held.id()).because(malformed))?;
        Ok(Part::of(held.id(), held.source(), policy, &held.document))
    }
}

/// Policies of a list of the request, in the manner of a principal's own.
pub fn listed(member: &str, texts: &[String]) -> Result<Vec<Part>, Fault> {
    let given = |(at, text): (usize, &String)| {
        Part::given(&format!("{member}.{at}"), text, Kind::Identity, PolicySourceType::None)
    };
    (1..).zip(texts).map(given).collect()
}

/// The boundary of the request.
pub fn boundary(texts: Option<&[String]>) -> Result<Option<Vec<Part>>, Fault> {
    match texts {
        None | Some([]) => Ok(None),
        Some([one]) => listed("PermissionsBoundaryPolicyInputList", std::slice::from_ref(one)).map(Some),
        Some(_) => Err(say::simulation::one_boundary()),
    }
}

/// The resource's policy of the request.
pub fn resource(text: Option<&str>) -> Result<Option<Part>, Fault> {
    let given = |text| Part::given("ResourcePolicy", text, Kind::Resource, PolicySourceType::Resource);
    text.map(given).transpose()
}

/// The organization's policies of the request, level by level.
pub fn levels(given: Option<&[OrderedOrganizationPolicyType]>) -> Result<Vec<Vec<Part>>, Fault> {
    let level = |(at, level): (usize, &OrderedOrganizationPolicyType)| {
        let member = format!("OrderedOrganizationPolicyInputList.{at}.ServiceControlPolicyInputList");
        listed(&member, level.service_control_policy_input_list.as_deref().unwrap_or_default())
    };
    (1..).zip(given.unwrap_or_default()).map(level).collect()
}

impl Parts {
    fn all(&self) -> impl Iterator<Item = &Part> {
        let bounds = self.boundary.iter().flatten().chain(&self.resource);
        self.identity.iter().chain(bounds).chain(self.levels.iter().flatten())
    }

    /// How many statements are looked at for one question.
    pub fn statement_count(&self) -> usize {
        self.all().map(|part| part.policy.statement_count()).sum()
    }

    /// How long all texts are together.
    pub fn size(&self) -> usize {
        self.all().map(|part| part.size).sum()
    }

    /// The keys that conditions and variables ask for, each once, as first written.
    pub fn context_keys(&self) -> Vec<String> {
        super::each_once(self.all().flat_map(|part| context_keys(&part.policy)))
    }
}
