//! A lost password: a code to a verified contact, and a new password for it (user-pools.md 14).
//!
//! Where existence is masked, whoever cannot be helped is told what a name nobody has is told: one look, one
//! letter that nobody gets, one commit, a made-up destination.

use crate::code_attempts::{self, Hourly, Seen};
use crate::codes::{CodeLetter, Sent};
use crate::names::find_evenly;
use crate::replace_password::Rules;
use crate::{Accounts, Through};
use kernel::Secret;
use model::{Attempts, Code, CodePurpose, Contact, Pool, Recovery, Refusal, User, UserStatus};
use std::sync::Arc;
use store::work;

/// ForgotPassword and ConfirmForgotPassword together, per person and hour: the most the service grants, to people
/// nobody holds a risk against (user-pools.md 10.1).
const RECOVERIES: Hourly = Hourly { kind: "recovery", most: 20 };

/// A new password with the code that allows it.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Whose.
    pub username: String,
    /// The digits.
    pub code: Secret<String>,
    /// What it shall be.
    pub password: Secret<String>,
}

impl Accounts {
    /// ForgotPassword: sends a code to the first verified contact the pool recovers by; an older code is no longer good.
    ///
    /// # Errors
    /// Why not.
    pub async fn forgot_password(
        &self,
        through: &Through,
        username: &str,
        hash: Option<&str>,
    ) -> Result<Sent, Refusal> {
        let (pool, masked) = (&through.pool, through.client.masks_existence());
        let user = self.look_up(pool, username).await?;
        self.prove_client_over(through, &Self::hashable(username, user.as_ref()), hash).await?;
        let Recovery::ByCode(contacts) = pool.recovery() else { return Err(Refusal::AdministratorResets) };
        let letter = match &user {
            None => Err(Refusal::NoSuchUserForClient),
            Some(user) => self.reset_letter(pool, user, &contacts),
        };
        let letter = match letter {
            Err(Refusal::Internal(cause)) => return Err(Refusal::Internal(cause)),
            Err(_) if masked => {
                let sent = self.simulated_reset(pool, username, &contacts);
                Ok(self.decoy_letter(pool, username, sent, CodePurpose::ForgotPassword)?)
            }
            letter => letter,
        };
        let key = user.as_ref().map_or_else(|| self.unknown_key(pool, username), |user| user.sub.as_str().to_owned());
        let in_time = self.count_and_post(pool, key, RECOVERIES, letter.as_ref().ok().cloned()).await?;
        match letter {
            Err(Refusal::NoSuchUserForClient) => Err(Refusal::NoSuchUserForClient),
            _ if !in_time => Err(Refusal::LimitExceeded),
            Ok(letter) if masked => Ok(self.send_unwatched(letter)),
            Ok(letter) => self.send_code(letter).await,
            Err(refusal) => Err(refusal),
        }
    }

    /// ConfirmForgotPassword: code first, then policy and history. The code is used up in the commit that sets the
    /// password, so that it is good once however many ask; a password that will not do leaves it good.
    ///
    /// # Errors
    /// Why not.
    pub async fn confirm_forgot_password(
        &self,
        through: &Through,
        reset: Reset,
        hash: Option<&str>,
    ) -> Result<(), Refusal> {
        let user = self.look_up(&through.pool, &reset.username).await?;
        self.prove_client_over(through, &Self::hashable(&reset.username, user.as_ref()), hash).await?;
        let (user, code) = self.prove_reset(through, &reset).await?;
        let new = self.new_password(&through.pool, &user, &reset.password, None, Rules::All).await?;
        let (accounts, pool, sub, now) = (self.clone(), user.pool, user.sub, self.clock.now());
        let digits = reset.code;
        self.store
            .write(work!(|tx, accounts, pool, sub, code, digits, new, now| -> Refusal {
                let user = tx.users().get_for_update(pool, sub).await?.ok_or(Refusal::CodeExpired)?;
                // Once more for the address of this moment: it may have moved while the password was hashed.
                let address = user.attribute(&code.attribute).unwrap_or_default();
                let here = user.verified(&code.attribute) && accounts.opens(code, address, digits);
                let good = resettable(&user).is_ok() && here;
                let taken = tx.codes().take(pool, sub, code.purpose, &code.attribute, &code.hash).await?;
                if !good || taken.is_none() || !new.store(tx).await? {
                    return Err(Refusal::CodeExpired);
                }
                tx.users().save(&accounts.with_new_password(user, *now)).await?;
                // Whoever guessed at the old password guessed at nothing that opens any more.
                Ok(tx.attempts().save(pool, sub.as_str().as_bytes(), &Attempts::default()).await?)
            }))
            .await
    }

    /// Looks at the code, counted and under the person's lock (ST-10), and leaves it where it is.
    async fn prove_reset(&self, through: &Through, reset: &Reset) -> Result<(User, Code), Refusal> {
        let (accounts, pool, masked) = (self.clone(), through.pool.clone(), through.client.masks_existence());
        let (reset, nobody, now) = (reset.clone(), self.nobody(&pool, &reset.username)?, self.clock.now());
        // A refusal that must leave a trace (a counted try) is an answer of the block, not its failure.
        let outcome: Result<(User, Code), Refusal> = self
            .store
            .write(work!(|tx, accounts, pool, reset, nobody, masked, now| -> Refusal {
                let found = find_evenly(tx, pool, &reset.username, nobody).await?;
                match &found {
                    None if !*masked => return Ok(Err(Refusal::NoSuchUserForClient)),
                    Some(user) if !user.enabled() && !*masked => return Ok(Err(Refusal::Disabled)),
                    _ => {}
                }
                let key = found.as_ref().map_or(nobody, |user| &user.sub).as_str().to_owned();
                if let Err(refusal) = code_attempts::take(tx, &pool.id, &key, RECOVERIES, *now).await? {
                    return Ok(Err(refusal));
                }
                let user = found.filter(User::enabled);
                let whose = (key.as_str(), user.as_ref());
                let what = (CodePurpose::ForgotPassword, &reset.code);
                let seen = accounts.see_code(tx, pool, whose, what, *now).await?;
                Ok(match (user, seen) {
                    (Some(user), Seen::Right(code)) if user.verified(&code.attribute) => {
                        code_attempts::give_back(tx, &pool.id, &key).await?;
                        Ok((user, code))
                    }
                    (None, _) | (Some(_), Seen::Right(_) | Seen::Wrong { in_time: true }) => Err(Refusal::CodeWrong),
                    (Some(_), Seen::Late | Seen::Wrong { .. } | Seen::Nothing) => Err(Refusal::CodeExpired),
                })
            }))
            .await?;
        outcome
    }

    /// AdminResetUserPassword: the present password opens nothing any more, and a code for a new one is on its way.
    ///
    /// # Errors
    /// Why not.
    pub async fn admin_reset_password(&self, pool: &Arc<Pool>, username: &str) -> Result<(), Refusal> {
        let user = self.admin_get(pool, username).await?;
        // Where only administrators recover people, this is one.
        let contacts = match pool.recovery() {
            Recovery::ByCode(contacts) => contacts,
            Recovery::ByAdministrator => vec![Contact::Phone, Contact::Email],
        };
        let letter = self.reset_letter(pool, &user, &contacts)?;
        let (pool, sub, posted, now) = (pool.clone(), user.sub, letter.clone(), self.clock.now());
        self.store
            .write(work!(|tx, pool, sub, posted, now| -> Refusal {
                let user = tx.users().require(&pool.id, sub).await?;
                resettable(&user)?;
                posted.post(tx).await?;
                tx.users().save(&user.reset_required(*now)).await?;
                Ok(())
            }))
            .await?;
        // The operation declares no failure of delivery: the reset stands, whatever becomes of the message.
        self.send_unwatched(letter);
        Ok(())
    }

    /// The code for somebody who may have a new password, to the first contact that is there and verified.
    fn reset_letter(&self, pool: &Pool, user: &User, contacts: &[Contact]) -> Result<CodeLetter, Refusal> {
        resettable(user)?;
        let reach = |contact: &Contact| {
            let there = user.verified(contact.attribute());
            there.then(|| self.code_letter(pool, user, *contact, CodePurpose::ForgotPassword)).flatten()
        };
        contacts.iter().find_map(reach).ok_or(Refusal::NoVerifiedContact)
    }

    /// Where the code of somebody without an account would have gone.
    fn simulated_reset(&self, pool: &Pool, name: &str, contacts: &[Contact]) -> Sent {
        let listed = pool.settings.account_recovery_setting.is_some();
        let first = contacts.first().copied().filter(|_| listed);
        first.map_or_else(|| self.simulated(pool, name), |contact| self.simulated_at(pool, name, contact))
    }
}

/// Whether a person is one whose password can be reset at all.
fn resettable(user: &User) -> Result<(), Refusal> {
    if !user.enabled() {
        return Err(Refusal::Disabled);
    }
    match user.status {
        UserStatus::Confirmed | UserStatus::Unconfirmed | UserStatus::ResetRequired => Ok(()),
        UserStatus::ForceChangePassword
        | UserStatus::ExternalProvider
        | UserStatus::Archived
        | UserStatus::Compromised
        | UserStatus::Unknown => Err(Refusal::NotResettable),
    }
}
