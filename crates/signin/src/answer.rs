//! The answer to a challenge: the session must be for this very challenge, and is used up by it.

use crate::parameters::Parameters;
use crate::session::Presented;
use crate::subject::{Known, StandIn, Subject};
use crate::{Signin, Step};
use accounts::Through;
use contract::cognito_idp::types::ChallengeNameType;
use kernel::{Secret, Sub};
use model::Refusal;
use store::work;

/// An answer as given.
#[derive(Debug)]
pub struct Answer {
    /// The client and its pool.
    pub through: Through,
    /// Which challenge it claims to answer.
    pub challenge: ChallengeNameType,
    /// The session that came with the challenge.
    pub session: Option<Secret<String>>,
    /// ChallengeResponses.
    pub parameters: Parameters,
}

impl Signin {
    /// Takes an answer.
    ///
    /// # Errors
    /// Why it was turned away; a wrong answer that may be tried again leaves the session good.
    pub async fn answer(&self, answer: Answer) -> Result<Step, Refusal> {
        match answer.challenge {
            ChallengeNameType::PasswordVerifier => self.answer_srp(&answer).await,
            ChallengeNameType::NewPasswordRequired => {
                let session = self.needed_session(&answer)?;
                self.answer_new_password(&answer, &session).await
            }
            // No other challenge is ever outstanding, so no session can be for one.
            _ => self.needed_session(&answer).and(Err(Refusal::SessionInvalid)),
        }
    }

    fn needed_session(&self, answer: &Answer) -> Result<Presented, Refusal> {
        let text = answer.session.as_ref().ok_or(Refusal::ParameterMissing("Session"))?;
        self.open_session(&answer.through, answer.challenge, text)
    }

    /// The person a session or secret block was made for, as they stand now.
    pub(crate) async fn subject_of(&self, through: &Through, sub: &Sub) -> Result<Subject, Refusal> {
        let (pool, id) = (through.pool.id.clone(), sub.clone());
        let found = self
            .accounts
            .store
            .read(work!(|tx, pool, id| -> Refusal {
                let Some(user) = tx.users().get(pool, id).await? else { return Ok(None) };
                let credential = tx.credentials().get(pool, id).await?;
                Ok(Some(Known { user, credential }))
            }))
            .await?;
        Ok(match found {
            Some(known) => Subject::Known(Box::new(known)),
            None => Subject::Unknown(StandIn { sub: sub.clone() }),
        })
    }

    /// An answer's USERNAME must name the person the challenge was for: by canonical name, sub or any alias.
    pub(crate) async fn must_name(&self, through: &Through, typed: &str, subject: &Subject) -> Result<(), Refusal> {
        let same = match subject {
            Subject::Known(known) => typed == known.user.username || typed == known.user.sub.as_str(),
            Subject::Unknown(stand_in) => typed == stand_in.sub.as_str(),
        };
        if same || self.look_up(&through.pool, typed).await?.attempt_key() == subject.attempt_key() {
            Ok(())
        } else {
            Err(Refusal::SessionInvalid)
        }
    }
}
