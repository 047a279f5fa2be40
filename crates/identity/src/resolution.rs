//! Which identity somebody is: the rows are read, the pure decision of `model` is asked, and what it changes is written,
//! all in one transaction that may run again. The unique index of logins is the arbiter between calls that race
//! (identity-pools.md 5).

use crate::identities::Moment;
use crate::proofs::Proofs;
use crate::refused::Refused;
use crate::{Identity, say};
use contract::Fault;
use kernel::IdentityId;
use model::{Asked, EventKind, Identity as Row, IdentityPool, Known, Login, Presented, Resolution, resolve};
use std::sync::Arc;
use store::{StoreError, Tx, work};

/// Who asks to be somebody.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The pool: the presented identity's where one is presented.
    pub pool: Arc<IdentityPool>,
    /// The identity id that was sent.
    pub presented: Option<IdentityId>,
    /// The logins that are believed.
    pub logins: Vec<Login>,
    /// A developer vouches (GetOpenIdTokenForDeveloperIdentity).
    pub developer: bool,
}

impl Wanted {
    /// Of a public call.
    pub fn of(pool: &Arc<IdentityPool>, presented: Option<IdentityId>, proofs: &Proofs) -> Self {
        let developer = proofs.developer.is_some();
        Self { pool: Arc::clone(pool), presented, logins: proofs.logins(), developer }
    }

    fn refused(&self, error: model::ResolveError) -> Fault {
        say::unresolved(error, self.presented.as_ref().map(IdentityId::as_str).unwrap_or_default())
    }
}

impl Identity {
    /// The same where the presented identity was read a moment ago. When nothing is to change, that is enough: should it
    /// have moved on meanwhile, what it is given now quotes a generation that is over.
    pub(crate) async fn resolved_as(&self, known: Known, wanted: Wanted) -> Result<Row, Fault> {
        if !may_be_used(&known, &wanted) {
            return self.resolved(wanted).await;
        }
        self.note_use(&known.identity).await;
        Ok(known.identity)
    }

    /// The identity that these logins, and the id that was sent with them, are. Made, linked and merged as need be.
    pub(crate) async fn resolved(&self, wanted: Wanted) -> Result<Row, Fault> {
        // Nearly every call finds everything as it should be, and takes no writer.
        let asked = wanted.clone();
        let seen = self.store.read(work!(|tx, asked| -> Refused { look(tx, asked).await })).await?;
        if let (Resolution::Use { id, link }, known) = &seen
            && link.is_empty()
            && let Some(row) = row_of(known, id)
        {
            self.note_use(row).await;
            return Ok(row.clone());
        }
        let (fresh, moment) = (IdentityId::draw(&wanted.pool.id, &*self.entropy), self.moment());
        let made = self.store.write(work!(|tx, wanted, fresh, moment| -> Refused {
            let (plan, known) = look(tx, wanted).await?;
            match plan {
                Resolution::Create { link } => create(tx, wanted, fresh, &link, moment).await,
                plan => carry_out(tx, plan, &known, moment).await,
            }
        }));
        Ok(made.await?)
    }

    /// Writes down that a guest came back; at most once an hour, and never a reason to turn them away.
    async fn note_use(&self, row: &Row) {
        let now = self.clock.now();
        if !row.use_is_stale(now) {
            return;
        }
        let id = row.id.clone();
        let noted = self.store.write(work!(|tx, id, now| -> StoreError { tx.identities().touch(id, *now).await }));
        if let Err(error) = noted.await {
            tracing::debug!(op = "identity.note_use", %error, "a use was not written down");
        }
    }
}

/// Whether the presented identity alone tells that it may be used as it is: a guest's, or one that has all the logins.
fn may_be_used(known: &Known, wanted: &Wanted) -> bool {
    let asked = Asked {
        presented: Presented::Known(known),
        owners: if wanted.logins.is_empty() { &[] } else { std::slice::from_ref(known) },
        logins: &wanted.logins,
        guests: wanted.pool.guests,
        developer: wanted.developer,
    };
    wanted.logins.iter().all(|login| known.has(login))
        && matches!(resolve(&asked), Ok(Resolution::Use { id, link }) if link.is_empty() && id == known.identity.id)
}

/// What the rows say about it, and what is to be done.
pub async fn look(tx: &mut Tx, wanted: &Wanted) -> Result<(Resolution, Vec<Known>), Refused> {
    let presented = match &wanted.presented {
        Some(id) => {
            let known = tx.identities().get_known(id).await?;
            Some(known.filter(|known| known.identity.pool == wanted.pool.id))
        }
        None => None,
    };
    let mut known = match wanted.logins.as_slice() {
        [] => Vec::new(),
        logins => tx.identities().owners_of(&wanted.pool.id, logins).await?,
    };
    let asked = Asked {
        presented: match &presented {
            None => Presented::Absent,
            Some(None) => Presented::Unknown,
            Some(Some(known)) => Presented::Known(known),
        },
        owners: &known,
        logins: &wanted.logins,
        guests: wanted.pool.guests,
        developer: wanted.developer,
    };
    let plan = resolve(&asked).map_err(|error| wanted.refused(error))?;
    known.extend(presented.flatten());
    Ok((plan, known))
}

fn row_of<'k>(known: &'k [Known], id: &IdentityId) -> Option<&'k Row> {
    known.iter().map(|known| &known.identity).find(|row| row.id == *id)
}

/// Writes what was decided about identities that are there; answers the one that is left.
pub async fn carry_out(tx: &mut Tx, plan: Resolution, known: &[Known], moment: &Moment) -> Result<Row, Refused> {
    let (id, absorbed, link) = match plan {
        Resolution::Merge { survivor, absorbed, link } => (survivor, absorbed, link),
        Resolution::Use { id, link } => (id, Vec::new(), link),
        Resolution::Create { .. } => return Err(StoreError::Conflict.into()),
    };
    let mut row = row_of(known, &id).ok_or(StoreError::Conflict)?.clone();
    for other in &absorbed {
        tx.identities().move_logins(other, &row.id, moment.now).await?;
        tx.identities().disable(other, Some(&row.id), moment.now).await?;
        let kind = EventKind::Merged { identity: other.clone(), into: row.id.clone() };
        moment.append(tx, &row, kind).await?;
    }
    if !link.is_empty() {
        // Another call may have taken one since it was looked for: then the transaction runs again.
        tx.identities().link(&row.pool, &row.id, &link, moment.now).await?;
        let kind = EventKind::Linked { identity: row.id.clone(), providers: providers(&link) };
        moment.append(tx, &row, kind).await?;
        if row.guest {
            // Sessions of the guest it was are over, as those of the absorbed are.
            (row.guest, row.generation) = (false, row.generation + 1);
        }
    }
    Ok(row)
}

async fn create(
    tx: &mut Tx,
    wanted: &Wanted,
    fresh: &IdentityId,
    link: &[Login],
    moment: &Moment,
) -> Result<Row, Refused> {
    let pool = &wanted.pool;
    let row = Row::new(fresh.clone(), pool.id.clone(), pool.account.clone(), link.is_empty(), moment.now);
    if !tx.identities().insert(&row).await? {
        // The pool was deleted since it was looked at.
        return Err(say::no_such_pool(pool.id.as_str()).into());
    }
    tx.identities().link(&row.pool, &row.id, link, moment.now).await?;
    moment.append(tx, &row, EventKind::Created { identity: row.id.clone(), providers: providers(link) }).await?;
    Ok(row)
}

/// The providers of some logins, each once.
pub fn providers(logins: &[Login]) -> Vec<String> {
    let mut names: Vec<String> = logins.iter().map(|login| login.provider.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
