//! What the operations about identities share: how one is shown, and what is written when something happens to it.

use crate::Identity;
use crate::refused::Refused;
use crate::resolution::providers;
use contract::cognito_identity::types::IdentityDescription;
use kernel::{Entropy, EntropyExt, Time};
use model::{DomainEvent, EventKind, Identity as Row, Known};
use std::sync::Arc;
use store::Tx;

/// The moment of a change, and where the names of its events come from.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Now.
    pub now: Time,
    entropy: Arc<dyn Entropy>,
}

impl Moment {
    /// Tells whoever keeps something by identities what happened to this one, in the transaction in which it does.
    pub async fn append(&self, tx: &mut Tx, row: &Row, kind: EventKind) -> Result<(), Refused> {
        let event = DomainEvent {
            id: self.entropy.uuid(),
            account: row.account.clone(),
            pool: row.pool.clone(),
            kind,
            at: self.now,
        };
        Ok(tx.domain_events().append(&event).await?)
    }
}

impl Identity {
    /// The moment of a change that begins now.
    pub(crate) fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), entropy: Arc::clone(&self.entropy) }
    }
}

/// An identity as it is described. Observed (aws-sdk-js #2073): `Logins` names providers and never who somebody is there.
pub fn shown(known: &Known) -> IdentityDescription {
    let row = &known.identity;
    IdentityDescription {
        identity_id: Some(row.id.to_string()),
        logins: Some(providers(&known.logins)),
        creation_date: Some(row.created),
        last_modified_date: Some(row.updated),
    }
}
