//! What administrators do to people: make, invite again, set a password, remove (user-pools.md 11).

use crate::Accounts;
use crate::attributes::{Writer, flags_have_values, read_new};
use crate::confirm::require;
use crate::names::{activate_alias, claim_all, claim_preferred, claims_of_new, name_new};
use crate::sign_up::{same_contact, taken};
use kernel::{Secret, Sub};
use messages::{Outgoing, Recipient};
use model::{Contact, Pool, Refusal, User, UserStatus, say};
use std::sync::Arc;
use store::{NameKind, work};

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
    /// [`Refusal::NoSuchUser`], [`Refusal::PasswordPolicy`].
    pub async fn admin_set_password(
        &self,
        pool: &Arc<Pool>,
        username: &str,
        password: &Secret<String>,
        permanent: bool,
    ) -> Result<(), Refusal> {
        let user = self.admin_get(pool, username).await?;
        if let Some(rule) = pool.password_policy().broken_rule(password.reveal()) {
            return Err(Refusal::PasswordPolicy(rule));
        }
        let setting = if permanent { Setting::Permanent } else { Setting::Temporary };
        self.store_password(pool, &user, password, setting, Vec::new()).await.map(|_| ())
    }

    /// The person an administrator means.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`].
    pub async fn admin_get(&self, pool: &Arc<Pool>, username: &str) -> Result<User, Refusal> {
        self.look_up(pool, username).await?.ok_or(Refusal::NoSuchUser)
    }

    /// AdminDeleteUser: the person and everything that hangs on them; tokens handed out earlier are refused from now on.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`].
    pub async fn admin_delete(&self, pool: &Arc<Pool>, username: &str) -> Result<(), Refusal> {
        let (pool, username) = (pool.clone(), username.to_owned());
        self.store
            .write(work!(|tx, pool, username| -> Refusal {
                let user = require(tx, pool, username).await?;
                tx.users().delete(&pool.id, &user.sub).await?;
                Ok(())
            }))
            .await
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
        // The generation is set inside the transaction: the row may have moved while the password was hashed.
        let credential = self.new_credential(pool, &user.sub, &user.username, password, 0, expires).await?;
        let (pool, sub) = (pool.id.clone(), user.sub.clone());
        self.store
            .write(work!(|tx, pool, sub, credential, setting, invitations, now| -> Refusal {
                let user = tx.users().require(pool, sub).await?;
                // The person may have signed in and chosen a password while the new one was hashed.
                if *setting == Setting::Invitation && user.status != UserStatus::ForceChangePassword {
                    return Err(Refusal::NotInvited(user.username));
                }
                let generation = tx.credentials().get(pool, sub).await?.map_or(0, |c| c.generation) + 1;
                tx.credentials().save(&model::Credential { generation, ..credential.clone() }).await?;
                let user = match setting {
                    Setting::Permanent => user.password_set(*now),
                    Setting::Temporary | Setting::Invitation => user.temporary_password_set(*now),
                };
                tx.users().save(&user).await?;
                tx.attempts().save(pool, sub.as_str().as_bytes(), &model::Attempts::default()).await?;
                for message in invitations {
                    message.post(tx).await?;
                }
                Ok(user)
            }))
            .await
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
