//! An app client's settings on their way in: defaults and rules between members (user-pools.md 8).

use crate::{oauth_settings, rotation_settings, say, unserved};
use contract::Fault;
use contract::cognito_idp::types::{
    ExplicitAuthFlowsType, PreventUserExistenceErrorTypes, TimeUnitsType, UserPoolClientType,
};
use contract::cognito_idp::{create_user_pool_client, fault, update_user_pool_client};
use model::{Client, Pool};
use std::time::Duration;

/// The settings of a new client.
pub fn created(pool: &Pool, input: create_user_pool_client::Input) -> Result<UserPoolClientType, Fault> {
    let confidential = input.generate_secret == Some(true) || input.client_secret.is_some();
    completed(pool, input.into_settings(), confidential)
}

/// The settings after an update: what it leaves out goes back to its default; id, name and secret stay.
pub fn updated(
    pool: &Pool,
    client: &Client,
    input: update_user_pool_client::Input,
) -> Result<UserPoolClientType, Fault> {
    let mut settings = input.into_settings();
    settings.client_name.get_or_insert_with(|| client.name.clone());
    completed(pool, settings, client.confidential)
}

fn completed(pool: &Pool, mut settings: UserPoolClientType, confidential: bool) -> Result<UserPoolClientType, Fault> {
    check_flows(&settings)?;
    check_attributes(pool, settings.read_attributes.as_deref(), "read")?;
    check_attributes(pool, settings.write_attributes.as_deref(), "write")?;
    oauth_settings::check(pool, &settings, confidential)?;
    check_validity(&settings)?;
    if settings.enable_propagate_additional_user_context_data == Some(true) && !confidential {
        return Err(fault::invalid_parameter("EnablePropagateAdditionalUserContextData needs a client with a secret."));
    }
    rotation_settings::check(&settings)?;
    unserved::client(&settings)?;
    // The default is 30 days, whatever unit was given for a number that was not (user-pools.md 8.1).
    if settings.refresh_token_validity.is_none_or(|n| n == 0)
        && let Some(units) = &mut settings.token_validity_units
    {
        units.refresh_token = None;
    }
    settings.refresh_token_validity = Some(settings.refresh_token_validity.filter(|n| *n != 0).unwrap_or(30));
    settings.enable_token_revocation.get_or_insert(true);
    settings.enable_propagate_additional_user_context_data.get_or_insert(false);
    settings.auth_session_validity.get_or_insert(3);
    settings.allowed_oauth_flows_user_pool_client.get_or_insert(false);
    settings.prevent_user_existence_errors.get_or_insert(PreventUserExistenceErrorTypes::Legacy);
    Ok(settings)
}

fn check_flows(settings: &UserPoolClientType) -> Result<(), Fault> {
    use ExplicitAuthFlowsType as F;
    let flows = settings.explicit_auth_flows.as_deref().unwrap_or_default();
    let legacy = |flow: &F| matches!(flow, F::AdminNoSrpAuth | F::CustomAuthFlowOnly | F::UserPasswordAuth);
    if flows.iter().any(legacy) && !flows.iter().all(legacy) {
        return Err(fault::invalid_parameter(
            "ExplicitAuthFlows with the ALLOW_ prefix cannot be mixed with those without it.",
        ));
    }
    Ok(())
}

fn check_attributes(pool: &Pool, names: Option<&[String]>, list: &str) -> Result<(), Fault> {
    let unknown = names.unwrap_or_default().iter().find(|name| pool.schema(name).is_none());
    match unknown {
        Some(name) => Err(fault::invalid_parameter(format!(
            "Invalid {list} attributes specified while creating a client: {name} is not in the schema."
        ))),
        None => Ok(()),
    }
}

/// Bounds of tokens.md 1, whatever unit they are given in; the refresh token must outlive the others.
fn check_validity(settings: &UserPoolClientType) -> Result<(), Fault> {
    let bad = || fault::invalid_parameter(say::TOKEN_VALIDITY_RANGE);
    let units = settings.token_validity_units.clone().unwrap_or_default();
    let hour = Duration::from_secs(3600);
    let month = hour * 24 * 30;
    let access =
        model::client::lifetime(settings.access_token_validity, units.access_token, TimeUnitsType::Hours, hour);
    let id = model::client::lifetime(settings.id_token_validity, units.id_token, TimeUnitsType::Hours, hour);
    let given = settings.refresh_token_validity.filter(|n| *n != 0);
    let refresh = model::client::lifetime(given, units.refresh_token, TimeUnitsType::Days, month);
    let short = hour / 12..=hour * 24;
    let long = hour..=hour * 24 * 3650;
    if short.contains(&access) && short.contains(&id) && long.contains(&refresh) && refresh >= access && refresh >= id {
        Ok(())
    } else {
        Err(bad())
    }
}

/// A client as DescribeUserPoolClient shows it.
#[must_use]
pub fn described(client: &Client, secret: Option<kernel::Secret<String>>) -> UserPoolClientType {
    UserPoolClientType {
        user_pool_id: Some(client.pool.as_str().to_owned()),
        client_id: Some(kernel::Secret::new(client.id.as_str().to_owned())),
        client_name: Some(client.name.clone()),
        client_secret: secret,
        creation_date: Some(client.created),
        last_modified_date: Some(client.modified),
        ..client.settings.clone()
    }
}
