//! Access tokens that come back: who brings one, and is it still honoured (tokens.md 5).

use crate::Tokens;
use crate::claims::API_SCOPE;
use crypto::jose::Unverified;
use kernel::{ClientId, Secret, Sub, UserPoolId};
use model::{Client, Family, Pool, Refusal, User, UserStatus};
use serde::Deserialize;
use std::sync::Arc;
use store::{Tx, work};

/// Somebody with a good access token.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// The pool.
    pub pool: Arc<Pool>,
    /// The client the person signed in through.
    pub client: Arc<Client>,
    /// The person, read for this request.
    pub user: User,
    /// The sign-in.
    pub family: Family,
}

impl Bearer {
    /// The person in the transaction of what the token allows, locked until its end. Whatever ended the sign-in or moved
    /// the person since the look at the token wins: a sign-out, a switching off, RevokeToken.
    ///
    /// # Errors
    /// [`Refusal::AccessTokenRevoked`]; [`Refusal::NoSuchUser`] when the person is gone.
    pub async fn still(&self, tx: &mut Tx) -> Result<User, Refusal> {
        let user = tx.users().require(&self.pool.id, &self.user.sub).await?;
        let same = user.enabled() && user.generation == self.user.generation && user.status == self.user.status;
        let family = tx.families().get(&self.pool.id, &self.family.id).await?;
        let lives = family.is_some_and(|family| family.lives(user.generation));
        if same && lives { Ok(user) } else { Err(Refusal::AccessTokenRevoked) }
    }
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iss: String,
    client_id: String,
    token_use: String,
    scope: Option<String>,
    exp: i64,
    event_id: uuid::Uuid,
    origin_jti: Option<uuid::Uuid>,
}

/// The pool a token claims to be of; only a hint for finding the key, worth nothing before the signature is verified.
fn claimed_pool(token: &Unverified<'_>) -> Option<UserPoolId> {
    #[derive(Deserialize)]
    struct Hint {
        iss: String,
    }
    let hint: Hint = serde_json::from_slice(token.unverified_payload()).ok()?;
    UserPoolId::parse(hint.iss.rsplit('/').next()?).ok()
}

impl Tokens {
    /// Recognises the bearer of an access token: signature, issuer, use, expiry, scope, and that neither the sign-in nor
    /// the person has been ended since. Person and family are read now, never from a cache.
    ///
    /// # Errors
    /// The refusal that tells which of these failed.
    pub async fn bearer(&self, token: &Secret<String>) -> Result<Bearer, Refusal> {
        let unverified = Unverified::parse(token.reveal()).map_err(|_| Refusal::AccessTokenInvalid)?;
        let pool_id = claimed_pool(&unverified).ok_or(Refusal::AccessTokenInvalid)?;
        let pool = self.store.pool(&pool_id).await?.ok_or(Refusal::AccessTokenInvalid)?;
        let claims = self.proved(unverified, &pool).await?;
        let client_id = ClientId::parse(&claims.client_id).map_err(|_| Refusal::AccessTokenInvalid)?;
        let client = self.store.client(&client_id).await?.ok_or(Refusal::AccessTokenRevoked)?;
        if claims.exp <= self.clock.now().secs() {
            return Err(Refusal::AccessTokenExpired);
        }
        if !claims.scope.as_deref().unwrap_or_default().split(' ').any(|scope| scope == API_SCOPE) {
            return Err(Refusal::AccessTokenScope);
        }
        let sub = Sub::parse(&claims.sub).map_err(|_| Refusal::AccessTokenInvalid)?;
        // Clients without revocation have no origin_jti in their tokens; the event bears the same id.
        let family_id = claims.origin_jti.unwrap_or(claims.event_id);
        let (family, user) = self
            .store
            .read(work!(|tx, pool_id, sub, family_id| -> Refusal {
                let family = tx.families().get(pool_id, family_id).await?;
                Ok((family, tx.users().get(pool_id, sub).await?))
            }))
            .await?;
        let user = user.ok_or(Refusal::NoSuchUser)?;
        let family =
            family.filter(|f| f.sub == user.sub && f.client == client.id).ok_or(Refusal::AccessTokenRevoked)?;
        if !family.lives(user.generation) || !user.enabled() {
            return Err(Refusal::AccessTokenRevoked);
        }
        if user.status == UserStatus::ResetRequired {
            return Err(Refusal::ResetRequired);
        }
        Ok(Bearer { pool, client, user, family })
    }

    async fn proved(&self, token: Unverified<'_>, pool: &Pool) -> Result<Claims, Refusal> {
        let keys = self.pool_keys(&pool.id).await?;
        let payload = keys.verify_access(token).map_err(|_| Refusal::AccessTokenInvalid)?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| Refusal::AccessTokenInvalid)?;
        if claims.token_use == "access" && claims.iss == self.issuer.of(&pool.id) {
            Ok(claims)
        } else {
            Err(Refusal::AccessTokenInvalid)
        }
    }
}
