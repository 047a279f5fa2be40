//! When keys and roles were last used: noted at most once a minute, and never a reason to turn a request away.

use kernel::{AccountId, Region, Time};
use model::{AccessKeyUse, Principal, SessionOf};
use quick_cache::sync::Cache;
use std::time::Duration;
use store::{Store, StoreError, work};
use tracing::debug;

/// Keys and roles whose last note is remembered, so that most requests ask the database nothing.
const NOTED_MAX: usize = 4096;
/// How often a use is written down.
const EVERY: Duration = Duration::from_secs(60);

/// Writes uses down.
#[derive(Debug)]
pub(crate) struct Uses {
    store: Store,
    noted: Cache<String, Time>,
}

/// For what something was used.
pub(crate) struct Use<'u> {
    pub(crate) account: &'u AccountId,
    pub(crate) principal: &'u Principal,
    pub(crate) service: &'u str,
    pub(crate) region: &'u Region,
    pub(crate) at: Time,
}

impl Uses {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, noted: Cache::new(NOTED_MAX) }
    }

    /// Notes what signed: a lasting key, or the role of a session.
    pub(crate) async fn note(&self, used: Use<'_>) {
        let (id, role) = match used.principal {
            Principal::Root { access_key_id } | Principal::User { access_key_id, .. } => (access_key_id, false),
            Principal::Session(session) => match &session.of {
                SessionOf::Role { id, .. } => (id, true),
                SessionOf::User { .. } | SessionOf::Federated { .. } | SessionOf::Root => return,
            },
            Principal::Anonymous => return,
        };
        if self.noted.get(id).is_some_and(|at| used.at.since(at) < EVERY) {
            return;
        }
        self.noted.insert(id.clone(), used.at);
        let written = if role { self.note_role(id, &used).await } else { self.note_key(id, &used).await };
        if let Err(error) = written {
            debug!(op = "authority.note_use", %error, "a use was not written down");
        }
    }

    async fn note_key(&self, id: &str, used: &Use<'_>) -> Result<(), StoreError> {
        let (service, region) = (used.service.to_owned(), used.region.to_string());
        let (id, used) = (id.to_owned(), AccessKeyUse { at: used.at, service, region });
        let noted = self.store.write(work!(|tx, id, used| -> StoreError { tx.access_keys().note_use(id, used).await }));
        noted.await.map(|_| ())
    }

    async fn note_role(&self, id: &str, used: &Use<'_>) -> Result<(), StoreError> {
        let (account, id, region, at) = (used.account.clone(), id.to_owned(), used.region.to_string(), used.at);
        let noted = self.store.write(work!(|tx, account, id, region, at| -> StoreError {
            tx.iam_role_uses().note(account, id, *at, region).await
        }));
        noted.await.map(|_| ())
    }
}
