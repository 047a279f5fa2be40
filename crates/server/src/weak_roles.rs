//! Roles whose trust policy lets in identities of any identity pool (ST-29): for `cognate doctor`.

use iam::{Kind, Policy};
use identity::trusts_any_pool;
use kernel::AccountId;
use store::{Store, StoreError, work};
use tokens::PolicyNames;

/// Roles looked at in one question.
const STEP: u32 = 200;

/// The ARNs of those roles.
///
/// # Errors
/// When the database does not answer.
pub async fn trusting_any_pool(
    store: &Store,
    account: &AccountId,
    public_url: &str,
) -> Result<Vec<String>, StoreError> {
    let known = PolicyNames::of(account, public_url);
    let (mut weak, mut after) = (Vec::new(), String::new());
    loop {
        let account = account.clone();
        let asked = after.clone();
        let page = store
            .read(work!(|tx, account, asked| -> StoreError { tx.iam_roles().list(account, "/", asked, STEP).await }))
            .await?;
        for role in &page.items {
            // One that cannot be read lets nobody in.
            let arn = role.arn();
            if Policy::parse(&role.trust, Kind::Trust).is_ok_and(|trust| trusts_any_pool(&trust, &arn, &known)) {
                weak.push(arn);
            }
        }
        match page.items.last().filter(|_| page.more) {
            Some(last) => after = model::access::folded(&last.name),
            None => return Ok(weak),
        }
    }
}
