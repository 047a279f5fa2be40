//! Pages by key: where a page ended travels in a sealed token, bound to the list it belongs to (user-pools.md 1.12).

use crate::{Directory, say};
use contract::Fault;
use contract::cognito_idp::fault;
use crypto::TokenPurpose;
use std::time::Duration;
use store::Page;

/// How long a token is good.
const LIFETIME: Duration = Duration::from_secs(3600);
/// Most items of a page, and the number where none is asked for.
pub const PAGE_MAX: i64 = 60;

/// The asked page size within bounds; 0 and absent stand for the most.
#[must_use]
pub fn page_size(asked: Option<i64>) -> u32 {
    let size = asked.filter(|n| *n > 0).unwrap_or(PAGE_MAX).min(PAGE_MAX);
    u32::try_from(size).unwrap_or(1)
}

/// The key after which the page begins.
pub fn open(dir: &Directory, binding: &[&str], token: Option<&str>) -> Result<Option<String>, Fault> {
    let Some(token) = token else { return Ok(None) };
    let bad = || fault::invalid_parameter(say::INVALID_PAGINATION_TOKEN);
    let opened = dir
        .accounts
        .keyring
        .open_token(TokenPurpose::Pagination, binding, token, dir.clock.now())
        .map_err(|_| bad())?;
    String::from_utf8(opened.payload.reveal().clone()).map(Some).map_err(|_| bad())
}

/// Seals where this page ends, if there is more behind it.
pub fn next<T>(dir: &Directory, binding: &[&str], page: &Page<T>, key: impl Fn(&T) -> String) -> Option<String> {
    let last = key(page.items.last().filter(|_| page.more)?);
    let now = dir.clock.now();
    let keyring = &dir.accounts.keyring;
    Some(keyring.seal_token(TokenPurpose::Pagination, binding, now + LIFETIME, last.as_bytes(), now, &*dir.entropy))
}
