//! The `Session` of a challenge: everything the next step needs, sealed, bound to pool, client
//! and the door the sign-in began behind, good once.

use crate::{Challenge, Signin};
use accounts::Through;
use contract::cognito_idp::types::ChallengeNameType;
use crypto::{TokenError, TokenPurpose};
use indexmap::IndexMap;
use kernel::{Secret, Sub, Time};
use model::Refusal;
use serde::{Deserialize, Serialize};

/// What a session carries from one step to the next.
#[derive(Debug, Serialize, Deserialize)]
pub struct State {
    /// Which challenge it answers.
    pub challenge: String,
    /// Whose sign-in it is.
    pub sub: String,
    /// The password row's generation when it was proved.
    pub credential_generation: i64,
    /// The person's generation when it was proved.
    pub user_generation: i64,
    /// The sign-in's event.
    pub event_id: uuid::Uuid,
    /// PASSWORD_VERIFIER: the nonce of the secret block it was handed out with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
}

/// A session that came back.
#[derive(Debug)]
pub struct Presented {
    /// What it carries.
    pub state: State,
    /// Used up when the step is taken.
    pub nonce: [u8; 16],
    /// From then on the nonce need not be remembered.
    pub expires: Time,
}

impl Signin {
    /// Seals a session and wraps it into its challenge.
    pub(crate) fn challenge(
        &self,
        through: &Through,
        name: ChallengeNameType,
        parameters: IndexMap<String, String>,
        state: &State,
    ) -> Result<Challenge, Refusal> {
        let payload = Secret::new(serde_json::to_vec(state).map_err(Refusal::internal)?);
        let now = self.accounts.clock.now();
        let expires = now + through.client.session_lifetime();
        let session = self.accounts.keyring.seal_token(
            TokenPurpose::Session,
            &binding(through),
            expires,
            payload.reveal(),
            now,
            &*self.accounts.entropy,
        );
        Ok(Challenge { name, parameters, session: Secret::new(session) })
    }

    /// Opens a session that must answer `name`.
    pub(crate) fn open_session(
        &self,
        through: &Through,
        name: ChallengeNameType,
        text: &Secret<String>,
    ) -> Result<Presented, Refusal> {
        let now = self.accounts.clock.now();
        let opened =
            self.accounts.keyring.open_token(TokenPurpose::Session, &binding(through), text.reveal(), now).map_err(
                |error| match error {
                    TokenError::Expired => Refusal::SessionExpired,
                    TokenError::Garbage => Refusal::SessionInvalid,
                },
            )?;
        // Of another release: as good as none.
        let state: State = serde_json::from_slice(opened.payload.reveal()).map_err(|_| Refusal::SessionInvalid)?;
        if state.challenge != name.as_str() {
            return Err(Refusal::SessionInvalid);
        }
        Ok(Presented { state, nonce: opened.nonce, expires: opened.expires })
    }

    /// A sub that was written by us; anything else names nobody.
    pub(crate) fn sub_of(&self, text: &str) -> Sub {
        Sub::parse(text).unwrap_or_else(|_| Sub::draw(&*self.accounts.entropy))
    }
}

/// What a session or secret block is good for. The door is part of it: what a back end began with signed calls is not
/// finished by whoever gets hold of the session, nor does a public sign-in go on with the rights of a back end.
pub(crate) fn binding(through: &Through) -> [&str; 3] {
    [through.pool.id.as_str(), through.client.id.as_str(), through.door.as_str()]
}
