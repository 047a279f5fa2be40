//! Refresh tokens that replace one another (tokens.md 6.3): each is used once, and within its grace again. Whoever comes
//! later with a used one shares it with somebody, and the sign-in ends for both (RFC 9700 section 4.14.2).
//!
//! A family is a line and never a tree: the successor follows from the token by a MAC, so a repeated use yields the same
//! successor and a thief no lineage of their own (docs/decisions/0005).

use crate::refresh::{RefreshText, check};
use crate::{Holder, TokenSet, Tokens};
use crypto::offload::Turn;
use kernel::{Secret, Time, UserPoolId};
use model::{Client, Family, Pool, Refusal, Standing};
use std::time::Duration;
use store::{Tx, work};

/// A use of a refresh token, as the transaction that writes it down needs it.
#[derive(Clone)]
struct Use {
    pool: UserPoolId,
    family: uuid::Uuid,
    sequence: i64,
    hash: Vec<u8>,
    next_hash: Vec<u8>,
    grace: Duration,
    now: Time,
}

impl Tokens {
    /// GetTokensFromRefreshToken: new tokens for a sign-in that still lives; with rotation a new refresh token among
    /// them. Without rotation it takes no writer.
    ///
    /// # Errors
    /// The refusal that tells why not.
    pub async fn refresh(&self, pool: &Pool, client: &Client, token: &Secret<String>) -> Result<TokenSet, Refusal> {
        let Some(grace) = client.rotation_grace() else {
            let found = self.redeem_refresh(pool, client, token).await?;
            return self.issue(Turn::Ahead, pool, client, &found).await;
        };
        let now = self.clock.now();
        let (text, found) = self.named_family(&pool.id, token.reveal()).await?.ok_or(Refusal::RefreshTokenInvalid)?;
        if found.family.client != client.id {
            return Err(Refusal::RefreshTokenInvalid);
        }
        match text.standing(&found.family, grace, now) {
            Standing::Unknown => return Err(Refusal::RefreshTokenInvalid),
            Standing::Spent => return Err(self.end_reused(&found.family).await?),
            Standing::Current | Standing::InGrace => check(&found.user, &found.family, now)?,
        }
        // Signed before the token is used up: a signature that comes too late costs nobody their sign-in.
        let set = self.issue(Turn::Ahead, pool, client, &found).await?;
        let next = self.use_up(&text, &found, grace, now).await?;
        Ok(TokenSet { refresh_token: Some(next.encode(&self.keyring, &pool.id)), ..set })
    }

    /// Writes the use down, if nothing has happened to person, family and token since they were read; answers the
    /// family's newest token.
    async fn use_up(
        &self,
        text: &RefreshText,
        found: &Holder,
        grace: Duration,
        now: Time,
    ) -> Result<RefreshText, Refusal> {
        let pool = found.family.pool.clone();
        let next = text.successor(&self.keyring, &pool);
        let used = Use {
            pool,
            family: text.family,
            sequence: i64::from(text.sequence),
            hash: text.hash(),
            next_hash: next.hash(),
            grace,
            now,
        };
        let (standing, family) = self.store.write(work!(|tx, used| -> Refusal { write_down(tx, used).await })).await?;
        match standing {
            Standing::Current => Ok(next),
            Standing::InGrace => self.newest(next, &family),
            Standing::Spent => Err(reused(&family)),
            Standing::Unknown => Err(Refusal::RefreshTokenInvalid),
        }
    }

    /// The newest token of a family, worked out from one of its older ones.
    fn newest(&self, older: RefreshText, family: &Family) -> Result<RefreshText, Refusal> {
        let mut text = older;
        while i64::from(text.sequence) < family.sequence {
            text = text.successor(&self.keyring, &family.pool);
        }
        if text.fits(family) { Ok(text) } else { Err(Refusal::RefreshTokenInvalid) }
    }

    /// Ends a family whose used token came back.
    async fn end_reused(&self, family: &Family) -> Result<Refusal, Refusal> {
        let (pool, id) = (family.pool.clone(), family.id);
        self.store.write(work!(|tx, pool, id| -> Refusal { Ok(tx.families().revoke(pool, id).await?) })).await?;
        Ok(reused(family))
    }
}

/// The transaction of a use: who comes first rotates, who comes within the grace changes nothing, who comes later ends the
/// family.
async fn write_down(tx: &mut Tx, used: &Use) -> Result<(Standing, Family), Refusal> {
    let (pool, id) = (&used.pool, &used.family);
    let family = tx.families().get_for_update(pool, id).await?.ok_or(Refusal::RefreshTokenRevoked)?;
    let user = tx.users().get(pool, &family.sub).await?.ok_or(Refusal::RefreshTokenRevoked)?;
    let standing = family.standing(used.sequence, family.token_hash == used.hash, used.grace, used.now);
    if standing == Standing::Spent {
        tx.families().revoke(pool, id).await?;
        return Ok((standing, family));
    }
    check(&user, &family, used.now)?;
    if standing == Standing::Current {
        tx.families().rotate(&family.clone().rotated(used.next_hash.clone(), used.now)).await?;
    }
    Ok((standing, family))
}

fn reused(family: &Family) -> Refusal {
    tracing::warn!(
        pool.id = %family.pool, user.sub = %family.sub, family = %family.id,
        "a refresh token came back after it was replaced: the sign-in was ended"
    );
    Refusal::RefreshTokenReused
}
