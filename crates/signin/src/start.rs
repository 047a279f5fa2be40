//! The first call of a sign-in: gates, client proof, then the flow (authentication.md 2).

use crate::parameters::Parameters;
use crate::{Signin, Step, gates};
use accounts::Through;
use contract::cognito_idp::types::AuthFlowType;
use model::{Flow, Refusal};

/// A sign-in as asked for.
#[derive(Debug)]
pub struct Start {
    /// The client and its pool.
    pub through: Through,
    /// Which flow.
    pub flow: AuthFlowType,
    /// AuthParameters.
    pub parameters: Parameters,
}

impl Signin {
    /// Begins a sign-in.
    ///
    /// # Errors
    /// The refusal of the first gate that stays shut.
    pub async fn start(&self, start: Start) -> Result<Step, Refusal> {
        match gates::admitted(start.flow, start.through.door, &start.through.client)? {
            Flow::UserSrp => self.start_srp(&start).await,
            Flow::UserPassword | Flow::AdminUserPassword => self.start_password(&start).await,
            Flow::Refresh => self.start_refresh(&start).await,
            // No pool can have triggers yet (directory refuses to configure them), so this is always the answer.
            Flow::Custom => {
                Err(Refusal::Invalid("Custom auth lambda trigger is not configured for the user pool.".to_owned()))
            }
            // Needs the choice of factors, which is not built. Saying so beats pretending.
            Flow::UserAuth => Err(Refusal::NotBuilt("The USER_AUTH flow is not implemented yet.")),
        }
    }
}
