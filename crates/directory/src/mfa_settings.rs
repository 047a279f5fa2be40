//! The settings of SetUserPoolMfaConfig (user-pools.md 6.3): rules between members, and what may be stored today.
//!
//! Nothing here asks for a second factor yet, so nothing that would is stored: ON and OPTIONAL, time codes switched on, and
//! mails with codes are refused as not built, or somebody would believe a pool guarded that is not. What says "no second
//! factor", and what only a later operation reads (who sends text messages and with what words; the relying party of
//! passkeys, whose operations answer 501 themselves), is checked and stored: it promises nothing that is not kept.

use crate::{Tiers, say, sms_settings, unserved};
use contract::Fault;
use contract::cognito_idp::types::{
    EmailSendingAccountType, SmsMfaConfigType, UserPoolMfaType, UserPoolType, WebAuthnConfigurationType,
};
use contract::cognito_idp::{fault, get_user_pool_mfa_config, set_user_pool_mfa_config};
use model::Pool;

/// The pool after the call. What it leaves out stays as it was: each part has an owner's call of its own in the tools
/// that send them.
pub fn set(tiers: Tiers, pool: Pool, input: set_user_pool_mfa_config::Input) -> Result<Pool, Fault> {
    let Pool { mut settings, mut mfa, .. } = pool;
    let mode = input.mfa_configuration.or(settings.mfa_configuration).unwrap_or(UserPoolMfaType::Off);
    check_methods(&settings, &input, mode)?;
    check_relying_party(input.web_authn_configuration.as_ref())?;
    tiers.check_mfa(&settings, input.email_mfa_configuration.is_some(), input.web_authn_configuration.is_some())?;
    unserved::mfa(mode, &input)?;
    settings.mfa_configuration = Some(mode);
    if let Some(sms) = input.sms_mfa_configuration {
        sms_settings::check(pool.id.region(), sms.sms_configuration.as_ref())?;
        settings.sms_authentication_message = sms.sms_authentication_message.or(settings.sms_authentication_message);
        settings.sms_configuration = sms.sms_configuration.or(settings.sms_configuration);
    }
    mfa.software_token_mfa_configuration =
        input.software_token_mfa_configuration.or(mfa.software_token_mfa_configuration);
    mfa.web_authn_configuration = input.web_authn_configuration.or(mfa.web_authn_configuration);
    Ok(Pool { settings, mfa, ..pool })
}

/// OFF beside a method contradicts itself; ON and OPTIONAL without one could ask for nothing.
fn check_methods(
    settings: &UserPoolType,
    input: &set_user_pool_mfa_config::Input,
    mode: UserPoolMfaType,
) -> Result<(), Fault> {
    let time_codes = input.software_token_mfa_configuration.as_ref().is_some_and(|c| c.enabled == Some(true));
    let mail_codes = input.email_mfa_configuration.is_some();
    if input.mfa_configuration == Some(UserPoolMfaType::Off) && (time_codes || mail_codes) {
        return Err(fault::invalid_parameter(say::MFA_OFF_WITH_METHOD));
    }
    let sms = input.sms_mfa_configuration.as_ref().and_then(|c| c.sms_configuration.as_ref());
    let text_codes = sms.or(settings.sms_configuration.as_ref()).is_some();
    if mode != UserPoolMfaType::Off && !(time_codes || mail_codes || text_codes) {
        return Err(fault::invalid_parameter(say::MFA_WITHOUT_METHOD));
    }
    let account = settings.email_configuration.as_ref().and_then(|email| email.email_sending_account);
    if mail_codes && account != Some(EmailSendingAccountType::Developer) {
        return Err(fault::invalid_parameter("EmailMfaConfiguration needs an EmailConfiguration of type DEVELOPER."));
    }
    Ok(())
}

/// A relying party is a domain name (WebAuthn level 3, section 5.1.2): no scheme, port or path, and of more than one label
/// unless it is this machine.
fn check_relying_party(configuration: Option<&WebAuthnConfigurationType>) -> Result<(), Fault> {
    let Some(id) = configuration.and_then(|c| c.relying_party_id.as_deref()) else { return Ok(()) };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let named = id.contains('.') && id.split('.').all(label) && id.parse::<std::net::IpAddr>().is_err();
    if named || id == "localhost" { Ok(()) } else { Err(fault::invalid_parameter(say::RELYING_PARTY)) }
}

/// What GetUserPoolMfaConfig shows: the mode always, the rest where it was set.
#[must_use]
pub fn described(pool: &Pool) -> get_user_pool_mfa_config::Output {
    let (message, sender) = (&pool.settings.sms_authentication_message, &pool.settings.sms_configuration);
    let sms = SmsMfaConfigType { sms_authentication_message: message.clone(), sms_configuration: sender.clone() };
    get_user_pool_mfa_config::Output {
        mfa_configuration: Some(pool.settings.mfa_configuration.unwrap_or(UserPoolMfaType::Off)),
        sms_mfa_configuration: (message.is_some() || sender.is_some()).then_some(sms),
        ..pool.mfa.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relying_party_is_a_domain_name_and_nothing_around_it() {
        let checked = |id: &str| {
            let given = WebAuthnConfigurationType { relying_party_id: Some(id.to_owned()), ..Default::default() };
            check_relying_party(Some(&given)).is_ok()
        };
        for good in ["localhost", "example.com", "auth.example.co.uk", "xn--bcher-kva.example"] {
            assert!(checked(good), "{good}");
        }
        for bad in [
            "https://example.com",
            "example.com:443",
            "example.com/",
            "example",
            "Example.com",
            "-a.example",
            "a..example",
            ".example.com",
            "example.com.",
            "127.0.0.1",
            "a b.example",
            "",
        ] {
            assert!(!checked(bad), "{bad}");
        }
    }
}
