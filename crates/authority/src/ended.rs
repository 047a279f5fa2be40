//! Sessions that end before their time, by an operator's word.

use kernel::AccountId;
use store::{Store, StoreError, work};

/// Whose sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionsOf {
    /// Of everybody who assumed the role of this name.
    Role(String),
    /// Of the user of this name, and of those he vouched for.
    User(String),
}

/// Ends every session that was handed out so far; those taken afterwards count. False when there is no such user or role.
/// Nodes read generations anew every second (DESIGN, decision 3).
///
/// # Errors
/// The database's.
pub async fn end_sessions(store: &Store, account: &AccountId, whose: &SessionsOf) -> Result<bool, StoreError> {
    let (account, whose) = (account.clone(), whose.clone());
    store
        .write(work!(|tx, account, whose| -> StoreError {
            match whose {
                SessionsOf::Role(name) => match tx.iam_roles().get(account, name).await? {
                    Some(role) => tx.iam_roles().end_sessions(account, &role.id).await,
                    None => Ok(false),
                },
                SessionsOf::User(name) => match tx.iam_users().get(account, name).await? {
                    Some(user) => tx.iam_users().end_sessions(account, &user.id).await,
                    None => Ok(false),
                },
            }
        }))
        .await
}
