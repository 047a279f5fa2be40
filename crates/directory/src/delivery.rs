//! Where a code went, as answers show it.

use accounts::Sent;
use contract::cognito_idp::types::{CodeDeliveryDetailsType, DeliveryMediumType};
use model::Contact;

/// The masked destination, its medium and its attribute.
#[must_use]
pub fn details(sent: Sent) -> CodeDeliveryDetailsType {
    let medium = match sent.contact {
        Contact::Email => DeliveryMediumType::Email,
        Contact::Phone => DeliveryMediumType::Sms,
    };
    CodeDeliveryDetailsType {
        destination: Some(sent.destination),
        delivery_medium: Some(medium),
        attribute_name: Some(sent.contact.attribute().to_owned()),
    }
}
