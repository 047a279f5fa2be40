//! Who is it? An operator's question: which identity somebody at a provider is, or which identities people of a provider
//! have (identity-pools.md 11).

use crate::Identity;
use crate::listing::PAGE_MAX;
use kernel::IdentityPoolId;
use model::{Known, Login};
use store::{IdentityFilter, Page, StoreError, work};

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentitySearch {
    /// The pool.
    pub pool: IdentityPoolId,
    /// The provider, by any of its names, or the developer's.
    pub provider: String,
    /// The developer's own users are meant.
    pub developer: bool,
    /// Who they are there; `None`: anybody.
    pub subject: Option<String>,
    /// The id of the last identity seen.
    pub after: Option<String>,
}

impl Identity {
    /// Identities with such a login, by id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn search(&self, search: IdentitySearch) -> Result<Page<Known>, StoreError> {
        let IdentitySearch { pool, provider, developer, subject, after } = search;
        let provider = if developer { provider } else { self.aliases.canonical(&provider) };
        match subject {
            Some(subject) => {
                let login = Login { provider, subject, developer };
                let found = work!(|tx, pool, login| -> StoreError { tx.identities().owner_of(pool, login).await });
                let items = self.store.read(found).await?.into_iter().collect();
                Ok(Page { items, more: false })
            }
            None => {
                let filter = IdentityFilter::Of { provider, developer };
                self.store
                    .read(work!(|tx, pool, filter, after| -> StoreError {
                        tx.identities().list(pool, filter, after.as_deref(), PAGE_MAX).await
                    }))
                    .await
            }
        }
    }
}
