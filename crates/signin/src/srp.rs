//! USER_SRP_AUTH: a proof of the password that never shows it (authentication.md 4).
//!
//! All state between challenge and answer is in SECRET_BLOCK, since old clients send no Session; the block is good once.

use crate::answer::Answer;
use crate::finish::is_welcome;
use crate::proof::{Against, Proof};
use crate::session::{State, binding};
use crate::start::Start;
use crate::subject::Subject;
use crate::{Signin, Step, lock};
use accounts::{Accounts, Through};
use contract::cognito_idp::types::ChallengeNameType;
use crypto::srp::{Exchange, Identity, PublicA, Verifier, salt_text};
use crypto::{OpenedToken, StoredPassword, TokenError, TokenPurpose};
use data_encoding::{BASE64, HEXLOWER};
use indexmap::IndexMap;
use kernel::{EntropyExt, Secret, Sub};
use model::Refusal;
use store::work;

/// Room for a sub in a block: blocks of all people have one length, or the length would tell who exists.
const SUB_ROOM: usize = 64;

/// What a block carries besides the exchange.
struct Block {
    sub: Sub,
    event_id: uuid::Uuid,
    exchange: Exchange,
}

impl Block {
    fn to_bytes(&self) -> Option<Secret<Vec<u8>>> {
        let sub = self.sub.as_str().as_bytes();
        let padding = SUB_ROOM.checked_sub(sub.len())?;
        let mut out = Vec::with_capacity(1 + SUB_ROOM + 16 + Exchange::BYTES);
        out.push(u8::try_from(sub.len()).ok()?);
        out.extend_from_slice(sub);
        out.resize(out.len() + padding, 0);
        out.extend_from_slice(self.event_id.as_bytes());
        out.extend_from_slice(self.exchange.to_bytes().reveal());
        Some(Secret::new(out))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (len, rest) = bytes.split_first()?;
        let (room, rest) = rest.split_first_chunk::<SUB_ROOM>()?;
        let (event, rest) = rest.split_first_chunk::<16>()?;
        let sub = std::str::from_utf8(room.get(..usize::from(*len))?).ok()?;
        Some(Self {
            sub: Sub::parse(sub).ok()?,
            event_id: uuid::Uuid::from_bytes(*event),
            exchange: Exchange::from_bytes(rest)?,
        })
    }
}

impl Signin {
    pub(crate) async fn start_srp(&self, start: &Start) -> Result<Step, Refusal> {
        let through = &start.through;
        let name = start.parameters.need_username()?;
        let subject = self.look_up(&through.pool, name).await?;
        let hash = start.parameters.text("SECRET_HASH");
        self.accounts.prove_client_over(through, &Accounts::hashable(name, subject.user()), hash).await?;
        let a = PublicA::parse(start.parameters.need("SRP_A")?.reveal()).map_err(|_| Refusal::WrongPassword)?;
        let masked = through.client.masks_existence();
        match &subject {
            Subject::Unknown(_) if !masked => return Err(Refusal::NoSuchUser),
            Subject::Known(known) if !known.user.enabled() && !masked => return Err(Refusal::Disabled),
            _ => {}
        }
        self.ask_proof(through, &subject, a).await
    }

    async fn ask_proof(&self, through: &Through, subject: &Subject, a: PublicA) -> Result<Step, Refusal> {
        let StoredPassword::Srp(srp) = self.provable(through, subject)? else {
            return Err(Refusal::internal("a provable password is an SRP verifier"));
        };
        let salt = salt_text(&srp.salt);
        let entropy = self.accounts.entropy.clone();
        let job = move || Exchange::begin(a, &srp.verifier, &*entropy);
        let (exchange, srp_b) = self.accounts.crypto.password(job).await.map_err(|_| Refusal::Busy)?;

        let event_id = self.accounts.entropy.uuid();
        let sub = self.sub_of(subject.attempt_key());
        let block = Block { sub: sub.clone(), event_id, exchange };
        let (text, nonce) = self.seal_block(through, &block)?;
        let user_id = subject.user_id().to_owned();
        let parameters = IndexMap::from([
            ("SALT".to_owned(), salt),
            ("SECRET_BLOCK".to_owned(), text),
            ("SRP_B".to_owned(), srp_b),
            ("USERNAME".to_owned(), user_id.clone()),
            ("USER_ID_FOR_SRP".to_owned(), user_id),
        ]);
        let state = State {
            challenge: ChallengeNameType::PasswordVerifier.as_str().to_owned(),
            sub: sub.as_str().to_owned(),
            credential_generation: 0,
            user_generation: 0,
            event_id,
            block: Some(HEXLOWER.encode(&nonce)),
        };
        self.challenge(through, ChallengeNameType::PasswordVerifier, parameters, &state).map(Step::Challenge)
    }

    /// The verifier a proof is made against: the person's, or a decoy where there is none that today's names could prove.
    fn provable(&self, through: &Through, subject: &Subject) -> Result<StoredPassword, Refusal> {
        let stored = self.stored_password(through, subject)?;
        let today = Identity { pool_name: through.pool.id.srp_name(), user_id: subject.user_id() };
        match stored.as_srp() {
            Some(srp) if srp.is_of(today) => Ok(stored),
            _ => Ok(self.decoy_of(&through.pool, &self.sub_of(subject.attempt_key()))),
        }
    }

    fn seal_block(&self, through: &Through, block: &Block) -> Result<(String, [u8; 16]), Refusal> {
        let now = self.accounts.clock.now();
        let payload = block.to_bytes().ok_or_else(|| Refusal::internal("a sub is too long for a secret block"))?;
        let keyring = &self.accounts.keyring;
        let expires = now + through.client.session_lifetime();
        let purpose = TokenPurpose::SecretBlock;
        let text =
            keyring.seal_token(purpose, &binding(through), expires, payload.reveal(), now, &*self.accounts.entropy);
        let opened = keyring.open_token(purpose, &binding(through), &text, now).map_err(Refusal::internal)?;
        Ok((text, opened.nonce))
    }

    fn open_block(&self, through: &Through, text: &str) -> Result<(Block, OpenedToken), Refusal> {
        let now = self.accounts.clock.now();
        let opened = self.accounts.keyring.open_token(TokenPurpose::SecretBlock, &binding(through), text, now);
        let opened = opened.map_err(|error| match error {
            TokenError::Expired => Refusal::SessionExpired,
            TokenError::Garbage => Refusal::SessionInvalid,
        })?;
        let block = Block::from_bytes(opened.payload.reveal()).ok_or(Refusal::SessionInvalid)?;
        Ok((block, opened))
    }

    pub(crate) async fn answer_srp(&self, answer: &Answer) -> Result<Step, Refusal> {
        let (through, given) = (&answer.through, &answer.parameters);
        let typed = given.need_username()?;
        let block_text = given.need("PASSWORD_CLAIM_SECRET_BLOCK")?;
        let signature = given.need("PASSWORD_CLAIM_SIGNATURE")?.clone();
        let timestamp = readable_timestamp(given.need("TIMESTAMP")?.reveal())?;
        let (block, opened) = self.open_block(through, block_text.reveal())?;
        if let Some(session) = &answer.session {
            let presented = self.open_session(through, answer.challenge, session)?;
            if presented.state.block.as_deref() != Some(HEXLOWER.encode(&opened.nonce).as_str()) {
                return Err(Refusal::SessionInvalid);
            }
        }
        let subject = self.subject_of(through, &block.sub).await?;
        let hash = given.text("SECRET_HASH");
        self.accounts.prove_client_over(through, &Accounts::hashable(typed, subject.user()), hash).await?;
        self.must_name(through, typed, &subject).await?;
        self.use_up(through, &subject, &opened).await?;

        let event_id = block.event_id;
        let block_bytes = BASE64.decode(block_text.reveal().as_bytes());
        let claim = Proof { exchange: block.exchange, block_bytes, timestamp, signature };
        let checked = self.check(through, &subject, claim).await;
        let (right, powers) = self.judged(&through.pool, &subject, checked).await?;
        match subject {
            Subject::Known(known) if right && known.user.enabled() => {
                self.after_first_factor(through, *known, event_id, powers).await
            }
            subject => Err(self.unproved(through, &subject).await?),
        }
    }

    /// One commit uses the block up and takes the attempt: neither can be had without the other.
    async fn use_up(&self, through: &Through, subject: &Subject, opened: &OpenedToken) -> Result<(), Refusal> {
        let (pool, key, now) = (through.pool.clone(), subject.attempt_key().to_owned(), self.accounts.clock.now());
        let (nonce, expires) = (opened.nonce, opened.expires);
        self.accounts
            .store
            .write(work!(|tx, pool, key, now, nonce, expires| -> Refusal {
                if !tx.spent().take(&pool.id, nonce, *expires).await? {
                    return Ok(Err(Refusal::SessionReused));
                }
                lock::take(tx, pool, key, *now).await
            }))
            .await?
    }

    /// Checks the claim; the first right one also yields the password with the verifier's powers, to be kept.
    async fn check(
        &self,
        through: &Through,
        subject: &Subject,
        proof: Proof,
    ) -> Result<(bool, Option<StoredPassword>), Refusal> {
        let StoredPassword::Srp(srp) = self.provable(through, subject)? else {
            return Err(Refusal::internal("a provable password is an SRP verifier"));
        };
        let own = matches!(subject, Subject::Known(known) if known.credential.is_some())
            && self.stored_password(through, subject)?.as_srp().is_some_and(|mine| mine.identity() == srp.identity());
        let (now, masked) = (self.accounts.clock.now(), through.client.masks_existence());
        let welcome = subject.known().is_some_and(|known| is_welcome(known, now, masked));
        let job = move || proof.judge(Against { srp, own, welcome }, Verifier::powers);
        self.accounts.crypto.password(job).await.map_err(|_| Refusal::Busy)
    }
}

/// The time text is signed as sent, so it is not parsed; it only must be text (authentication.md 4.2).
fn readable_timestamp(text: &str) -> Result<String, Refusal> {
    let readable = text.len() <= 64 && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    if readable { Ok(text.to_owned()) } else { Err(Refusal::WrongPassword) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_a_short_text_of_what_can_be_read() {
        let longest = "9".repeat(64);
        for good in ["Tue Sep 1 08:05:09 UTC 2026", "", " ~!", &longest] {
            assert_eq!(readable_timestamp(good).ok().as_deref(), Some(good));
        }
        for bad in [&*"9".repeat(65), "a\tb", "a\n", "\u{7f}", "ü"] {
            assert!(matches!(readable_timestamp(bad), Err(Refusal::WrongPassword)), "{bad:?}");
        }
    }
}
