//! NEW_PASSWORD_REQUIRED: a temporary password is replaced, missing required attributes are given (authentication.md 7.6).

use crate::answer::Answer;
use crate::session::Presented;
use crate::subject::{Known, Subject};
use crate::{Signin, Step, finish, lock};
use accounts::{Accounts, NewPassword, Rules, Through};
use kernel::Sub;
use model::{Refusal, User};
use store::work;
use tokens::Holder;

impl Signin {
    pub(crate) async fn answer_new_password(&self, answer: &Answer, session: &Presented) -> Result<Step, Refusal> {
        let (through, given) = (&answer.through, &answer.parameters);
        let typed = given.need_username()?;
        let sub = Sub::parse(&session.state.sub).map_err(|_| Refusal::SessionInvalid)?;
        let subject = self.subject_of(through, &sub).await?;
        let hash = given.text("SECRET_HASH");
        self.accounts.prove_client_over(through, &Accounts::hashable(typed, subject.user()), hash).await?;
        self.must_name(through, typed, &subject).await?;
        let Subject::Known(known) = subject else { return Err(Refusal::SessionInvalid) };
        if !still_proved(&known, session) {
            return Err(self.moved_on(through, session).await?);
        }
        let password = given.need("NEW_PASSWORD")?;
        let completed = self.accounts.complete_attributes(through, &known.user, given.below("userAttributes."))?;
        let new = self.accounts.new_password(&through.pool, &known.user, password, None, Rules::All).await?;
        self.commit_new_password(through, *known, completed, new, session).await
    }

    /// What a session that no longer fits is told: that it was answered before, or that it proves nothing any more.
    async fn moved_on(&self, through: &Through, session: &Presented) -> Result<Refusal, Refusal> {
        let (pool, nonce, expires) = (through.pool.id.clone(), session.nonce, session.expires);
        let first = self
            .accounts
            .store
            .write(work!(|tx, pool, nonce, expires| -> Refusal { Ok(tx.spent().take(pool, nonce, *expires).await?) }))
            .await?;
        Ok(if first { Refusal::SessionInvalid } else { Refusal::SessionReused })
    }

    async fn commit_new_password(
        &self,
        through: &Through,
        proved: Known,
        completed: User,
        new: NewPassword,
        session: &Presented,
    ) -> Result<Step, Refusal> {
        let now = self.accounts.clock.now();
        let user = self.accounts.with_new_password(completed, now);
        let opened = self.tokens.open_family(&through.client, &user, session.state.event_id, now);
        let (pool, saved, family) = (through.pool.clone(), user, opened.family);
        let (nonce, expires) = (session.nonce, session.expires);
        let holder = self
            .accounts
            .store
            .write(work!(|tx, pool, proved, saved, new, family, nonce, expires| -> Refusal {
                if !tx.spent().take(&pool.id, nonce, *expires).await? {
                    return Err(Refusal::SessionReused);
                }
                let present = finish::unmoved(tx, proved).await.map_err(|refusal| match refusal {
                    Refusal::WrongPassword => Refusal::SessionInvalid,
                    other => other,
                })?;
                // What is saved below was decided on the person as they were read: a change of attributes since then
                // must neither be undone nor leave names that belong to no attribute.
                if present != proved.user {
                    return Err(Refusal::SessionInvalid);
                }
                accounts::claim_new_contacts(tx, pool, &proved.user, saved).await?;
                tx.users().save(saved).await?;
                if !new.store(tx).await? {
                    return Err(Refusal::SessionInvalid);
                }
                lock::give_back(tx, pool, saved.sub.as_str()).await?;
                tx.families().insert(family).await?;
                let membership = tx.groups().get_membership(&pool.id, &saved.sub).await?;
                Ok(Holder { user: saved.clone(), membership, family: family.clone() })
            }))
            .await?;
        self.tokens_of(through, &holder, opened.refresh_token).await
    }
}

/// Whether what the session proved still stands.
fn still_proved(known: &Known, session: &Presented) -> bool {
    known.user.enabled()
        && known.user.status == model::UserStatus::ForceChangePassword
        && known.user.generation == session.state.user_generation
        && known.credential.as_ref().map_or(0, |c| c.generation) == session.state.credential_generation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::State;
    use kernel::{Time, UserPoolId};
    use model::{Credential, UserStatus};

    const NOW: Time = Time::from_secs(1_767_268_800);

    fn session(user_generation: i64, credential_generation: i64) -> Presented {
        let state = State {
            challenge: "NEW_PASSWORD_REQUIRED".into(),
            sub: "00000000-0000-4000-8000-000000000001".into(),
            credential_generation,
            user_generation,
            event_id: uuid::Uuid::nil(),
            block: None,
        };
        Presented { state, nonce: [0; 16], expires: NOW }
    }

    fn person(status: UserStatus, disabled_since: Option<Time>, credential: bool) -> Known {
        let (pool, sub) = (UserPoolId::parse("eu-west-1_AbCdEfGhI").unwrap(), session(0, 0).state.sub);
        let sub = Sub::parse(&sub).unwrap();
        let credential = credential.then(|| Credential {
            pool: pool.clone(),
            sub: sub.clone(),
            generation: 7,
            sealed: Vec::new(),
            expires: None,
            set: NOW,
        });
        let user = User {
            pool,
            username: "ana".into(),
            sub,
            attributes: Default::default(),
            status,
            disabled_since,
            created: NOW,
            modified: NOW,
            generation: 3,
        };
        Known { user, credential }
    }

    #[test]
    fn a_session_stands_as_long_as_nothing_of_what_it_proved_has_moved() {
        use UserStatus::{Confirmed, ForceChangePassword};
        assert!(still_proved(&person(ForceChangePassword, None, true), &session(3, 7)));
        assert!(still_proved(&person(ForceChangePassword, None, false), &session(3, 0)));
        for (person, session) in [
            (person(ForceChangePassword, Some(NOW), true), session(3, 7)),
            (person(Confirmed, None, true), session(3, 7)),
            (person(ForceChangePassword, None, true), session(4, 7)),
            (person(ForceChangePassword, None, true), session(3, 6)),
            (person(ForceChangePassword, None, false), session(3, 7)),
        ] {
            assert!(!still_proved(&person, &session), "{person:?} {session:?}");
        }
    }
}
