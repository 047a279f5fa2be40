//! Ending tokens: one sign-in by RevokeToken, all of a person's by signing out everywhere.

use crate::{Bearer, Tokens};
use crypto::jose::Unverified;
use kernel::{Secret, Sub, UserPoolId};
use model::{Client, Pool, Refusal, Standing};
use std::time::Duration;
use store::work;

impl Tokens {
    /// RevokeToken: ends the sign-in a refresh token names. Texts that name nothing are answered like success, so that
    /// nobody learns which tokens exist; repeating it changes nothing.
    ///
    /// # Errors
    /// [`Refusal::RevokeUnsupported`], [`Refusal::RevokeWrongType`], or [`Refusal::RevokeUnauthorized`] for a token of
    /// another client.
    pub async fn revoke(&self, pool: &Pool, client: &Client, token: &Secret<String>) -> Result<(), Refusal> {
        if !client.revocable() {
            return Err(Refusal::RevokeUnsupported);
        }
        // ID and access tokens can be read as JWS; refresh tokens and garbage cannot.
        if Unverified::parse(token.reveal()).is_ok() {
            return Err(Refusal::RevokeWrongType);
        }
        let Some((text, found)) = self.named_family(&pool.id, token.reveal()).await? else { return Ok(()) };
        // One that was replaced ends the sign-in like its successor: they are one thing (RFC 7009 section 2.1).
        if text.standing(&found.family, Duration::ZERO, self.clock.now()) == Standing::Unknown {
            return Ok(());
        }
        if found.family.client != client.id {
            return Err(Refusal::RevokeUnauthorized);
        }
        let (pool, id) = (found.family.pool, found.family.id);
        self.store.write(work!(|tx, pool, id| -> Refusal { Ok(tx.families().revoke(pool, id).await?) })).await?;
        Ok(())
    }

    /// GlobalSignOut: every token of the bearer ends, whatever client it came from.
    ///
    /// # Errors
    /// [`Refusal::AccessTokenRevoked`] when the sign-in has ended since the look at the token.
    pub async fn sign_out_everywhere(&self, bearer: &Bearer) -> Result<(), Refusal> {
        let bearer = bearer.clone();
        self.store
            .write(work!(|tx, bearer| -> Refusal {
                let user = bearer.still(tx).await?;
                tx.users().save(&user.sign_out_everywhere()).await?;
                Ok(())
            }))
            .await
    }

    /// Moves the person's generation: tokens quote the one they were made under.
    ///
    /// # Errors
    /// [`Refusal::NoSuchUser`] when the person is gone.
    pub async fn end_all(&self, pool: &UserPoolId, sub: &Sub) -> Result<(), Refusal> {
        let (pool, sub) = (pool.clone(), sub.clone());
        self.store
            .write(work!(|tx, pool, sub| -> Refusal {
                let user = tx.users().require(pool, sub).await?;
                tx.users().save(&user.sign_out_everywhere()).await?;
                Ok(())
            }))
            .await
    }
}
