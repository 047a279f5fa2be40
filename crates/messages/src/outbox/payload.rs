//! What an outbox row carries, sealed to its row.

use crypto::{Context, Keyring, Purpose};
use kernel::{Entropy, Sub, UserPoolId};
use outbound::{Courier, DeliveryError, Mail, Sms};
use serde::{Deserialize, Serialize};

/// A message and the person it is for.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Payload {
    pub pool: UserPoolId,
    pub sub: Sub,
    pub parcel: Parcel,
}

/// Either kind of message, or what passes for one.
///
/// A node of an older version does not know a decoy's kind: to it the payload is unreadable, and what it cannot read it
/// does not send.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Parcel {
    Mail(Mail),
    Sms(Sms),
    Decoy { instead_of: Box<Parcel> },
}

/// Where a waiting message is sealed to.
#[must_use]
pub fn place<'a>(key: &'a [&'a str]) -> Context<'a> {
    Context { purpose: Purpose::Outbox, table: "outbox", key, column: "payload", version: 1 }
}

impl Payload {
    /// The payload as the row with this id keeps it.
    pub(super) fn seal(&self, id: &str, keyring: &Keyring, entropy: &dyn Entropy) -> Vec<u8> {
        // Texts and newtypes of texts always serialise; an empty payload would be dropped as unreadable.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        keyring.seal(&place(&[id]), &bytes, entropy)
    }

    /// Reads the payload of the row with this id; None when it was not sealed for it, or by a keyring we lack.
    pub(super) fn open(id: &str, sealed: &[u8], keyring: &Keyring) -> Option<Self> {
        let bytes = keyring.open(&place(&[id]), sealed).ok()?;
        serde_json::from_slice(bytes.reveal()).ok()
    }
}

impl Parcel {
    pub(super) async fn send(&self, courier: &dyn Courier) -> Result<(), DeliveryError> {
        match self {
            Self::Mail(mail) => courier.send_mail(mail).await,
            Self::Sms(sms) => courier.send_sms(sms).await,
            Self::Decoy { .. } => Err(DeliveryError::Refused("nobody is to get this".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    #[test]
    fn st_17_a_payload_opens_only_in_its_own_row() {
        let keyring = Keyring::draw(&SystemEntropy);
        let sms = Sms { to: "+15550100199".into(), text: "Code 012345".into(), message_id: "m".into() };
        let pool = UserPoolId::parse("eu-west-1_a").unwrap();
        let payload = Payload { pool, sub: Sub::parse("ana").unwrap(), parcel: Parcel::Sms(sms.clone()) };
        let sealed = payload.seal("one", &keyring, &SystemEntropy);
        let back = Payload::open("one", &sealed, &keyring).unwrap();
        assert!(matches!(back.parcel, Parcel::Sms(found) if found == sms));
        assert!(Payload::open("two", &sealed, &keyring).is_none());
        assert!(Payload::open("one", &sealed, &Keyring::draw(&SystemEntropy)).is_none());
        assert!(!sealed.windows(6).any(|w| w == b"012345"));
    }

    /// The kinds of the first version, which runs beside this one while a deployment is being renewed.
    #[derive(Serialize, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum FirstKinds {
        Mail(Mail),
        Sms(Sms),
    }

    #[test]
    fn st_11_a_decoy_is_nothing_an_older_node_could_send() {
        let sms = Sms { to: "+15550100199".into(), text: "Code 012345".into(), message_id: "m".into() };
        let letter = Parcel::Sms(sms);
        let decoy = Parcel::Decoy { instead_of: Box::new(letter.clone()) };
        let told = |parcel: &Parcel| serde_json::to_value(parcel).unwrap();
        let read = |parcel: &Parcel| serde_json::from_value::<FirstKinds>(told(parcel)).ok();
        let known = read(&letter).map(|found| serde_json::to_value(found).unwrap());
        assert_eq!(known, Some(told(&letter)), "what it does know");
        assert!(read(&decoy).is_none());
        let here: Parcel = serde_json::from_slice(&serde_json::to_vec(&decoy).unwrap()).unwrap();
        assert!(matches!(here, Parcel::Decoy { .. }));
    }
}
