//! What is true of a person: how they are named, created, confirmed, given a password, found and removed.
//!
//! Knows: naming rules, attribute schema, password policy, codes. Never knows: HTTP, SQL, sign-in flows.
//! To add a life-cycle move: a file beside `confirm.rs`, and the move itself on `model::User`.

mod administer;
mod attributes;
mod change;
mod code_attempts;
mod codes;
mod complete;
mod confirm;
mod groups;
mod names;
mod passwords;
mod proof;
mod recover;
mod replace_password;
mod sign_up;
mod switch;
mod update;
mod verify;

pub use administer::{Invitation, NewUser};
pub use attributes::Writer;
pub use code_attempts::Hourly;
pub use codes::Sent;
pub use complete::claim_new_contacts;
pub use confirm::Confirmation;
pub use groups::join_group;
pub use names::find;
pub use passwords::{PasswordKinds, PasswordStorage, credential_context, retired_context};
pub use proof::secret_context;
pub use recover::Reset;
pub use replace_password::{NewPassword, Rules};
pub use sign_up::{SignUp, SignedUp};

use crypto::Keyring;
use crypto::offload::CryptoPool;
use kernel::{ClientId, Clock, Entropy, UserPoolId};
use messages::Messages;
use model::{Client, Pool, Refusal};
use std::sync::Arc;
use store::Store;

/// The accounts engine.
#[derive(Debug, Clone)]
pub struct Accounts {
    /// The database.
    pub store: Store,
    /// Seals what must not be readable in the database.
    pub keyring: Arc<Keyring>,
    /// Threads that hash.
    pub crypto: Arc<CryptoPool>,
    /// Codes and mail.
    pub messages: Messages,
    /// How new passwords are kept.
    pub password_storage: PasswordStorage,
    /// How those from before are.
    pub password_kinds: PasswordKinds,
    /// Whether a changed password ends the tokens handed out before (tokens.md 7).
    pub password_change_ends_sessions: bool,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Which door a call came through. Some flows belong to one door only, and what begins behind one goes on behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Calls nobody signs: InitiateAuth, RespondToAuthChallenge.
    Public,
    /// Signed calls about a pool: AdminInitiateAuth, AdminRespondToAuthChallenge.
    Administrator,
}

impl Door {
    /// As it is bound into what is handed out behind it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Administrator => "administrator",
        }
    }
}

/// A client and its pool, as every public call begins with them.
#[derive(Debug, Clone)]
pub struct Through {
    /// The client.
    pub client: Arc<Client>,
    /// Its pool.
    pub pool: Arc<Pool>,
    /// The door the call came through.
    pub door: Door,
}

impl Accounts {
    /// The client of a public call, with its pool.
    ///
    /// # Errors
    /// [`Refusal::NoSuchClient`].
    pub async fn through(&self, client_id: &str) -> Result<Through, Refusal> {
        let unknown = || Refusal::NoSuchClient(client_id.to_owned());
        let id = ClientId::parse(client_id).map_err(|_| unknown())?;
        let client = self.store.client(&id).await?.ok_or_else(unknown)?;
        let pool = self.store.pool(&client.pool).await?.ok_or_else(unknown)?;
        Ok(Through { client, pool, door: Door::Public })
    }

    /// The pool of an administrator's call.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPool`].
    pub async fn pool(&self, pool_id: &str) -> Result<Arc<Pool>, Refusal> {
        let unknown = || Refusal::NoSuchPool(pool_id.to_owned());
        let id = UserPoolId::parse(pool_id).map_err(|_| unknown())?;
        self.store.pool(&id).await?.ok_or_else(unknown)
    }

    /// The client of an administrator's call; it must belong to the pool.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPool`], [`Refusal::NoSuchClient`].
    pub async fn through_pool(&self, pool_id: &str, client_id: &str) -> Result<Through, Refusal> {
        let pool = self.pool(pool_id).await?;
        let through = self.through(client_id).await?;
        if through.pool.id == pool.id {
            Ok(Through { door: Door::Administrator, ..through })
        } else {
            Err(Refusal::NoSuchClient(client_id.to_owned()))
        }
    }
}
