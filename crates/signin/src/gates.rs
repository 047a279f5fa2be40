//! Which flow may come through which door and client (authentication.md 1.1).

use crate::Door;
use contract::cognito_idp::types::AuthFlowType;
use model::{Client, Flow, Refusal};

/// The flow a call asks for, if this door and this client let it through.
pub fn admitted(asked: AuthFlowType, door: Door, client: &Client) -> Result<Flow, Refusal> {
    use AuthFlowType as A;
    let flow = match (asked, door) {
        (A::UserSrpAuth, _) => Flow::UserSrp,
        (A::UserPasswordAuth, Door::Public) => Flow::UserPassword,
        (A::AdminNoSrpAuth | A::AdminUserPasswordAuth, Door::Administrator) => Flow::AdminUserPassword,
        (A::CustomAuth, _) => Flow::Custom,
        (A::UserAuth, _) => Flow::UserAuth,
        (A::RefreshToken | A::RefreshTokenAuth, _) => Flow::Refresh,
        (A::UserPasswordAuth | A::AdminNoSrpAuth | A::AdminUserPasswordAuth, _) => {
            return Err(Refusal::FlowNotSupported);
        }
    };
    if client.allows(flow) { Ok(flow) } else { Err(Refusal::FlowNotEnabled(closed(flow))) }
}

fn closed(flow: Flow) -> &'static str {
    match flow {
        Flow::UserPassword => "USER_PASSWORD_AUTH flow not enabled for this client",
        Flow::UserSrp => "USER_SRP_AUTH flow not enabled for this client",
        Flow::Custom => "CUSTOM_AUTH flow not enabled for this client",
        Flow::UserAuth => "USER_AUTH flow not enabled for this client",
        Flow::AdminUserPassword | Flow::Refresh => "Auth flow not enabled for this client",
    }
}
