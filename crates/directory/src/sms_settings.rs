//! SmsConfiguration on its way in: one sender, named once (additions-2026.md 4). Stored until text messages are sent.

use contract::Fault;
use contract::cognito_idp::fault;
use contract::cognito_idp::types::SmsConfigurationType;

/// Refuses a configuration that names no sender, or two.
pub fn check(region: &str, sms: Option<&SmsConfigurationType>) -> Result<(), Fault> {
    let Some(sms) = sms else { return Ok(()) };
    // An empty role counts as none.
    let role = sms.sns_caller_arn.as_deref().is_some_and(|arn| !arn.is_empty());
    match (&sms.eums_sms, role) {
        (Some(_), true) => Err(fault::invalid_parameter("Provide either SnsCallerArn or EumsSms, not both.")),
        (None, false) => Err(fault::invalid_parameter("SmsConfiguration needs SnsCallerArn or EumsSms.")),
        (Some(_), false) if sms.sns_region.is_some() || sms.external_id.is_some() => {
            Err(fault::invalid_parameter("SnsRegion and ExternalId of SmsConfiguration do not go with EumsSms."))
        }
        (Some(eums), false) if eums.region.as_deref().is_some_and(|named| named != region) => {
            Err(fault::invalid_parameter("EumsSms.Region must be the Region of the user pool."))
        }
        _ => Ok(()),
    }
}
