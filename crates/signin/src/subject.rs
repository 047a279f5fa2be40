//! Whom a sign-in is about: somebody, or a name nobody has, which must look the same from outside (authentication.md 12).

use crate::Signin;
use crate::trial::Trial;
use accounts::Through;
use crypto::srp::Identity;
use crypto::{MacPurpose, StoredPassword};
use kernel::Sub;
use model::{Credential, Pool, Refusal, User};
use std::sync::Arc;
use store::work;

/// Somebody, with the password as stored.
#[derive(Debug, Clone)]
pub struct Known {
    /// The person.
    pub user: User,
    /// Their password row; people without a password have none.
    pub credential: Option<Credential>,
}

/// Whom a sign-in is about.
#[derive(Debug, Clone)]
pub enum Subject {
    /// Somebody.
    Known(Box<Known>),
    /// Nobody; the stand-in is the same each time the name is tried in this pool.
    Unknown(StandIn),
}

/// What stands in for a person who does not exist.
#[derive(Debug, Clone)]
pub struct StandIn {
    /// The made-up sub; salt and verifier are made up from it.
    pub sub: Sub,
}

impl Subject {
    /// The person with the password row, if there is one.
    pub fn known(&self) -> Option<&Known> {
        match self {
            Self::Known(known) => Some(known),
            Self::Unknown(_) => None,
        }
    }

    /// The person, if there is one.
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::Known(known) => Some(&known.user),
            Self::Unknown(_) => None,
        }
    }

    /// USER_ID_FOR_SRP: the canonical username, or what passes for one.
    pub fn user_id(&self) -> &str {
        match self {
            Self::Known(known) => &known.user.username,
            Self::Unknown(stand_in) => stand_in.sub.as_str(),
        }
    }

    /// The key of the attempt row: the person's id whatever was typed, so that aliases and cases share one counter (ST-10).
    pub fn attempt_key(&self) -> &str {
        match self {
            Self::Known(known) => known.user.sub.as_str(),
            Self::Unknown(stand_in) => stand_in.sub.as_str(),
        }
    }
}

impl Signin {
    /// Finds the person behind a name.
    pub(crate) async fn look_up(&self, pool: &Arc<Pool>, name: &str) -> Result<Subject, Refusal> {
        let (owned, typed) = (pool.clone(), name.to_owned());
        let found = self
            .accounts
            .store
            .read(work!(|tx, owned, typed| -> Refusal {
                let Some(user) = accounts::find(tx, owned, typed).await? else { return Ok(None) };
                let credential = tx.credentials().get(&owned.id, &user.sub).await?;
                Ok(Some(Known { user, credential }))
            }))
            .await?;
        Ok(match found {
            Some(known) => Subject::Known(Box::new(known)),
            None => Subject::Unknown(self.stand_in(pool, name)),
        })
    }

    /// The stand-in for a name in a pool: constant per pool and folded name, different across pools (AU-33).
    pub(crate) fn stand_in(&self, pool: &Pool, name: &str) -> StandIn {
        StandIn { sub: self.sub_of(&self.accounts.unknown_key(pool, name)) }
    }

    /// A verifier nobody can prove, the same each time for a sub of this pool.
    pub(crate) fn decoy_of(&self, pool: &Pool, sub: &Sub) -> StoredPassword {
        StoredPassword::decoy_srp(nobody(pool, sub), &self.seed(pool, sub))
    }

    fn seed(&self, pool: &Pool, sub: &Sub) -> [u8; 32] {
        let parts = [pool.id.as_str().as_bytes(), sub.as_str().as_bytes()];
        self.accounts.keyring.mac(MacPurpose::Masking, &parts)
    }

    /// What a password sent for this subject is tried against.
    pub(crate) fn trial(&self, through: &Through, subject: &Subject) -> Result<Trial, Refusal> {
        let (pool, sub) = (&through.pool, self.sub_of(subject.attempt_key()));
        let stored = self.stored_password(through, subject)?;
        let argon2id = self.accounts.password_kinds.argon2id();
        Ok(Trial::of(stored, nobody(pool, &sub), &self.seed(pool, &sub), argon2id))
    }

    /// The stored password, or a decoy for whoever has none.
    pub(crate) fn stored_password(&self, through: &Through, subject: &Subject) -> Result<StoredPassword, Refusal> {
        match subject {
            Subject::Known(known) => match &known.credential {
                Some(credential) => self.accounts.open_credential(credential),
                None => Ok(self.decoy_of(&through.pool, &known.user.sub)),
            },
            Subject::Unknown(stand_in) => Ok(self.decoy_of(&through.pool, &stand_in.sub)),
        }
    }
}

/// Whose password a decoy would be.
fn nobody<'a>(pool: &'a Pool, sub: &'a Sub) -> Identity<'a> {
    Identity { pool_name: pool.id.srp_name(), user_id: sub.as_str() }
}
