//! A new password in the place of another: policy, history, hashing, and the rows that move with it (user-pools.md 13).

use crate::Accounts;
use crypto::StoredPassword;
use kernel::{Secret, Sub, Time, UserPoolId};
use model::{CodePurpose, Credential, Pool, Refusal, RetiredPassword, User};
use store::{Tx, work};

/// A new password on its way into its row.
#[derive(Debug, Clone)]
pub struct NewPassword {
    credential: Credential,
    /// The generation it was compared with the history at; none where no history is kept and the last one wins.
    replaces: Option<i64>,
    retired: Option<RetiredPassword>,
    /// How many earlier passwords the policy asks for.
    kept: u32,
}

/// What a new password is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// Policy and history.
    All,
    /// Nothing: the caller drew it, or has asked already.
    None,
}

impl NewPassword {
    /// Puts it into its row, the one before into the history; reset codes that are under way are withdrawn, for they were
    /// asked for another password. False when the password has changed since the new one was compared with the history.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn store(&self, tx: &mut Tx) -> Result<bool, Refusal> {
        let Credential { pool, sub, .. } = &self.credential;
        let present = tx.credentials().get_generation_for_update(pool, sub).await?.unwrap_or(0);
        if self.replaces.is_some_and(|generation| generation != present) {
            return Ok(false);
        }
        tx.credentials().save(&Credential { generation: present + 1, ..self.credential.clone() }).await?;
        if let Some(retired) = &self.retired {
            tx.password_history().save(retired).await?;
        }
        tx.password_history().trim(pool, sub, self.kept).await?;
        tx.codes().delete(pool, sub, CodePurpose::ForgotPassword).await?;
        Ok(true)
    }
}

impl Accounts {
    /// Makes the password that will replace a person's present one, on the crypto threads.
    ///
    /// # Errors
    /// [`Refusal::PasswordPolicy`], [`Refusal::PasswordUsedBefore`], [`Refusal::Busy`].
    pub async fn new_password(
        &self,
        pool: &Pool,
        user: &User,
        password: &Secret<String>,
        expires: Option<Time>,
        rules: Rules,
    ) -> Result<NewPassword, Refusal> {
        let policy = pool.password_policy();
        if let Some(rule) = policy.broken_rule(password.reveal()).filter(|_| rules == Rules::All) {
            return Err(Refusal::PasswordPolicy(rule));
        }
        let remembered = u32::try_from(policy.history_size).unwrap_or(0);
        // The present password is one of those that are remembered.
        let kept = remembered.saturating_sub(1);
        let (present, earlier) =
            if remembered > 0 { self.passwords_of(&pool.id, &user.sub, kept).await? } else { (None, Vec::new()) };
        let opened = present.as_ref().map(|credential| self.open_credential(credential)).transpose()?;
        if rules == Rules::All {
            self.must_be_new(password, opened.as_ref(), &earlier).await?;
        }
        let retired = present.as_ref().zip(opened.as_ref()).filter(|_| kept > 0);
        let retired = retired.map(|(credential, stored)| self.retire(credential, stored));
        let replaces = (remembered > 0).then(|| present.as_ref().map_or(0, |credential| credential.generation));
        let credential = self.new_credential(pool, &user.sub, &user.username, password, 0, expires).await?;
        Ok(NewPassword { credential, replaces, retired, kept })
    }

    /// The person once their new password is stored. Tokens handed out before go on living, unless the deployment wants
    /// them ended with the old password (tokens.md 7).
    #[must_use]
    pub fn with_new_password(&self, user: User, now: Time) -> User {
        self.ending_sessions(user.password_set(now))
    }

    pub(crate) fn ending_sessions(&self, user: User) -> User {
        if self.password_change_ends_sessions { user.sign_out_everywhere() } else { user }
    }

    async fn passwords_of(
        &self,
        pool: &UserPoolId,
        sub: &Sub,
        earlier: u32,
    ) -> Result<(Option<Credential>, Vec<RetiredPassword>), Refusal> {
        let (pool, sub) = (pool.clone(), sub.clone());
        self.store
            .read(work!(|tx, pool, sub, earlier| -> Refusal {
                let present = tx.credentials().get(pool, sub).await?;
                Ok((present, tx.password_history().list(pool, sub, *earlier).await?))
            }))
            .await
    }

    /// One job on the crypto threads per comparison: a long history takes its turns like everybody.
    async fn must_be_new(
        &self,
        password: &Secret<String>,
        present: Option<&StoredPassword>,
        earlier: &[RetiredPassword],
    ) -> Result<(), Refusal> {
        let earlier = earlier.iter().map(|retired| self.open_retired(retired));
        let mut all: Vec<StoredPassword> = present.cloned().into_iter().collect();
        for stored in earlier {
            all.push(stored?);
        }
        for stored in all {
            let tried = password.clone();
            let same = self.crypto.password(move || stored.accepts(tried.reveal())).await.map_err(|_| Refusal::Busy)?;
            if same {
                return Err(Refusal::PasswordUsedBefore);
            }
        }
        Ok(())
    }
}
