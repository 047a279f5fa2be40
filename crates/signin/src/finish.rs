//! After the first factor: what is still asked, and the commit that ends a sign-in.

use crate::session::State;
use crate::subject::Known;
use crate::{Signin, Step, lock};
use accounts::Through;
use contract::cognito_idp::types::ChallengeNameType;
use crypto::StoredPassword;
use crypto::offload::Turn;
use indexmap::IndexMap;
use model::{Credential, Refusal, User, UserStatus};
use store::{Tx, work};
use tokens::Holder;

/// What is asked after a proof, in the order of the pipeline (authentication.md 2). Factors take their places here.
enum Next {
    /// Nothing more.
    Tokens,
    /// A temporary password must be replaced.
    NewPassword,
}

impl Signin {
    /// Goes on after a right password or SRP proof: status first, then what is still asked, then tokens.
    ///
    /// `refreshed` replaces what the password row holds, when the proof brought something worth keeping with it.
    pub(crate) async fn after_first_factor(
        &self,
        through: &Through,
        known: Known,
        event_id: uuid::Uuid,
        refreshed: Option<StoredPassword>,
    ) -> Result<Step, Refusal> {
        let subject = || crate::subject::Subject::Known(Box::new(known.clone()));
        let now = self.accounts.clock.now();
        if !is_welcome(&known, now, through.client.masks_existence()) {
            return Err(Refusal::WrongPassword);
        }
        let next = match next(&known, now) {
            Ok(next) => next,
            Err(refusal) => {
                self.return_attempt(&through.pool, &subject()).await?;
                return Err(refusal);
            }
        };
        match next {
            Next::NewPassword => {
                self.return_attempt(&through.pool, &subject()).await?;
                self.ask_new_password(through, &known, event_id)
            }
            Next::Tokens => self.finish(through, known, event_id, refreshed).await,
        }
    }

    /// What somebody is told whose password was not proved.
    ///
    /// Whoever was imported, or migrated, without a password has none to prove; openly they learn that they must reset it.
    pub(crate) async fn unproved(
        &self,
        through: &Through,
        subject: &crate::subject::Subject,
    ) -> Result<Refusal, Refusal> {
        let resets = subject.known().is_some_and(|known| {
            known.credential.is_none() && known.user.enabled() && known.user.status == UserStatus::ResetRequired
        });
        if !resets || through.client.masks_existence() {
            return Ok(Refusal::WrongPassword);
        }
        self.return_attempt(&through.pool, subject).await?;
        Ok(Refusal::ResetRequired)
    }

    /// The commit that ends a sign-in, and the tokens. It refuses when the person's status or password moved since the proof.
    async fn finish(
        &self,
        through: &Through,
        known: Known,
        event_id: uuid::Uuid,
        refreshed: Option<StoredPassword>,
    ) -> Result<Step, Refusal> {
        let now = self.accounts.clock.now();
        let opened = self.tokens.open_family(&through.client, &known.user, event_id, now);
        let replacement = known.credential.as_ref().zip(refreshed).map(|(old, stored)| {
            let (generation, expires) = (old.generation, old.expires);
            Credential {
                set: old.set,
                ..self.accounts.sealed_credential(&through.pool, &old.sub, &stored, generation, expires)
            }
        });
        let (pool, proved, family) = (through.pool.clone(), known, opened.family);
        let holder = self
            .accounts
            .store
            .write(work!(|tx, pool, proved, family, replacement| -> Refusal {
                let user = unmoved(tx, proved).await?;
                lock::give_back(tx, pool, user.sub.as_str()).await?;
                if let Some(replacement) = replacement {
                    tx.credentials()
                        .reseal(&replacement.pool, &replacement.sub, replacement.generation, &replacement.sealed)
                        .await?;
                }
                tx.families().insert(family).await?;
                let membership = tx.groups().get_membership(&pool.id, &user.sub).await?;
                Ok(Holder { user, membership, family: family.clone() })
            }))
            .await?;
        self.tokens_of(through, &holder, opened.refresh_token).await
    }

    /// Signs and hands out the tokens of a sign-in that has been committed.
    pub(crate) async fn tokens_of(
        &self,
        through: &Through,
        holder: &Holder,
        refresh_token: kernel::Secret<String>,
    ) -> Result<Step, Refusal> {
        let set = self.tokens.issue(Turn::InLine, &through.pool, &through.client, holder).await?;
        Ok(Step::Tokens(tokens::TokenSet { refresh_token: Some(refresh_token), ..set }))
    }

    fn ask_new_password(&self, through: &Through, known: &Known, event_id: uuid::Uuid) -> Result<Step, Refusal> {
        let user = &known.user;
        // What only administrators may see is not for a client on its way in either (user-pools.md 6.5).
        let shown: IndexMap<_, _> = user.attributes.iter().filter(|(name, _)| !name.starts_with("dev:")).collect();
        let attributes = serde_json::to_string(&shown).map_err(Refusal::internal)?;
        let missing: Vec<String> = through
            .pool
            .required_attributes()
            .filter(|name| user.attribute(name).is_none())
            .map(|name| format!("userAttributes.{name}"))
            .collect();
        let parameters = IndexMap::from([
            ("USER_ID_FOR_SRP".to_owned(), user.username.clone()),
            ("requiredAttributes".to_owned(), serde_json::to_string(&missing).map_err(Refusal::internal)?),
            ("userAttributes".to_owned(), attributes),
        ]);
        let state = State {
            challenge: ChallengeNameType::NewPasswordRequired.as_str().to_owned(),
            sub: user.sub.as_str().to_owned(),
            credential_generation: known.credential.as_ref().map_or(0, |c| c.generation),
            user_generation: user.generation,
            event_id,
            block: None,
        };
        self.challenge(through, ChallengeNameType::NewPasswordRequired, parameters, &state).map(Step::Challenge)
    }
}

/// What the status of somebody who has just proved who they are leads to.
fn next(known: &Known, now: kernel::Time) -> Result<Next, Refusal> {
    match known.user.status {
        UserStatus::Confirmed => Ok(Next::Tokens),
        UserStatus::ForceChangePassword => {
            if known.credential.as_ref().and_then(|c| c.expires).is_some_and(|end| end <= now) {
                Err(Refusal::TemporaryPasswordExpired)
            } else {
                Ok(Next::NewPassword)
            }
        }
        UserStatus::Unconfirmed => Err(Refusal::NotConfirmed),
        UserStatus::ResetRequired => Err(Refusal::ResetRequired),
        UserStatus::ExternalProvider | UserStatus::Archived | UserStatus::Compromised | UserStatus::Unknown => {
            Err(Refusal::WrongPassword)
        }
    }
}

/// Whether the right password of theirs is taken for what it is. Of those who are switched off or in a state nobody signs in
/// from, and under masking of whoever must reset, it is told what a wrong one is told, costs what that costs, and counts as
/// one: a right one that did not count would be told apart by the lock that never comes (authentication.md 12).
pub(crate) fn is_welcome(known: &Known, now: kernel::Time, masked: bool) -> bool {
    known.user.enabled()
        && match next(known, now) {
            Err(Refusal::WrongPassword) => false,
            Err(Refusal::ResetRequired) => !masked,
            _ => true,
        }
}

/// The person as they stand now, if nothing that was proved has moved: an administrator who switches somebody off or
/// resets a password while the proof is being checked must win.
pub(crate) async fn unmoved(tx: &mut Tx, proved: &Known) -> Result<User, Refusal> {
    let pool = &proved.user.pool;
    let user = tx.users().get_for_update(pool, &proved.user.sub).await?.ok_or(Refusal::WrongPassword)?;
    let generation = tx.credentials().get_generation_for_update(pool, &user.sub).await?.unwrap_or(0);
    if is_same(&user, generation, proved) { Ok(user) } else { Err(Refusal::WrongPassword) }
}

/// Whether person and password row are those of the proof.
fn is_same(user: &User, generation: i64, proved: &Known) -> bool {
    user.enabled()
        && user.status == proved.user.status
        && user.generation == proved.user.generation
        && generation == proved.credential.as_ref().map_or(0, |c| c.generation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use indexmap::IndexMap;
    use kernel::{Sub, Time, UserPoolId};

    const NOW: Time = Time::from_secs(1_767_268_800);

    fn person(status: UserStatus, disabled_since: Option<Time>) -> Known {
        let sub = Sub::parse("00000000-0000-4000-8000-000000000001").unwrap();
        let user = User {
            pool: UserPoolId::parse("eu-west-1_AbCdEfGhI").unwrap(),
            username: "ana".into(),
            sub,
            attributes: IndexMap::new(),
            status,
            disabled_since,
            created: NOW,
            modified: NOW,
            generation: 0,
        };
        Known { user, credential: None }
    }

    #[test]
    fn st_11_whose_right_password_is_told_as_a_wrong_one() {
        use UserStatus as S;
        for status in S::ALL {
            let nowhere = matches!(status, S::ExternalProvider | S::Archived | S::Compromised | S::Unknown);
            for masked in [true, false] {
                let hidden = nowhere || status == S::ResetRequired && masked;
                assert_eq!(is_welcome(&person(status, None), NOW, masked), !hidden, "{status:?}, masked: {masked}");
                assert!(!is_welcome(&person(status, Some(NOW)), NOW, masked), "{status:?}, switched off");
            }
        }
    }

    #[test]
    fn whatever_has_moved_since_the_proof_undoes_it() {
        let person = |status, since, generation| User { generation, ..person(status, since).user };
        let user = person(UserStatus::Confirmed, None, 3);
        let credential = Credential {
            pool: user.pool.clone(),
            sub: user.sub.clone(),
            generation: 7,
            sealed: Vec::new(),
            expires: None,
            set: NOW,
        };
        let without = Known { user: user.clone(), credential: None };
        let with = Known { credential: Some(credential), ..without.clone() };
        assert!(is_same(&user, 7, &with) && is_same(&user, 0, &without));
        assert!(!is_same(&user, 8, &with) && !is_same(&user, 0, &with) && !is_same(&user, 1, &without));
        for moved in [
            person(UserStatus::Confirmed, Some(NOW), 3),
            person(UserStatus::Confirmed, None, 4),
            person(UserStatus::ResetRequired, None, 3),
        ] {
            assert!(!is_same(&moved, 7, &with) && !is_same(&moved, 0, &without), "{moved:?}");
        }
    }
}
