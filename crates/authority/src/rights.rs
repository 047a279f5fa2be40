//! What a principal may do: its policies, compiled, and what its session narrows them to.

use crate::proof::Unproven;
use iam::{Cache, Kind, Malformed, Named, Policy};
use kernel::AccountId;
use model::{AwsSession, BUILT_IN, Grants, SessionOf};
use quick_cache::sync::Cache as Kept;
use std::sync::Arc;
use store::Store;

/// Principals whose compiled rights are kept.
const RIGHTS_MAX: usize = 1024;
/// Root's sessions by federation may do everything that their session policies say.
const ADMINISTRATOR: &str = "AdministratorAccess";

/// What stands in for a session policy that is gone: it may have denied anything, also what a trust policy allows.
const GONE: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;

/// A policy and the name explanations know it by.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    name: String,
    policy: Arc<Policy>,
}

impl Bound {
    pub(crate) fn named(&self) -> Named<'_> {
        Named::new(self.name.as_str(), &self.policy)
    }
}

/// A principal's policies, ready to be asked.
#[derive(Debug)]
pub struct Rights {
    /// Where they come from. `None` for root's own.
    pub grants: Option<Arc<Grants>>,
    pub(crate) identity: Vec<Bound>,
    pub(crate) boundary: Option<Vec<Bound>>,
}

/// Reads and compiles rights.
#[derive(Debug)]
pub(crate) struct RightsReader {
    store: Store,
    policies: Arc<Cache>,
    compiled: Kept<String, Arc<Rights>>,
}

impl RightsReader {
    pub(crate) fn new(store: Store, policies: Arc<Cache>) -> Self {
        Self { store, policies, compiled: Kept::new(RIGHTS_MAX) }
    }

    /// The rights of a user or role; `None` when there is no such principal (any more).
    pub(crate) async fn of(&self, account: &AccountId, id: &str) -> Result<Option<Arc<Rights>>, Unproven> {
        let Some(grants) = self.store.grants(account, id).await.map_err(Unproven::unavailable)? else {
            return Ok(None);
        };
        let same = |rights: &Arc<Rights>| rights.grants.as_ref().is_some_and(|known| Arc::ptr_eq(known, &grants));
        if let Some(known) = self.compiled.get(id).filter(same) {
            return Ok(Some(known));
        }
        // A stored policy that cannot be read might deny: nobody may pass until it is mended.
        let rights = Arc::new(self.compile(grants).map_err(Unproven::unavailable)?);
        self.compiled.insert(id.to_owned(), Arc::clone(&rights));
        Ok(Some(rights))
    }

    /// The rights of root's federated sessions, before their session policies.
    pub(crate) fn of_root(&self) -> Result<Arc<Rights>, Unproven> {
        let document = BUILT_IN.iter().find(|policy| policy.name == ADMINISTRATOR).map(|policy| policy.document);
        let all = document.map(|text| self.bound(ADMINISTRATOR, text)).transpose().map_err(Unproven::unavailable)?;
        let identity = all.into_iter().collect();
        Ok(Arc::new(Rights { grants: None, identity, boundary: None }))
    }

    fn compile(&self, grants: Arc<Grants>) -> Result<Rights, Malformed> {
        let bind = |(name, text): &(String, String)| self.bound(name, text);
        let identity = grants.identity.iter().map(bind).collect::<Result<Vec<_>, _>>()?;
        let boundary = match &grants.boundary {
            // A boundary whose policy is gone allows nothing.
            Some((_, text)) if text.is_empty() => Some(Vec::new()),
            Some(named) => Some(vec![bind(named)?]),
            None => None,
        };
        Ok(Rights { grants: Some(grants), identity, boundary })
    }

    /// What a session was narrowed to; `None` when it was not.
    pub(crate) async fn session(
        &self,
        account: &AccountId,
        session: &AwsSession,
    ) -> Result<Option<Vec<Bound>>, Unproven> {
        // GetFederationToken hands on nothing but what is passed with it.
        let federated = matches!(session.of, SessionOf::Federated { .. });
        if !federated && !session.is_narrowed() {
            return Ok(None);
        }
        let mut all = Vec::new();
        if let Some(text) = &session.policy {
            all.push(self.bound("session", text).map_err(Unproven::unavailable)?);
        }
        for arn in &session.policy_arns {
            let text = self.store.policy_document(account, arn).await.map_err(Unproven::unavailable)?;
            let text = text.as_deref().map_or(GONE, String::as_str);
            all.push(self.bound(arn, text).map_err(Unproven::unavailable)?);
        }
        Ok(Some(all))
    }

    /// A role's trust policy, which means those whom its ARNs named when it was written and not whoever bears the name
    /// now.
    pub(crate) fn trust(&self, text: &str, ids: &[(String, String)]) -> Result<Arc<Policy>, Unproven> {
        let policy = match ids {
            [] => self.policies.get(text, Kind::Trust),
            ids => iam::with_principals(text, ids).and_then(|meant| self.policies.get(&meant, Kind::Trust)),
        };
        policy.map_err(Unproven::unavailable)
    }

    fn bound(&self, name: &str, text: &str) -> Result<Bound, Malformed> {
        Ok(Bound { name: name.to_owned(), policy: self.policies.get(text, Kind::Identity)? })
    }
}
