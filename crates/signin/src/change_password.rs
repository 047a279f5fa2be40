//! ChangePassword: somebody signed in proves the present password and names the next (user-pools.md 13).

use crate::subject::{Known, Subject};
use crate::{Signin, finish, lock};
use accounts::{Door, Hourly, Rules, Through};
use kernel::Secret;
use model::{Refusal, UserStatus};
use store::work;
use tokens::Bearer;

/// ChangePassword per person and hour (user-pools.md 10.1).
const CHANGES: Hourly = Hourly { kind: "change_password", most: 5 };

impl Signin {
    /// Replaces the bearer's password. The present one is proved under the same lock as at a sign-in; only whoever has none
    /// need not name it. The tokens handed out before go on living, unless the deployment wants it otherwise.
    ///
    /// # Errors
    /// Why not.
    pub async fn change_password(
        &self,
        bearer: Bearer,
        previous: Option<&Secret<String>>,
        proposed: &Secret<String>,
    ) -> Result<(), Refusal> {
        if bearer.user.status == UserStatus::ExternalProvider {
            return Err(Refusal::NotResettable);
        }
        let through = Through { client: bearer.client.clone(), pool: bearer.pool.clone(), door: Door::Public };
        let subject = self.subject_of(&through, &bearer.user.sub).await?;
        let Subject::Known(known) = &subject else { return Err(Refusal::NoSuchUser) };
        let known = Known::clone(known);
        if known.credential.is_some() && previous.is_none() {
            return Err(Refusal::ParameterMissing("PreviousPassword"));
        }
        self.take_change(&bearer, &subject).await?;
        if let Some(previous) = previous {
            let tried = self.is_password(&through, &subject, previous).await;
            let right = self.judged(&through.pool, &subject, tried).await?;
            if !right || known.credential.is_none() {
                return Err(Refusal::WrongPassword);
            }
        }
        self.return_attempt(&through.pool, &subject).await?;
        let now = self.accounts.clock.now();
        if known.credential.as_ref().and_then(|c| c.expires).is_some_and(|end| end <= now) {
            return Err(Refusal::TemporaryPasswordExpired);
        }
        let new = self.accounts.new_password(&through.pool, &known.user, proposed, None, Rules::All).await?;
        let accounts = self.accounts.clone();
        self.accounts
            .store
            .write(work!(|tx, accounts, bearer, known, new, now| -> Refusal {
                bearer.still(tx).await?;
                let user = finish::unmoved(tx, known).await?;
                if !new.store(tx).await? {
                    return Err(Refusal::WrongPassword);
                }
                tx.users().save(&accounts.with_new_password(user, *now)).await?;
                Ok(())
            }))
            .await
    }

    /// One commit counts the call and takes the attempt. During the lock nothing is counted, and by a token that has ended
    /// since it was looked at nothing is tried.
    async fn take_change(&self, bearer: &Bearer, subject: &Subject) -> Result<(), Refusal> {
        let (bearer, key, now) = (bearer.clone(), subject.attempt_key().to_owned(), self.accounts.clock.now());
        self.accounts
            .store
            .write(work!(|tx, bearer, key, now| -> Refusal {
                bearer.still(tx).await?;
                let pool = &bearer.pool;
                if let Err(refusal) = lock::open(tx, pool, key, *now).await? {
                    return Ok(Err(refusal));
                }
                if !CHANGES.raise(tx, &pool.id, key, *now).await? {
                    return Ok(Err(Refusal::LimitExceeded));
                }
                lock::take(tx, pool, key, *now).await
            }))
            .await?
    }
}
