//! The envelope of a sign-in's outcome (authentication.md 1).

use contract::cognito_idp::types::AuthenticationResultType;
use indexmap::IndexMap;
use tokens::TokenSet;

/// ChallengeParameters where nothing is asked: an empty object, always there.
#[must_use]
pub fn none() -> IndexMap<String, String> {
    IndexMap::new()
}

/// The tokens as an answer carries them.
#[must_use]
pub fn result(set: TokenSet) -> AuthenticationResultType {
    AuthenticationResultType {
        access_token: Some(set.access_token),
        expires_in: Some(set.expires_in),
        token_type: Some("Bearer".to_owned()),
        refresh_token: set.refresh_token,
        id_token: Some(set.id_token),
        new_device_metadata: None,
    }
}

/// A step of the engine as the answer of one of the four sign-in operations, whose outputs are alike and distinct types.
macro_rules! outcome {
    ($step:expr) => {
        match $step {
            signin::Step::Tokens(set) => Output {
                challenge_parameters: Some($crate::challenge::none()),
                authentication_result: Some($crate::challenge::result(set)),
                ..Output::default()
            },
            signin::Step::Challenge(asked) => Output {
                challenge_name: Some(asked.name),
                session: Some(asked.session),
                challenge_parameters: Some(asked.parameters),
                ..Output::default()
            },
        }
    };
}
pub(crate) use outcome;
