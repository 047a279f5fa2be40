//! A client's RefreshTokenRotation on its way in (tokens.md 6.3, user-pools.md 8.1).

use contract::Fault;
use contract::cognito_idp::fault;
use contract::cognito_idp::types::{ExplicitAuthFlowsType, FeatureType, UserPoolClientType};

/// Refuses rotation beside the flow whose answer has no room for the next token.
pub fn check(settings: &UserPoolClientType) -> Result<(), Fault> {
    let on = settings.refresh_token_rotation.as_ref().is_some_and(|r| r.feature == FeatureType::Enabled);
    let flows = settings.explicit_auth_flows.as_deref().unwrap_or_default();
    if on && flows.contains(&ExplicitAuthFlowsType::AllowRefreshTokenAuth) {
        return Err(fault::invalid_parameter(
            "ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation. Use GetTokensFromRefreshToken.",
        ));
    }
    Ok(())
}
