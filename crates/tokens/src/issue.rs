//! Handing out tokens: a family is opened in the transaction that ends a sign-in, the signatures follow outside of it.

use crate::Tokens;
use crate::claims::Common;
use crate::refresh::RefreshText;
use crypto::offload::{Turn, give_way};
use kernel::{EntropyExt, Secret, Time};
use model::{Client, Family, Membership, Pool, Refusal, User};

/// Whom tokens are for: all that they tell about the person, as the transaction that ends or prolongs the sign-in read it.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The person.
    pub user: User,
    /// Their groups.
    pub membership: Membership,
    /// The sign-in.
    pub family: Family,
}

/// What a sign-in or refresh hands out.
#[derive(Debug)]
pub struct TokenSet {
    /// The access token.
    pub access_token: Secret<String>,
    /// The ID token.
    pub id_token: Secret<String>,
    /// The refresh token; absent after a refresh without rotation.
    pub refresh_token: Option<Secret<String>>,
    /// Lifetime of the access token in seconds.
    pub expires_in: i64,
}

/// A family that is ready to be stored, and the refresh token that only the client will hold.
#[derive(Debug)]
pub struct Opened {
    /// To be stored in the transaction that ends the sign-in.
    pub family: Family,
    /// To be handed out once that transaction has committed.
    pub refresh_token: Secret<String>,
}

impl Tokens {
    /// Draws a new family for a person who has just signed in. `event_id` names the sign-in.
    #[must_use]
    pub fn open_family(&self, client: &Client, user: &User, event_id: uuid::Uuid, now: Time) -> Opened {
        // The sign-in's event and its family are one thing with one id: tokens that must not show `origin_jti` still
        // lead to their family by `event_id`.
        let id = event_id;
        let text = RefreshText { family: id, sequence: 0, handle: Secret::new(self.entropy.bytes()) };
        let family = Family {
            pool: user.pool.clone(),
            id,
            sub: user.sub.clone(),
            client: client.id.clone(),
            user_generation: user.generation,
            revoked: false,
            auth_time: now,
            event_id,
            token_hash: text.hash(),
            sequence: 0,
            replaced: Vec::new(),
            expires: now + client.refresh_lifetime(),
        };
        let refresh_token = text.encode(&self.keyring, &user.pool);
        Opened { family, refresh_token }
    }

    /// Signs an ID and an access token for a living family: both signatures are one job on the crypto threads, where it
    /// begins to wait as `turn` says.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the signature lane cannot keep its deadline.
    pub async fn issue(&self, turn: Turn, pool: &Pool, client: &Client, holder: &Holder) -> Result<TokenSet, Refusal> {
        let keys = self.pool_keys(&pool.id).await?;
        let issuer = self.issuer.of(&pool.id);
        let common = Common { issuer: &issuer, client, holder, now: self.clock.now() };
        let id_payload = common.id_token(&self.entropy.uuid(), client.id_lifetime());
        let access_payload = common.access_token(&self.entropy.uuid(), client.access_lifetime());
        let (id_key, access_key) = keys.signers(common.now)?;
        let job = move || {
            let id_token = id_key.sign(&id_payload);
            give_way();
            (id_token, access_key.sign(&access_payload))
        };
        let (id_token, access_token) = self.crypto.sign(turn, job).await.map_err(|_| Refusal::Busy)?;
        Ok(TokenSet {
            access_token: Secret::new(access_token.map_err(Refusal::internal)?),
            id_token: Secret::new(id_token.map_err(Refusal::internal)?),
            refresh_token: None,
            expires_in: i64::try_from(client.access_lifetime().as_secs()).unwrap_or(i64::MAX),
        })
    }
}
