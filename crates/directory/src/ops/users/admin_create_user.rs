//! Makes a person with a temporary password and invites them, or invites them again.

use crate::{Directory, attributes};
use accounts::{Invitation, NewUser};
use contract::Fault;
use contract::cognito_idp::admin_create_user::{Input, Output};
use contract::cognito_idp::types::{DeliveryMediumType, MessageActionType};
use model::{Caller, Contact};

/// RESEND names somebody who exists; everything else makes somebody new.
pub async fn run(dir: &Directory, caller: &Caller, input: Input) -> Result<Output, Fault> {
    let pool = dir.pool(caller, &input.user_pool_id).await?;
    let action = input.message_action;
    let new = NewUser {
        username: input.username.expose(),
        attributes: attributes::read(input.user_attributes),
        temporary_password: input.temporary_password,
        force_alias: input.force_alias_creation.unwrap_or(false),
        invitation: invitation(action, input.desired_delivery_mediums.as_deref()),
    };
    let user = match action {
        Some(MessageActionType::Resend) => dir.accounts.admin_invite_again(&pool, new).await?,
        _ => dir.accounts.admin_create(&pool, new).await?,
    };
    Ok(Output { user: Some(attributes::described(&user, None)) })
}

fn invitation(action: Option<MessageActionType>, media: Option<&[DeliveryMediumType]>) -> Invitation {
    if action == Some(MessageActionType::Suppress) {
        return Invitation::Suppressed;
    }
    let medium = |medium: &DeliveryMediumType| match medium {
        DeliveryMediumType::Email => Contact::Email,
        DeliveryMediumType::Sms => Contact::Phone,
    };
    Invitation::Sent(media.unwrap_or_default().iter().map(medium).collect())
}
