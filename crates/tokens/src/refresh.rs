//! Refresh tokens: a random handle under a MAC that names the family. The row holds only the handle's hash. How one
//! replaces another is in `rotate.rs`.

use crate::{Holder, Tokens};
use aws_lc_rs::digest;
use crypto::{Keyring, MacPurpose};
use data_encoding::BASE64URL_NOPAD;
use kernel::{Secret, Time, UserPoolId};
use model::{Client, Family, Pool, Refusal, Standing, User, UserStatus};
use std::time::Duration;
use store::work;

const VERSION: u8 = 1;
const MAC_LEN: usize = 16;

/// What a refresh token says.
#[derive(Debug)]
pub(crate) struct RefreshText {
    pub family: uuid::Uuid,
    pub sequence: u32,
    pub handle: Secret<[u8; 32]>,
}

impl RefreshText {
    /// What the family's row keeps: useless to whoever steals the database.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, self.handle.reveal()).as_ref().to_vec()
    }

    /// The token that replaces this one: the same each time it is worked out, so that a client that lost the answer, or
    /// asked twice at once, gets the one successor there is, and nobody a branch of their own.
    pub fn successor(&self, keyring: &Keyring, pool: &UserPoolId) -> Self {
        let body = self.body();
        let handle = keyring.mac(MacPurpose::Handle, &[b"refresh successor", pool.as_str().as_bytes(), &body]);
        Self { family: self.family, sequence: self.sequence.saturating_add(1), handle: Secret::new(handle) }
    }

    fn body(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1 + 16 + 4 + 32 + MAC_LEN);
        out.push(VERSION);
        out.extend_from_slice(self.family.as_bytes());
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(self.handle.reveal());
        out
    }

    /// The text the client holds; within `[A-Za-z0-9-_=.]+`, the model's pattern.
    pub fn encode(&self, keyring: &Keyring, pool: &UserPoolId) -> Secret<String> {
        let mut bytes = self.body();
        let mac = keyring.mac(MacPurpose::Handle, &[b"refresh", pool.as_str().as_bytes(), &bytes]);
        bytes.extend(mac.into_iter().take(MAC_LEN));
        Secret::new(BASE64URL_NOPAD.encode(&bytes))
    }

    /// Reads a text of ours for this pool; anything else is `None` and costs no look at the database.
    pub fn decode(text: &str, keyring: &Keyring, pool: &UserPoolId) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (body, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_LEN)?)?;
        let expected = keyring.mac(MacPurpose::Handle, &[b"refresh", pool.as_str().as_bytes(), body]);
        let (expected, _) = expected.split_at_checked(MAC_LEN)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(expected, mac).ok()?;
        let (version, rest) = body.split_first()?;
        let (family, rest) = rest.split_first_chunk::<16>()?;
        let (sequence, rest) = rest.split_first_chunk::<4>()?;
        let handle: [u8; 32] = rest.try_into().ok()?;
        (*version == VERSION).then(|| Self {
            family: uuid::Uuid::from_bytes(*family),
            sequence: u32::from_be_bytes(*sequence),
            handle: Secret::new(handle),
        })
    }

    /// Whether the row holds this very text.
    pub fn fits(&self, family: &Family) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.hash(), &family.token_hash).is_ok()
            && i64::from(self.sequence) == family.sequence
    }

    /// How this text stands to the family it names.
    pub fn standing(&self, family: &Family, grace: Duration, now: Time) -> Standing {
        family.standing(i64::from(self.sequence), self.fits(family), grace, now)
    }
}

/// Whether the sign-in may still be prolonged (tokens.md 6.4).
pub(crate) fn check(user: &User, family: &Family, now: Time) -> Result<(), Refusal> {
    if !family.lives(user.generation) || !user.enabled() {
        return Err(Refusal::RefreshTokenRevoked);
    }
    if family.expires <= now {
        return Err(Refusal::RefreshTokenExpired);
    }
    if user.status == UserStatus::ResetRequired {
        return Err(Refusal::ResetRequired);
    }
    Ok(())
}

impl Tokens {
    /// The family a refresh token of this pool names, whatever the state of either.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the database does not answer.
    pub(crate) async fn named_family(
        &self,
        pool: &UserPoolId,
        token: &str,
    ) -> Result<Option<(RefreshText, Holder)>, Refusal> {
        let Some(text) = RefreshText::decode(token, &self.keyring, pool) else { return Ok(None) };
        let (pool, id) = (pool.clone(), text.family);
        let found = self
            .store
            .read(work!(|tx, pool, id| -> Refusal {
                let Some(family) = tx.families().get(pool, id).await? else { return Ok(None) };
                let Some(user) = tx.users().get(pool, &family.sub).await? else { return Ok(None) };
                let membership = tx.groups().get_membership(pool, &family.sub).await?;
                Ok(Some(Holder { user, membership, family }))
            }))
            .await?;
        Ok(found.map(|found| (text, found)))
    }

    /// Looks whether a refresh token still prolongs its sign-in, where tokens are not rotated. Takes no writer.
    ///
    /// # Errors
    /// The refusal that tells why not.
    pub async fn redeem_refresh(
        &self,
        pool: &Pool,
        client: &Client,
        token: &Secret<String>,
    ) -> Result<Holder, Refusal> {
        let now = self.clock.now();
        let (text, found) = self.named_family(&pool.id, token.reveal()).await?.ok_or(Refusal::RefreshTokenInvalid)?;
        if found.family.client != client.id {
            return Err(Refusal::RefreshTokenInvalid);
        }
        match text.standing(&found.family, Duration::ZERO, now) {
            Standing::Current => {}
            // From a time when the client rotated: its successor goes on, it does not.
            Standing::InGrace | Standing::Spent => return Err(Refusal::RefreshTokenRevoked),
            Standing::Unknown => return Err(Refusal::RefreshTokenInvalid),
        }
        check(&found.user, &found.family, now)?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{EntropyExt, SystemEntropy};

    fn text() -> RefreshText {
        RefreshText { family: SystemEntropy.uuid(), sequence: 3, handle: Secret::new(SystemEntropy.bytes()) }
    }

    #[test]
    fn st_17_a_refresh_token_is_read_back_only_whole_unchanged_and_in_its_pool() {
        let keyring = Keyring::draw(&SystemEntropy);
        let pool = UserPoolId::parse("r_a").unwrap();
        let other = UserPoolId::parse("r_b").unwrap();
        let token = text().encode(&keyring, &pool);
        assert!(RefreshText::decode(token.reveal(), &keyring, &pool).is_some());
        assert!(RefreshText::decode(token.reveal(), &keyring, &other).is_none());
        assert!(RefreshText::decode(token.reveal(), &Keyring::draw(&SystemEntropy), &pool).is_none());
        for len in 0..token.reveal().len() {
            assert!(RefreshText::decode(&token.reveal()[..len], &keyring, &pool).is_none(), "{len}");
        }
        assert!(RefreshText::decode(&format!("{}A", token.reveal()), &keyring, &pool).is_none());
        for at in 0..token.reveal().len() {
            let mut bytes = token.expose().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(RefreshText::decode(&changed, &keyring, &pool).is_none(), "{at}");
        }
    }

    #[test]
    fn a_successor_is_worked_out_from_its_predecessor_alone_and_from_nothing_less() {
        let keyring = Keyring::draw(&SystemEntropy);
        let pool = UserPoolId::parse("r_a").unwrap();
        let first = text();
        let (next, again) = (first.successor(&keyring, &pool), first.successor(&keyring, &pool));
        assert_eq!(next.encode(&keyring, &pool).reveal(), again.encode(&keyring, &pool).reveal());
        assert_eq!((next.family, next.sequence), (first.family, first.sequence + 1));
        let other = RefreshText { handle: Secret::new(SystemEntropy.bytes()), ..text() };
        let others = [
            first.successor(&Keyring::draw(&SystemEntropy), &pool),
            first.successor(&keyring, &UserPoolId::parse("r_b").unwrap()),
            next.successor(&keyring, &pool),
            RefreshText { family: first.family, ..other }.successor(&keyring, &pool),
        ];
        assert!(others.iter().all(|other| other.hash() != next.hash()));
    }

    #[test]
    fn the_text_stays_within_the_models_pattern() {
        let keyring = Keyring::draw(&SystemEntropy);
        let token = text().encode(&keyring, &UserPoolId::parse("r_a").unwrap());
        assert!(token.reveal().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=.".contains(&b)));
    }
}
