//! Pages by key: where a page ended travels in a sealed token, bound to the list it belongs to (identity-pools.md 2).

use crate::{Identity, say};
use contract::Fault;
use crypto::TokenPurpose;
use std::time::Duration;
use store::Page;

/// How long a token is good.
const LIFETIME: Duration = Duration::from_secs(3600);
/// Most items of a page, and the number where none is asked for.
pub const PAGE_MAX: u32 = 60;

/// The asked page size; the contract has bounded it.
#[must_use]
pub fn page_size(asked: Option<i64>) -> u32 {
    asked.and_then(|size| u32::try_from(size).ok()).unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX)
}

impl Identity {
    /// The key after which the page begins, in the list that `binding` names: the operation, the account, and
    /// everything else the list depends on.
    pub(crate) fn page_after(&self, binding: &[&str], token: Option<&str>) -> Result<Option<String>, Fault> {
        let Some(token) = token else { return Ok(None) };
        let opened = self.keyring.open_token(TokenPurpose::Pagination, binding, token, self.clock.now());
        let opened = opened.map_err(|_| say::invalid_pagination_token())?;
        String::from_utf8(opened.payload.reveal().clone()).map(Some).map_err(|_| say::invalid_pagination_token())
    }

    /// Seals where this page ends, if there is more behind it.
    pub(crate) fn page_next<T>(&self, binding: &[&str], page: &Page<T>, key: impl Fn(&T) -> String) -> Option<String> {
        let last = key(page.items.last().filter(|_| page.more)?);
        let now = self.clock.now();
        let ends = now + LIFETIME;
        Some(self.keyring.seal_token(TokenPurpose::Pagination, binding, ends, last.as_bytes(), now, &*self.entropy))
    }
}
