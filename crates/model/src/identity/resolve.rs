//! Which identity somebody is, and what that changes (identity-pools.md 5). Pure: the rows come in and a plan goes out.

use super::{Known, LOGINS_MAX, Login};
use kernel::IdentityId;

/// What is known when an identity is asked for. Everything is of one pool: that of the presented identity where there is
/// one, else the pool that was named.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The identity id that the caller sent.
    pub presented: Presented<'a>,
    /// Whose the presented logins are, each identity once.
    pub owners: &'a [Known],
    /// The logins that were proved.
    pub logins: &'a [Login],
    /// Whether the pool takes guests.
    pub guests: bool,
    /// The call is GetOpenIdTokenForDeveloperIdentity, whose signed caller vouches for the developer's login.
    pub developer: bool,
}

/// The identity id that the caller sent.
#[derive(Debug, Clone, Copy)]
pub enum Presented<'a> {
    /// None.
    Absent,
    /// One that no identity has.
    Unknown,
    /// This one's.
    Known(&'a Known),
}

/// Which identity it is and what is to be written. Nothing where `link` is empty and nothing is made or absorbed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// A new one with these logins; a guest when there are none.
    Create {
        /// Its logins.
        link: Vec<Login>,
    },
    /// This one.
    Use {
        /// Which.
        id: IdentityId,
        /// Logins that are new to it.
        link: Vec<Login>,
    },
    /// Several that are one from now on.
    Merge {
        /// The one that is left.
        survivor: IdentityId,
        /// Those whose logins go over to it and that are disabled.
        absorbed: Vec<IdentityId>,
        /// Logins that are new to it.
        link: Vec<Login>,
    },
}

/// Why it is nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// No identity has the presented id.
    #[error("identity not found")]
    NotFound,
    /// It has logins and none came, or it is disabled.
    #[error("access to the identity is forbidden")]
    Forbidden,
    /// The pool takes no guests.
    #[error("no guests here")]
    GuestsRefused,
    /// None of the logins is the presented identity's.
    #[error("logins do not match")]
    LoginsDontMatch,
    /// An identity would have two subjects of one public provider.
    #[error("logins are linked to another account")]
    AlreadyLinked,
    /// The developer's identifier is another identity's (`DeveloperUserAlreadyRegisteredException`).
    #[error("developer identifier registered with another identity")]
    AlreadyRegistered,
    /// More than [`LOGINS_MAX`] logins.
    #[error("too many logins for one identity")]
    TooManyLogins,
}

/// Which identity it is.
///
/// # Errors
/// [`ResolveError`]; then nothing changes.
pub fn resolve(asked: &Asked<'_>) -> Result<Resolution, ResolveError> {
    let known = match asked.presented {
        Presented::Absent => None,
        Presented::Unknown => return Err(ResolveError::NotFound),
        Presented::Known(known) => Some(known),
    };
    if asked.logins.is_empty() {
        return guest(known, asked.guests);
    }
    // Merging carries logins away before it disables, so this is one that an administrator disabled.
    if asked.owners.iter().any(|owner| !owner.identity.enabled()) {
        return Err(ResolveError::Forbidden);
    }
    match known {
        None => match oldest(asked.owners) {
            Some(survivor) => join(survivor, asked.owners.iter().collect(), asked.logins),
            None => Ok(Resolution::Create { link: new_logins(&[], 0, asked.logins)? }),
        },
        Some(presented) if presented.identity.enabled() => of_presented(asked, presented),
        Some(merged) => {
            let heir =
                asked.owners.iter().find(|owner| merged.identity.merged_into.as_ref() == Some(&owner.identity.id));
            join(heir.ok_or(ResolveError::Forbidden)?, asked.owners.iter().collect(), asked.logins)
        }
    }
}

/// MergeDeveloperIdentities: the destination is always the one that is left.
///
/// # Errors
/// [`ResolveError`]; then nothing changes.
pub fn merge_developers(source: &Known, destination: &Known) -> Result<Resolution, ResolveError> {
    if !source.identity.enabled() || !destination.identity.enabled() {
        return Err(ResolveError::Forbidden);
    }
    join(destination, vec![source], &[])
}

/// Nobody proved anything: a new guest, or the guest whose id was sent.
fn guest(known: Option<&Known>, allowed: bool) -> Result<Resolution, ResolveError> {
    match known {
        // Whether the pool takes guests is not told to whoever holds an id that is no guest's.
        Some(known) if !known.identity.enabled() || !known.identity.guest => Err(ResolveError::Forbidden),
        _ if !allowed => Err(ResolveError::GuestsRefused),
        Some(known) => Ok(Resolution::Use { id: known.identity.id.clone(), link: Vec::new() }),
        None => Ok(Resolution::Create { link: Vec::new() }),
    }
}

/// An identity that may be used was presented, with logins.
fn of_presented(asked: &Asked<'_>, presented: &Known) -> Result<Resolution, ResolveError> {
    let vouched = asked.developer && vouched_for(asked, presented)?;
    let theirs = asked.owners.iter().any(|owner| owner.identity.id == presented.identity.id);
    let mut all: Vec<&Known> = asked.owners.iter().collect();
    all.push(presented);
    match oldest(asked.owners) {
        // One with logins is left over a guest, whose id is worth nothing more from now on.
        Some(survivor) if presented.identity.guest => join(survivor, all, asked.logins),
        _ if presented.identity.guest || theirs || vouched => join(presented, all, asked.logins),
        _ => Err(ResolveError::LoginsDontMatch),
    }
}

/// Whether the developer may tie their user to the presented identity without one of its own logins beside. Not where
/// somebody signed in to it by a public provider: that takes their token (Observed: aws-sdk-net issue 1112).
fn vouched_for(asked: &Asked<'_>, presented: &Known) -> Result<bool, ResolveError> {
    let elsewhere = |login: &&Login| {
        asked.owners.iter().any(|owner| owner.identity.id != presented.identity.id && owner.has(login))
    };
    if asked.logins.iter().filter(|login| login.developer).any(|login| elsewhere(&login)) {
        return Err(ResolveError::AlreadyRegistered);
    }
    Ok(!presented.logins.is_empty() && presented.logins.iter().all(|login| login.developer))
}

/// The oldest; the id decides between those of one moment, so that every node chooses alike.
fn oldest(owners: &[Known]) -> Option<&Known> {
    owners.iter().min_by_key(|owner| (owner.identity.created, &owner.identity.id))
}

/// `survivor` with everything the others have and with the logins that nobody has.
fn join(survivor: &Known, all: Vec<&Known>, logins: &[Login]) -> Result<Resolution, ResolveError> {
    let id = survivor.identity.id.clone();
    let mut had = survivor.logins.clone();
    let mut absorbed: Vec<IdentityId> = Vec::new();
    for other in all {
        if other.identity.id != id && !absorbed.contains(&other.identity.id) {
            had.extend(other.logins.iter().cloned());
            absorbed.push(other.identity.id.clone());
        }
    }
    let link = new_logins(&had, survivor.logins.len(), logins)?;
    Ok(if absorbed.is_empty() {
        Resolution::Use { id, link }
    } else {
        Resolution::Merge { survivor: id, absorbed, link }
    })
}

/// The logins that are not had, each once, when one identity, that has so many `before`, may have them all: of a public
/// provider one subject.
fn new_logins(had: &[Login], before: usize, logins: &[Login]) -> Result<Vec<Login>, ResolveError> {
    let mut all = had.to_vec();
    for login in logins {
        if !all.contains(login) {
            all.push(login.clone());
        }
    }
    let mut public: Vec<&str> = all.iter().filter(|login| !login.developer).map(|login| &*login.provider).collect();
    public.sort_unstable();
    if public.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(ResolveError::AlreadyLinked);
    }
    // One that has as many already, from a time of another limit, still gets in.
    if all.len() > LOGINS_MAX && all.len() > before {
        return Err(ResolveError::TooManyLogins);
    }
    Ok(all.split_off(had.len()))
}
