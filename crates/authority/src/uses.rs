//! When keys and roles were last used: noted at most once a minute, behind the request that used them, which neither waits
//! for it nor is turned away by it.

use kernel::{AccountId, Region, Time};
use model::{AccessKeyUse, Principal, SessionOf};
use quick_cache::sync::Cache;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Store, StoreError, work};
use tracing::debug;

/// Keys and roles whose last note is remembered, so that most requests ask the database nothing.
const NOTED_MAX: usize = 4096;
/// How often a use is written down.
const EVERY: Duration = Duration::from_secs(60);
/// Uses that wait to be written. Beyond it they are left out: the next minute brings others.
const WAITING_MAX: usize = 1024;
/// Uses that are written in one transaction.
const BATCH: usize = 128;

/// Writes uses down.
#[derive(Debug)]
pub(crate) struct Uses(Arc<Book>);

#[derive(Debug)]
struct Book {
    store: Store,
    noted: Cache<String, Time>,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Note>,
    /// Somebody is at it and will look again before leaving.
    writing: bool,
}

#[derive(Debug, Clone)]
enum Note {
    Key(String, AccessKeyUse),
    Role { account: AccountId, id: String, at: Time, region: String },
}

impl Note {
    fn id(&self) -> &str {
        match self {
            Self::Key(id, _) | Self::Role { id, .. } => id,
        }
    }
}

/// However a writer leaves, by a panic too, the next note finds the door open.
struct Leaving<'b>(&'b Book);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.queue().writing = false;
        }
    }
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
        Self(Arc::new(Book { store, noted: Cache::new(NOTED_MAX), queue: Mutex::default() }))
    }

    /// Notes what signed: a lasting key, or the role of a session.
    pub(crate) fn note(&self, used: Use<'_>) {
        let (id, role) = match used.principal {
            Principal::Root { access_key_id } | Principal::User { access_key_id, .. } => (access_key_id, false),
            Principal::Session(session) => match &session.of {
                SessionOf::Role { id, .. } => (id, true),
                SessionOf::User { .. } | SessionOf::Federated { .. } | SessionOf::Root => return,
            },
            Principal::Anonymous => return,
        };
        if self.0.noted.get(id).is_some_and(|at| used.at.since(at) < EVERY) {
            return;
        }
        self.0.noted.insert(id.clone(), used.at);
        let (id, region) = (id.clone(), used.region.to_string());
        self.0.put(if role {
            Note::Role { account: used.account.clone(), id, at: used.at, region }
        } else {
            Note::Key(id, AccessKeyUse { at: used.at, service: used.service.to_owned(), region })
        });
    }
}

impl Book {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a note, and sees to it that somebody writes it down.
    fn put(self: &Arc<Self>, note: Note) {
        let mut queue = self.queue();
        if queue.waiting.len() < WAITING_MAX {
            queue.waiting.push(note);
        }
        if !std::mem::replace(&mut queue.writing, true) {
            tokio::spawn(Arc::clone(self).write_down());
        }
    }

    /// The next notes to write; none when this writer may leave.
    fn take(&self) -> Vec<Note> {
        let mut queue = self.queue();
        let most = queue.waiting.len().min(BATCH);
        let mut batch: Vec<Note> = queue.waiting.drain(..most).collect();
        // In one order on all nodes, or two of them would wait for each other's rows.
        batch.sort_by(|a, b| a.id().cmp(b.id()));
        queue.writing = !batch.is_empty();
        batch
    }

    async fn write_down(self: Arc<Self>) {
        let _leaving = Leaving(&self);
        loop {
            let batch = self.take();
            if batch.is_empty() {
                return;
            }
            if let Err(error) = self.write(batch).await {
                debug!(op = "authority.note_use", %error, "uses were not written down");
            }
        }
    }

    async fn write(&self, batch: Vec<Note>) -> Result<(), StoreError> {
        self.store
            .write(work!(|tx, batch| -> StoreError {
                for note in batch {
                    match note {
                        Note::Key(id, used) => tx.access_keys().note_use(id, used).await?,
                        Note::Role { account, id, at, region } => {
                            tx.iam_role_uses().note(account, id, *at, region).await?
                        }
                    };
                }
                Ok(())
            }))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{Place, SqliteOptions};

    const NOW: Time = Time::from_secs(1_767_268_800);

    async fn used_at(store: &Store, id: &str) -> Option<Time> {
        let id = id.to_owned();
        let found = store.read(work!(|tx, id| -> StoreError { tx.access_keys().get_use(id).await })).await;
        found.unwrap().map(|used| used.at)
    }

    #[tokio::test]
    async fn cr_31_uses_are_written_behind_the_request_each_key_once_a_minute() {
        let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
        store.migrate(NOW).await.unwrap();
        let (uses, account) = (Uses::new(store.clone()), AccountId::parse("123456789012").unwrap());
        let region = Region::parse("eu-west-1").unwrap();
        let note = |key: usize, at| {
            let principal = Principal::Root { access_key_id: format!("AKIA{key}") };
            uses.note(Use { account: &account, principal: &principal, service: "iam", region: &region, at });
        };
        let keys = 3 * BATCH;
        for key in 0..keys {
            note(key, NOW);
            note(key, NOW + Duration::from_secs(59));
        }
        assert_eq!(
            uses.0.queue().waiting.len(),
            keys,
            "nothing was waited for, and within the minute nothing is noted"
        );
        while uses.0.queue().writing {
            tokio::task::yield_now().await;
        }
        for key in [0, BATCH, keys - 1] {
            assert_eq!(used_at(&store, &format!("AKIA{key}")).await, Some(NOW), "{key}");
        }
        note(0, NOW + EVERY);
        while uses.0.queue().writing {
            tokio::task::yield_now().await;
        }
        assert_eq!(used_at(&store, "AKIA0").await, Some(NOW + EVERY), "a writer is there again");
    }

    #[tokio::test]
    async fn no_more_uses_wait_than_there_is_room_for() {
        let store = Store::open_sqlite(Place::Temporary, SqliteOptions::default()).unwrap();
        let (uses, account) = (Uses::new(store), AccountId::parse("123456789012").unwrap());
        let region = Region::parse("eu-west-1").unwrap();
        for key in 0..2 * WAITING_MAX {
            let principal = Principal::Root { access_key_id: format!("AKIA{key}") };
            uses.note(Use { account: &account, principal: &principal, service: "iam", region: &region, at: NOW });
        }
        assert_eq!(uses.0.queue().waiting.len(), WAITING_MAX);
    }
}
