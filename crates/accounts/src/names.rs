//! How people are named: usernames, e-mail addresses and phone numbers as usernames, aliases (user-pools.md 7).

use crate::attributes::{is_email, is_phone};
use kernel::Sub;
use model::{Contact, Naming, Pool, Refusal, User};
use store::{NameKind, Tx};

/// The name a new person gets, and the contact it came from where contacts are the usernames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The canonical username.
    pub username: String,
    /// The contact that signs the person in, where contacts do.
    pub contact: Option<(Contact, String)>,
}

/// Which contact a text is, by its looks.
fn contact_of(text: &str) -> Option<Contact> {
    if is_email(text) {
        Some(Contact::Email)
    } else if is_phone(text) {
        Some(Contact::Phone)
    } else {
        None
    }
}

/// Reads the `Username` of a sign-up or invitation under the pool's rules.
pub fn name_new(pool: &Pool, sub: &Sub, given: &str) -> Result<Named, Refusal> {
    match pool.naming() {
        Naming::ByContact { email, phone } => {
            let allowed = |contact| match contact {
                Contact::Email => email,
                Contact::Phone => phone,
            };
            match contact_of(given).filter(|c| allowed(*c)) {
                Some(contact) => {
                    Ok(Named { username: sub.as_str().to_owned(), contact: Some((contact, given.to_owned())) })
                }
                None => Err(Refusal::Invalid(
                    match (email, phone) {
                        (true, false) => "Username should be an email.",
                        (false, _) => "Username should be a phone number.",
                        (true, true) => "Username should be either an email or a phone number.",
                    }
                    .to_owned(),
                )),
            }
        }
        Naming::Chosen => {
            no_alias_form(pool, given)?;
            Ok(Named { username: given.to_owned(), contact: None })
        }
    }
}

/// A name that looks like an alias would be taken for one: refused where that alias is on. Holds for usernames and for
/// preferred ones.
pub fn no_alias_form(pool: &Pool, name: &str) -> Result<(), Refusal> {
    let Some(contact) = contact_of(name).filter(|c| pool.has_alias(c.attribute())) else { return Ok(()) };
    let word = match contact {
        Contact::Email => "email",
        Contact::Phone => "phone number",
    };
    Err(Refusal::Invalid(format!(
        "Username cannot be of {word} format, since user pool is configured for {word} alias."
    )))
}

/// The kind and folded form under which a name is unique in its pool.
pub type Claim = (NameKind, String);

/// The names a person holds as soon as they exist: the username, or every contact that signs in.
pub fn claims_of_new(pool: &Pool, user: &User) -> Vec<Claim> {
    let Naming::ByContact { email, phone } = pool.naming() else {
        return vec![(NameKind::Username, pool.fold(&user.username))];
    };
    [(Contact::Email, email), (Contact::Phone, phone)]
        .into_iter()
        .filter(|(_, signs_in)| *signs_in)
        .filter_map(|(contact, _)| Some((kind_of(contact), pool.fold(user.attribute(contact.attribute())?))))
        .collect()
}

/// The names a person holds as they stand: what signs them in. Whoever changes a person moves their names along, from
/// the old set to the new one.
fn names_of(pool: &Pool, user: &User) -> Vec<Claim> {
    let mut names = claims_of_new(pool, user);
    let alias = |attribute: &str| user.attribute(attribute).filter(|_| pool.has_alias(attribute));
    for contact in Contact::ALL.into_iter().filter(|contact| user.verified(contact.attribute())) {
        names.extend(alias(contact.attribute()).map(|value| (kind_of(contact), pool.fold(value))));
    }
    names.extend(alias("preferred_username").map(|value| (NameKind::PreferredUsername, pool.fold(value))));
    names
}

/// Gives a changed person the names they have now and takes those they no longer have; or tells which one is somebody
/// else's. The index decides; nothing is kept of a change that is refused.
pub async fn move_names(
    tx: &mut Tx,
    pool: &Pool,
    before: &User,
    after: &User,
) -> Result<Result<(), NameKind>, Refusal> {
    let (old, new) = (names_of(pool, before), names_of(pool, after));
    for (kind, folded) in new.iter().filter(|name| !old.contains(name)) {
        // A preferred username is nobody's username either: it would never sign its owner in.
        let others = match kind {
            NameKind::PreferredUsername => holder(tx, pool, folded).await?.is_some_and(|sub| sub != after.sub),
            NameKind::Username | NameKind::Email | NameKind::PhoneNumber => false,
        };
        if others || !tx.names().claim(&pool.id, *kind, folded, &after.sub).await? {
            return Ok(Err(*kind));
        }
    }
    for (kind, folded) in old.iter().filter(|name| !new.contains(name)) {
        tx.names().release(&pool.id, *kind, folded, &after.sub).await?;
    }
    Ok(Ok(()))
}

/// The refusal for a name that is somebody else's already, at a change of attributes.
pub fn taken_at_change(pool: &Pool, kind: NameKind) -> Refusal {
    let named = |contact: Contact| {
        if pool.named_by(contact) {
            Refusal::ContactTaken(contact.attribute())
        } else {
            Refusal::AliasTaken(contact.attribute())
        }
    };
    match kind {
        NameKind::Email => named(Contact::Email),
        NameKind::PhoneNumber => named(Contact::Phone),
        NameKind::PreferredUsername => Refusal::AliasTaken("preferred_username"),
        NameKind::Username => Refusal::UsernameTaken,
    }
}

/// Finds a person by sub, canonical username or active alias.
///
/// The sub comes first: else whoever signs up under somebody's sub as username would be taken for them.
pub async fn find(tx: &mut Tx, pool: &Pool, identifier: &str) -> Result<Option<User>, Refusal> {
    if let Some(user) = by_sub(tx, pool, identifier).await? {
        return Ok(Some(user));
    }
    let Some(sub) = holder(tx, pool, &pool.fold(identifier)).await? else { return Ok(None) };
    Ok(tx.users().get(&pool.id, &sub).await?)
}

/// The same where a stranger asks who must not learn whether there is anybody: whoever finds nobody reads a row all the
/// same (ST-11). `nobody` says where it lies, and is the same for a name each time.
pub async fn find_evenly(tx: &mut Tx, pool: &Pool, identifier: &str, nobody: &Sub) -> Result<Option<User>, Refusal> {
    let found = find(tx, pool, identifier).await?;
    if found.is_none() {
        tx.users().next_after(&pool.id, nobody).await?;
    }
    Ok(found)
}

/// The person with this very sub; other texts are not looked up.
async fn by_sub(tx: &mut Tx, pool: &Pool, identifier: &str) -> Result<Option<User>, Refusal> {
    if uuid::Uuid::try_parse(identifier).is_err() {
        return Ok(None);
    }
    let Ok(sub) = Sub::parse(identifier) else { return Ok(None) };
    Ok(tx.users().get(&pool.id, &sub).await?)
}

/// Gives a new person their names, or tells which one belongs to somebody else. A sub is nobody's username but its own,
/// and a username nobody else's preferred one: whoever signs up under it would be taken for them.
pub async fn claim_all(
    tx: &mut Tx,
    pool: &Pool,
    user: &User,
    claims: &[Claim],
) -> Result<Result<(), NameKind>, Refusal> {
    for (kind, folded) in claims {
        let shadows = *kind == NameKind::Username
            && (by_sub(tx, pool, &user.username).await?.is_some()
                || pool.has_alias("preferred_username")
                    && tx.names().get(&pool.id, NameKind::PreferredUsername, folded).await?.is_some());
        if shadows || !tx.names().claim(&pool.id, *kind, folded, &user.sub).await? {
            return Ok(Err(*kind));
        }
    }
    Ok(Ok(()))
}

/// Makes a new person's preferred username an alias where the pool has them; it must be nobody else's name.
pub async fn claim_preferred(tx: &mut Tx, pool: &Pool, user: &User) -> Result<(), Refusal> {
    let (name, kind) = ("preferred_username", NameKind::PreferredUsername);
    let Some(preferred) = user.attribute(name).filter(|_| pool.has_alias(name)) else { return Ok(()) };
    no_alias_form(pool, preferred)?;
    let folded = pool.fold(preferred);
    let others = holder(tx, pool, &folded).await?.is_some_and(|sub| sub != user.sub);
    if others || !tx.names().claim(&pool.id, kind, &folded, &user.sub).await? {
        return Err(Refusal::AliasTaken(name));
    }
    Ok(())
}

/// Whose name it is: a username before an alias.
pub async fn holder(tx: &mut Tx, pool: &Pool, folded: &str) -> Result<Option<Sub>, Refusal> {
    let named = tx.names().list(&pool.id, folded).await?;
    let first = named.into_iter().min_by_key(|(kind, _)| NameKind::ALL.iter().position(|k| k == kind));
    Ok(first.map(|(_, sub)| sub))
}

/// The kind of name a contact is.
pub const fn kind_of(contact: Contact) -> NameKind {
    match contact {
        Contact::Email => NameKind::Email,
        Contact::Phone => NameKind::PhoneNumber,
    }
}

/// Makes a verified contact an active alias. With `force` it is taken from whoever holds it, and that person's value is
/// no longer verified.
pub async fn activate_alias(
    tx: &mut Tx,
    pool: &Pool,
    user: &User,
    contact: Contact,
    force: bool,
) -> Result<(), Refusal> {
    let Some(value) = user.attribute(contact.attribute()) else { return Ok(()) };
    if !pool.has_alias(contact.attribute()) {
        return Ok(());
    }
    let folded = pool.fold(value);
    let kind = kind_of(contact);
    if tx.names().claim(&pool.id, kind, &folded, &user.sub).await? {
        return Ok(());
    }
    let taken = Refusal::AliasTaken(contact.attribute());
    let Some(holder) = tx.names().get(&pool.id, kind, &folded).await? else { return Err(taken) };
    if !force {
        return Err(taken);
    }
    if let Some(mut loser) = tx.users().get_for_update(&pool.id, &holder).await? {
        loser.attributes.insert(format!("{}_verified", contact.attribute()), "false".to_owned());
        tx.users().save(&loser).await?;
    }
    tx.names().release(&pool.id, kind, &folded, &holder).await?;
    if tx.names().claim(&pool.id, kind, &folded, &user.sub).await? { Ok(()) } else { Err(taken) }
}
