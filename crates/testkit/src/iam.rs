//! Principals of IAM, for tests of what they may do.

use crate::{App, keys};
use crypto::sigv4::Credentials;
use kernel::AccountId;
use model::access::unique_id;
use model::{AccessKey, AccessKeyStatus, IamUser, Owner, Refusal};
use serde_json::{Value, json};
use store::work;

/// The account of all tests.
pub const ACCOUNT: &str = "123456789012";

/// An IAM user with a key.
#[derive(Debug, Clone)]
pub struct Principal {
    app: App,
    /// What it signs with.
    pub credentials: Credentials,
    /// `AIDA…`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
}

pub(crate) fn account() -> AccountId {
    AccountId::parse(ACCOUNT).expect("an account")
}

impl App {
    /// A user of that name, who may do nothing yet.
    ///
    /// # Panics
    /// When the name is taken.
    pub async fn iam_user(&self, name: &str) -> Principal {
        let entropy = crate::SeededEntropy::of(&format!("{name} {}", self.address()));
        let user = IamUser {
            id: unique_id(IamUser::PREFIX, &entropy),
            account: account(),
            name: name.to_owned(),
            path: "/".to_owned(),
            created: self.now(),
            boundary: None,
            tags: Vec::new(),
            generation: 1,
        };
        let (id, secret) = AccessKey::draw(&entropy);
        let sealed_secret = keys::keyring().seal(&authority::key_context(&[&id]), secret.reveal().as_bytes(), &entropy);
        let key = AccessKey {
            id: id.clone(),
            principal: user.id.clone(),
            label: String::new(),
            sealed_secret,
            status: AccessKeyStatus::Active,
            created: self.now(),
        };
        let made = Principal {
            app: self.clone(),
            credentials: Credentials { access_key_id: id, secret, token: None },
            id: user.id.clone(),
            arn: user.arn(),
        };
        self.store()
            .write(work!(|tx, user, key| -> Refusal {
                assert!(tx.iam_users().insert(user).await?, "a new name");
                tx.access_keys().insert(key).await?;
                Ok(())
            }))
            .await
            .expect("the user is kept");
        made
    }
}

impl Principal {
    /// Gives it these statements as its only inline policy.
    ///
    /// # Panics
    /// When they cannot be kept.
    pub async fn may(&self, statements: Value) {
        let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let (account, owner) = (account(), Owner::User(self.id.clone()));
        self.app
            .store()
            .write(work!(|tx, account, owner, document| -> Refusal {
                tx.iam_inline().put(account, owner, "only", document).await?;
                Ok(())
            }))
            .await
            .expect("the policy is kept");
    }

    /// Changes its row behind the server's back.
    ///
    /// # Panics
    /// When it is gone.
    pub async fn change(&self, change: fn(IamUser) -> IamUser) {
        let (account, id) = (account(), self.id.clone());
        self.app
            .store()
            .write(work!(|tx, account, id, change| -> Refusal {
                let user = tx.iam_users().get_by_id(account, id).await?.expect("the user is there");
                tx.iam_users().save(&change(user)).await?;
                Ok(())
            }))
            .await
            .expect("the user is changed");
    }
}
