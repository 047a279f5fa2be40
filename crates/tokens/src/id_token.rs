//! ID tokens that come back to be exchanged for something else: believed as our own, without asking anybody by HTTP.

use crate::Tokens;
use crypto::jose::Unverified;
use kernel::{ClientId, Secret, Sub, UserPoolId};
use model::{Client, Family, Pool, Refusal, User, UserStatus};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use store::work;

/// Somebody with a good ID token.
#[derive(Debug, Clone)]
pub struct IdBearer {
    /// The pool.
    pub pool: Arc<Pool>,
    /// The client the token was made for.
    pub client: Arc<Client>,
    /// The person, read for this request.
    pub user: User,
    /// All that the token says.
    pub claims: model::Claims,
}

/// Why an ID token is not believed.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    /// Not a signed token, or not an ID token.
    #[error("not an ID token")]
    NotAnIdToken,
    /// Not the issuer of a pool of ours.
    #[error("not the issuer of a pool here")]
    NotOurs,
    /// Not signed with a key that the pool has for ID tokens.
    #[error("the signature is not the pool's")]
    BadSignature,
    /// Too late. Only said of authentic tokens.
    #[error("expired at {expired_secs}, and it is {now_secs}")]
    Expired {
        /// Now.
        now_secs: i64,
        /// Its `exp`.
        expired_secs: i64,
    },
    /// The client, the person or the sign-in is no more.
    #[error("ended since it was issued")]
    Ended,
    /// The database did not answer.
    #[error(transparent)]
    Unanswered(#[from] Refusal),
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iss: String,
    aud: String,
    token_use: String,
    exp: i64,
    event_id: uuid::Uuid,
    origin_jti: Option<uuid::Uuid>,
}

impl Tokens {
    /// The pool id in an issuer that is spelled as ours are; whether there is such a pool is another question.
    #[must_use]
    pub fn pool_of(&self, issuer: &str) -> Option<UserPoolId> {
        let id = UserPoolId::parse(issuer.rsplit('/').next()?).ok()?;
        (self.issuer.of(&id) == issuer).then_some(id)
    }

    /// Recognises the bearer of an ID token: signature, issuer, use, expiry, and that neither the sign-in nor the person
    /// has been ended since (identity-pools.md 4.1, ServerSideTokenCheck: it costs one read here, so it is always made).
    ///
    /// # Errors
    /// [`IdTokenError`].
    pub async fn id_bearer(&self, token: &Secret<String>) -> Result<IdBearer, IdTokenError> {
        let unverified = Unverified::parse(token.reveal()).map_err(|_| IdTokenError::NotAnIdToken)?;
        let pool_id = self.claimed_issuer(&unverified)?;
        let pool = self.store.pool(&pool_id).await.map_err(Refusal::from)?.ok_or(IdTokenError::NotOurs)?;
        let keys = self.pool_keys(&pool_id).await?;
        let payload = keys.verify_id(unverified).map_err(|_| IdTokenError::BadSignature)?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| IdTokenError::NotAnIdToken)?;
        if claims.token_use != "id" || claims.iss != self.issuer.of(&pool_id) {
            return Err(IdTokenError::NotAnIdToken);
        }
        let now_secs = self.clock.now().secs();
        if claims.exp <= now_secs {
            return Err(IdTokenError::Expired { now_secs, expired_secs: claims.exp });
        }
        let (client, user) = self.living(&pool_id, &claims).await?.ok_or(IdTokenError::Ended)?;
        let claims = serde_json::from_slice(&payload).map_err(|_| IdTokenError::NotAnIdToken)?;
        Ok(IdBearer { pool, client, user, claims })
    }

    /// The payload of a token, if one of the pool's keys for ID tokens signed it. Nothing else is looked at.
    ///
    /// # Errors
    /// [`IdTokenError::BadSignature`], [`IdTokenError::Unanswered`].
    pub async fn signed_by_pool(&self, pool: &UserPoolId, token: Unverified<'_>) -> Result<Vec<u8>, IdTokenError> {
        self.pool_keys(pool).await?.verify_id(token).map_err(|_| IdTokenError::BadSignature)
    }

    /// Whether neither the sign-in nor the person of an authentic ID token has been ended since: ServerSideTokenCheck of
    /// identity pools, where it can be left out.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the database does not answer.
    pub async fn still_honoured(&self, pool: &UserPoolId, claims: &model::Claims) -> Result<bool, Refusal> {
        let all = claims.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        let Ok(claims) = Claims::deserialize(Value::Object(all)) else { return Ok(false) };
        Ok(self.living(pool, &claims).await?.is_some())
    }

    /// The pool whose keys to try; worth nothing before the signature is verified.
    fn claimed_issuer(&self, token: &Unverified<'_>) -> Result<UserPoolId, IdTokenError> {
        #[derive(Deserialize)]
        struct Hint {
            iss: String,
            token_use: Option<String>,
        }
        let hint: Hint = serde_json::from_slice(token.unverified_payload()).map_err(|_| IdTokenError::NotAnIdToken)?;
        let pool = self.pool_of(&hint.iss).ok_or(IdTokenError::NotOurs)?;
        // Access tokens have another key: without this they would be called forged.
        if hint.token_use.as_deref() == Some("id") { Ok(pool) } else { Err(IdTokenError::NotAnIdToken) }
    }

    /// Client and person, if all that the token speaks of is still so.
    async fn living(&self, pool: &UserPoolId, claims: &Claims) -> Result<Option<(Arc<Client>, User)>, Refusal> {
        let (Ok(sub), Ok(client_id)) = (Sub::parse(&claims.sub), ClientId::parse(&claims.aud)) else {
            return Ok(None);
        };
        let Some(client) = self.store.client(&client_id).await? else { return Ok(None) };
        // Clients without revocation have no origin_jti in their tokens; the event bears the same id.
        let family = claims.origin_jti.unwrap_or(claims.event_id);
        let pool = pool.clone();
        let (family, user) = self
            .store
            .read(work!(|tx, pool, sub, family| -> Refusal {
                Ok((tx.families().get(pool, family).await?, tx.users().get(pool, sub).await?))
            }))
            .await?;
        Ok(user.filter(|user| lives(user, family.as_ref(), &client)).map(|user| (client, user)))
    }
}

fn lives(user: &User, family: Option<&Family>, client: &Client) -> bool {
    let same = |family: &&Family| family.sub == user.sub && family.client == client.id;
    let honoured = family.filter(same).is_some_and(|family| family.lives(user.generation));
    honoured && user.enabled() && user.status != UserStatus::ResetRequired
}
