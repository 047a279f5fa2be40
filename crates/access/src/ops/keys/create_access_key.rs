//! Makes an access key for a user; without a name, for the caller. Its secret is shown this once.

use crate::refused::Refused;
use crate::whom::Asked;
use crate::{Access, say};
use authority::key_context;
use contract::Fault;
use contract::iam::create_access_key::{Input, Output};
use contract::iam::types::{self, StatusType};
use kernel::Secret;
use model::{AccessKey, AccessKeyStatus, Caller, Quota};
use store::work;

/// Counted under the user's lock, so that racers do not pass the quota.
pub async fn run(access: &Access, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let (account, asked) = (caller.account.clone(), Asked::of(caller, input.user_name)?);
    let (key, secret) = drawn(access);
    let made = key.clone();
    let user_name = access
        .store
        .write(work!(|tx, account, asked, made| -> Refused {
            let subject = asked.require_for_update(tx, account).await?;
            let present = tx.access_keys().list_of(subject.principal()).await?.len();
            if Quota::AccessKeysPerUser.exceeded_by(present + 1) {
                return Err(say::quota_exceeded(Quota::AccessKeysPerUser).into());
            }
            let made = AccessKey { principal: subject.principal().to_owned(), ..made.clone() };
            tx.access_keys().insert(&made).await?;
            Ok(subject.name().to_owned())
        }))
        .await?;
    let access_key = types::AccessKey {
        user_name,
        access_key_id: key.id,
        status: StatusType::Active,
        secret_access_key: secret,
        create_date: Some(key.created),
    };
    Ok(Output { access_key })
}

/// A key whose owner is not known yet, and its secret.
fn drawn(access: &Access) -> (AccessKey, Secret<String>) {
    let (id, secret) = AccessKey::draw(&*access.entropy);
    let sealed_secret = access.keyring.seal(&key_context(&[&id]), secret.reveal().as_bytes(), &*access.entropy);
    let key = AccessKey {
        id,
        principal: String::new(),
        label: "made by CreateAccessKey".to_owned(),
        sealed_secret,
        status: AccessKeyStatus::Active,
        created: access.clock.now(),
    };
    (key, secret)
}
