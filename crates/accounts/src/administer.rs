//! What administrators do to people: make, invite again, set a password, remove (user-pools.md 11).

use crate::Accounts;
use crate::attributes::{Writer, flags_have_values, read_new};
use crate::names::{activate_alias, claim_all, claim_preferred, claims_of_new, name_new};
use crate::replace_password::Rules;
use crate::sign_up::{same_contact, taken};
use kernel::{Secret, Sub};
use messages::{Outgoing, Recipient};
use model::{Contact, Pool, Refusal, User, UserStatus, say};
use std::sync::Arc;
use store::{NameKind, work};

/// How often a password that must differ from the present one is compared anew when that one keeps changing.
const TRIES: usize = 4;

/// A person an administrator makes.
#[derive(Debug)]
pub struct NewUser {
    /// Username, e-mail address or phone number.
    pub username: String,
    /// Attributes as given; the verified flags may be among them.
    pub attributes: Vec<(String, String)>,
    /// The temporary password; drawn when absent.
    pub temporary_password: Option<Secret<String>>,
    /// Take a verified alias from whoever holds it.
    pub force_alias: bool,
    /// How the invitation travels.
    pub invitation: Invitation,
}

/// How an invitation travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitation {
    /// Nothing is sent.
    Suppressed,
    /// By these media; none named stands for whichever the person has, a phone before an address.
    Sent(Vec<Contact>),
}

impl Accounts {
    /// Makes a person with a temporary password and invites them.
    ///
    /// # Errors
    /// Why not.
    pub async fn admin_create(&self, pool: &Arc<Pool>, new: NewUser) -> Result<User, Refusal> {
        let sub = Sub::draw(&*self.entropy);
        let named = name_new(pool, &sub, &new.username)?;
        let mut attributes = read_new(pool, Writer::Administrator, &new.attributes)?;
        if let Some((contact, value)) = &named.contact {
            same_contact(attributes.insert(contact.attribute().to_owned(), value.clone()), value)?;
        }
        flags_have_values(&attributes)?;
        let user = self.new_user(pool, sub, named.username.clone(), attributes, UserStatus::ForceChangePassword);
        let claims = claims_of_new(pool, &user);
        self.must_be_free(pool, &claims, taken_by_account).await?;
        let password = self.temporary(pool, new.temporary_password)?;
        let recipients = recipients(pool, &user, &new.invitation)?;
        let expires = Some(self.clock.now() + pool.temporary_password_lifetime());
        let credential = self.new_credential(pool, &user.sub, &user.username, &password, 1, expires).await?;
        let invitations = self.invitations(pool, &user, &recipients, &password);

        let force = new.force_alias;
        let (stored, outgoing, pooled) = (user.clone(), invitations.clone(), pool.clone());
        self.store
            .write(work!(|tx, pooled, stored, credential, claims, outgoing, force| -> Refusal {
                tx.pools().require(&pooled.id).await?;
                claim_all(tx, pooled, stored, claims).await?.map_err(taken_by_account)?;
                claim_preferred(tx, pooled, stored).await?;
                tx.users().insert(stored).await?;
                for contact in Contact::ALL.into_iter().filter(|c| stored.verified(c.attribute())) {
                    activate_alias(tx, pooled, stored, contact, *force).await?;
                }
                tx.credentials().save(credential).await?;
                for message in outgoing {
                    message.post(tx).await?;
                }
                Ok(())
            }))
            .await?;
        self.deliver_all(invitations).await?;
        Ok(user)
    }

    /// RESEND: a new temporary password with a new end, for somebody who still waits for the first sign-in.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`], [`Refusal::NotInvited`], or why the password will not do.
    pub async fn admin_invite_again(&self, pool: &Arc<Pool>, new: NewUser) -> Result<User, Refusal> {
        let user = self.admin_get(pool, &new.username).await?;
        if user.status != UserStatus::ForceChangePassword {
            return Err(Refusal::NotInvited(user.username));
        }
        let password = self.temporary(pool, new.temporary_password)?;
        let recipients = recipients(pool, &user, &new.invitation)?;
        let invitations = self.invitations(pool, &user, &recipients, &password);
        let user = self.store_password(pool, &user, &password, Setting::Invitation, invitations.clone()).await?;
        self.deliver_all(invitations).await?;
        Ok(user)
    }

    /// AdminSetUserPassword: for good or temporary, whatever the status; lifts the lock.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`], [`Refusal::PasswordPolicy`], [`Refusal::PasswordUsedBefore`].
    pub async fn admin_set_password(
        &self,
        pool: &Arc<Pool>,
        username: &str,
        password: &Secret<String>,
        permanent: bool,
    ) -> Result<(), Refusal> {
        let user = self.admin_get(pool, username).await?;
        let setting = if permanent { Setting::Permanent } else { Setting::Temporary };
        self.store_password(pool, &user, password, setting, Vec::new()).await.map(|_| ())
    }

    async fn store_password(
        &self,
        pool: &Arc<Pool>,
        user: &User,
        password: &Secret<String>,
        setting: Setting,
        invitations: Vec<Outgoing>,
    ) -> Result<User, Refusal> {
        let now = self.clock.now();
        let expires = (setting != Setting::Permanent).then(|| now + pool.temporary_password_lifetime());
        let rules = if setting == Setting::Invitation { Rules::None } else { Rules::All };
        for _ in 0..TRIES {
            let new = self.new_password(pool, user, password, expires, rules).await?;
            let (accounts, user, posted) = (self.clone(), user.clone(), invitations.clone());
            let stored = self
                .store
                .write(work!(|tx, accounts, user, new, setting, posted, now| -> Refusal {
                    let (pool, sub) = (&user.pool, &user.sub);
                    let user = tx.users().require(pool, sub).await?;
                    // The person may have signed in and chosen a password while the new one was hashed.
                    if *setting == Setting::Invitation && user.status != UserStatus::ForceChangePassword {
                        return Err(Refusal::NotInvited(user.username));
                    }
                    if !new.store(tx).await? {
                        return Ok(None);
                    }
                    let user = match setting {
                        Setting::Permanent => user.password_set(*now),
                        Setting::Temporary | Setting::Invitation => user.temporary_password_set(*now),
                    };
                    let user = accounts.ending_sessions(user);
                    tx.users().save(&user).await?;
                    tx.attempts().save(pool, sub.as_str().as_bytes(), &model::Attempts::default()).await?;
                    for message in posted {
                        message.post(tx).await?;
                    }
                    Ok(Some(user))
                }))
                .await?;
            if let Some(user) = stored {
                return Ok(user);
            }
        }
        Err(Refusal::Busy)
    }

    /// The temporary password: the administrator's, if the policy accepts it, else one drawn to satisfy it.
    fn temporary(&self, pool: &Pool, given: Option<Secret<String>>) -> Result<Secret<String>, Refusal> {
        let policy = pool.password_policy();
        match given.filter(|password| !password.reveal().is_empty()) {
            Some(password) => match policy.broken_rule(password.reveal()) {
                Some(rule) => Err(Refusal::TemporaryPasswordPolicy(rule)),
                None => Ok(password),
            },
            None => Ok(policy.draw_temporary(&*self.entropy)),
        }
    }

    fn invitations(
        &self,
        pool: &Pool,
        user: &User,
        recipients: &[Recipient],
        password: &Secret<String>,
    ) -> Vec<Outgoing> {
        let expires = self.clock.now() + pool.temporary_password_lifetime();
        recipients.iter().map(|recipient| self.invitation(pool, user, recipient, password, expires)).collect()
    }

    async fn deliver_all(&self, messages: Vec<Outgoing>) -> Result<(), Refusal> {
        for message in messages {
            self.send(message).await?;
        }
        Ok(())
    }
}

/// Why an administrator's password is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    /// For good.
    Permanent,
    /// Until the next sign-in.
    Temporary,
    /// As a new invitation: only while the person still waits for the first sign-in.
    Invitation,
}

/// Where the invitation goes; a medium that was asked for by name must be there, and SMS wants a pool that sends them.
fn recipients(pool: &Pool, user: &User, invitation: &Invitation) -> Result<Vec<Recipient>, Refusal> {
    let Invitation::Sent(media) = invitation else { return Ok(Vec::new()) };
    let reach = |contact: Contact| {
        user.attribute(contact.attribute()).map(|address| Recipient { contact, address: address.to_owned() })
    };
    if media.is_empty() {
        let media = [Contact::Phone, Contact::Email].into_iter().filter(|contact| pool.reaches(*contact));
        return Ok(media.filter_map(reach).take(1).collect());
    }
    let missing = |contact: &Contact| match contact {
        Contact::Email => Refusal::Invalid("User must have an email address to receive a message by email.".to_owned()),
        Contact::Phone => Refusal::Invalid("User must have a phone number to receive a message by SMS.".to_owned()),
    };
    if media.iter().any(|contact| !pool.reaches(*contact)) {
        return Err(Refusal::Invalid(say::NO_SMS_CONFIGURATION.to_owned()));
    }
    media.iter().map(|contact| reach(*contact).ok_or_else(|| missing(contact))).collect()
}

/// The refusal for a taken name, as administrators read it.
fn taken_by_account(kind: NameKind) -> Refusal {
    match taken(kind) {
        Refusal::UsernameTaken => Refusal::UsernameTakenByAccount,
        other => other,
    }
}
