//! Confirming a sign-up by code, sending the code again, and confirming by an administrator (user-pools.md 10).

use crate::code_attempts::{self, Hourly, Seen};
use crate::codes::{CodeLetter, Sent};
use crate::names::{activate_alias, find, find_evenly};
use crate::sign_up::contact_to_verify;
use crate::{Accounts, Through};
use kernel::Secret;
use model::{CodePurpose, Contact, Pool, Refusal, User, UserStatus};
use std::sync::Arc;
use store::{Tx, work};

/// ConfirmSignUp per person and hour (user-pools.md 10.1).
const CONFIRMATIONS: Hourly = Hourly { kind: "confirm_sign_up", most: 15 };
/// ResendConfirmationCode per person and hour.
const RESENDS: Hourly = Hourly { kind: "resend_confirmation", most: 5 };

/// A code as typed.
#[derive(Debug)]
pub struct Confirmation {
    /// Whom it should confirm.
    pub username: String,
    /// The digits.
    pub code: Secret<String>,
    /// Take the alias from whoever holds it.
    pub force_alias: bool,
}

impl Accounts {
    /// Confirms a sign-up. The code is used up in the same transaction, so that it is good once however many ask.
    ///
    /// # Errors
    /// Why not.
    pub async fn confirm_sign_up(&self, through: &Through, typed: Confirmation) -> Result<User, Refusal> {
        let (accounts, pool, masked) = (self.clone(), through.pool.clone(), through.client.masks_existence());
        let (nobody, now) = (self.nobody(&pool, &typed.username)?, self.clock.now());
        // A refusal that must leave a trace (a counted try) is an answer of the block, not its failure.
        let outcome: Result<User, Refusal> = self
            .store
            .write(work!(|tx, accounts, pool, typed, nobody, masked, now| -> Refusal {
                let found = find_evenly(tx, pool, &typed.username, nobody).await?;
                match &found {
                    None if !*masked => return Ok(Err(Refusal::NoSuchUserForClient)),
                    Some(user) if !user.enabled() && !*masked => return Ok(Err(Refusal::Disabled)),
                    Some(user) if user.enabled() && user.status != UserStatus::Unconfirmed && !*masked => {
                        return Ok(Err(Refusal::AlreadyConfirmed(user.status.as_str())));
                    }
                    _ => {}
                }
                // Counted whoever the name stands for: a limit that only people reach would tell who exists.
                let key = found.as_ref().map_or(nobody, |user| &user.sub).as_str().to_owned();
                if let Err(refusal) = code_attempts::take(tx, &pool.id, &key, CONFIRMATIONS, *now).await? {
                    return Ok(Err(refusal));
                }
                // Where existence is masked, whoever is confirmed already is somebody for whom no code is out.
                let waiting = |user: &&User| user.enabled() && user.status == UserStatus::Unconfirmed;
                let whose = (key.as_str(), found.as_ref().filter(waiting));
                let seen = accounts.see_code(tx, pool, whose, (CodePurpose::SignUp, &typed.code), *now).await?;
                // Where existence is masked only the right digits learn that they are too old.
                let code = match seen {
                    Seen::Right(code) => code,
                    Seen::Late => return Ok(Err(Refusal::CodeExpired)),
                    Seen::Wrong { in_time: false } | Seen::Nothing if !*masked => return Ok(Err(Refusal::CodeExpired)),
                    Seen::Wrong { .. } | Seen::Nothing => return Ok(Err(Refusal::CodeWrong)),
                };
                code_attempts::give_back(tx, &pool.id, &key).await?;
                let Some(user) = found else { return Ok(Err(Refusal::CodeWrong)) };
                let user = user.confirm(Some(&code.attribute), *now);
                if let Some(contact) = Contact::parse(&code.attribute)
                    && let Err(refusal) = activate_alias(tx, pool, &user, contact, typed.force_alias).await
                {
                    return Ok(Err(refusal));
                }
                if tx.codes().take(&pool.id, &user.sub, code.purpose, &code.attribute, &code.hash).await?.is_none() {
                    return Ok(Err(Refusal::CodeExpired));
                }
                tx.users().save(&user).await?;
                Ok(Ok(user))
            }))
            .await?;
        outcome
    }

    /// Sends a new code; the older one is no longer good.
    ///
    /// Where existence is masked nothing is waited for and nothing is told that only people could be told: one look, one
    /// letter, one commit, one answer, whoever the name stands for.
    ///
    /// # Errors
    /// Why not.
    pub async fn resend_confirmation(&self, through: &Through, username: &str) -> Result<Sent, Refusal> {
        let pool = &through.pool;
        let masked = through.client.masks_existence();
        let user = self.look_up(pool, username).await?;
        let waiting = user.as_ref().filter(|user| user.status == UserStatus::Unconfirmed && user.enabled());
        let contact = waiting.and_then(|user| contact_to_verify(pool, user));
        let letter =
            waiting.zip(contact).and_then(|(user, contact)| self.code_letter(pool, user, contact, CodePurpose::SignUp));
        let letter = match letter {
            None if masked => {
                Some(self.decoy_letter(pool, username, self.simulated(pool, username), CodePurpose::SignUp)?)
            }
            letter => letter,
        };
        let known = user.as_ref().map(|user| user.sub.as_str().to_owned());
        let key = known.unwrap_or_else(|| self.unknown_key(pool, username));
        let in_time = self.count_and_post(pool, key, RESENDS, letter.clone()).await?;
        match (user, letter) {
            (None, _) if !masked => Err(Refusal::NoSuchUserForClient),
            _ if !in_time => Err(Refusal::LimitExceeded),
            (_, Some(letter)) if masked => Ok(self.send_unwatched(letter)),
            (Some(_), Some(letter)) => self.send_code(letter).await,
            (Some(user), None) if !user.enabled() => Err(Refusal::Disabled),
            (Some(user), None) if user.status != UserStatus::Unconfirmed => Err(Refusal::NothingToResend),
            _ => Err(Refusal::NoAutoVerification),
        }
    }

    /// The person behind a name, known or not.
    pub(crate) async fn look_up(&self, pool: &Arc<Pool>, username: &str) -> Result<Option<User>, Refusal> {
        let (pool, username, nobody) = (pool.clone(), username.to_owned(), self.nobody(pool, username)?);
        let look = work!(|tx, pool, username, nobody| -> Refusal { find_evenly(tx, pool, username, nobody).await });
        self.store.read(look).await
    }

    /// Counts the request, whoever it is about, and within the limit stores what is to be sent. False beyond the limit.
    pub(crate) async fn count_and_post(
        &self,
        pool: &Pool,
        key: String,
        hourly: Hourly,
        letter: Option<CodeLetter>,
    ) -> Result<bool, Refusal> {
        let (pool, now) = (pool.id.clone(), self.clock.now());
        self.store
            .write(work!(|tx, pool, key, hourly, letter, now| -> Refusal {
                let in_time = hourly.raise(tx, pool, key, *now).await?;
                if let Some(letter) = letter.as_ref().filter(|_| in_time) {
                    letter.post(tx).await?;
                }
                Ok(in_time)
            }))
            .await
    }

    /// AdminConfirmSignUp: confirmed without verifying anything.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`], [`Refusal::AlreadyConfirmed`].
    pub async fn admin_confirm(&self, pool: &Arc<Pool>, username: &str) -> Result<User, Refusal> {
        let (pool, username, now) = (pool.clone(), username.to_owned(), self.clock.now());
        self.store
            .write(work!(|tx, pool, username, now| -> Refusal {
                let user = require(tx, pool, username).await?;
                if user.status != UserStatus::Unconfirmed {
                    return Err(Refusal::AlreadyConfirmed(user.status.as_str()));
                }
                let user = user.confirm(None, *now);
                tx.users().save(&user).await?;
                Ok(user)
            }))
            .await
    }
}

/// The person an administrator means.
pub(crate) async fn require(tx: &mut Tx, pool: &Pool, username: &str) -> Result<User, Refusal> {
    find(tx, pool, username).await?.ok_or(Refusal::NoSuchUser)
}
