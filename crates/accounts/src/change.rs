//! What a change of attributes does to a person, decided on the person as they stand (user-pools.md 12). No I/O: the
//! same decision is made again when the transaction runs again.

use crate::attributes::{Writer, checked, flags_have_values};
use crate::names::no_alias_form;
use contract::cognito_idp::types::SchemaAttributeType;
use indexmap::IndexMap;
use model::{Contact, Pool, Refusal, User, UserStatus};

/// A change as decided.
#[derive(Debug)]
pub struct Change {
    /// The person with everything that is in force at once.
    pub after: User,
    /// The contacts that were named, and what becomes of each.
    pub contacts: Vec<(Contact, Address)>,
}

/// What becomes of a contact that a change names. Whatever was outstanding before is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// In force, or gone; nothing to prove.
    Settled,
    /// In force at once, and a code is to prove it.
    ToProve,
    /// In force when its code proves it; until then the old one stays.
    Waiting(String),
}

/// Decides a change: schema and permissions, then contacts, then everything else, then what must hold of the whole.
pub fn decide(pool: &Pool, writer: Writer<'_>, before: &User, given: &[(String, String)]) -> Result<Change, Refusal> {
    let values = read(pool, writer, given)?;
    let mut change = Change { after: before.clone(), contacts: Vec::new() };
    for contact in Contact::ALL {
        if let Some(value) = values.get(contact.attribute()) {
            let proved = values.get(contact.flag()).is_some_and(|flag| flag.as_deref() == Some("true"));
            change.turn(pool, contact, value.as_deref(), proved);
        }
    }
    for (name, value) in &values {
        change.set(name, value.as_deref());
    }
    preferred_may_be(pool, before, &change.after)?;
    flags_have_values(&change.after.attributes)?;
    keeps_a_name(pool, before, &change.after)?;
    Ok(change)
}

/// The values as they would be stored; None takes an attribute away. The last of a name counts.
fn read(
    pool: &Pool,
    writer: Writer<'_>,
    given: &[(String, String)],
) -> Result<IndexMap<String, Option<String>>, Refusal> {
    let mut values = IndexMap::with_capacity(given.len());
    for (name, value) in given {
        let entry = writable(pool, writer, name)?;
        let value = if value.is_empty() { None } else { Some(checked(entry, name, value)?) };
        if value.is_none() && entry.required == Some(true) {
            return Err(Refusal::AttributesRequired(vec![name.clone()]));
        }
        values.insert(name.clone(), value);
    }
    Ok(values)
}

/// The schema entry of an attribute that this writer may change. Nobody writes an immutable one after creation, not even
/// the value it has (user-pools.md 7.7).
fn writable<'p>(pool: &'p Pool, writer: Writer<'_>, name: &str) -> Result<&'p SchemaAttributeType, Refusal> {
    let entry = pool.schema(name).ok_or_else(|| Refusal::AttributeUnknown(name.to_owned()))?;
    if let Writer::Client(client) = writer
        && !client.may_write(name, entry.required == Some(true))
    {
        return Err(Refusal::AttributeNotWritable);
    }
    if entry.mutable == Some(false) || matches!(name, "sub" | "identities") {
        return Err(Refusal::AttributeImmutable(name.to_owned()));
    }
    Ok(entry)
}

impl Change {
    /// A contact: the same value again changes nothing, a new one is unverified or waits (user-pools.md 12.2 and 12.3).
    fn turn(&mut self, pool: &Pool, contact: Contact, value: Option<&str>, proved: bool) {
        let user = self.after.clone();
        let (user, address) = match value {
            None => (user.without(contact.attribute()), Address::Settled),
            Some(value) if user.attribute(contact.attribute()) == Some(value) => (user, Address::Settled),
            Some(value) if proved => (user.contact_proved(contact, value), Address::Settled),
            Some(value) if pool.verifies_before_update(contact) => (user, Address::Waiting(value.to_owned())),
            Some(value) if pool.auto_verifies(contact) => (user.contact_changed(contact, value), Address::ToProve),
            Some(value) => (user.contact_changed(contact, value), Address::Settled),
        };
        self.after = user;
        self.contacts.push((contact, address));
    }

    /// Every other attribute. A flag that came with a value that waits speaks of that value, not of the one in force.
    fn set(&mut self, name: &str, value: Option<&str>) {
        let waits = |contact: Contact| {
            self.contacts.iter().any(|(c, address)| *c == contact && matches!(address, Address::Waiting(_)))
        };
        let of_waiting = Contact::ALL.into_iter().any(|contact| contact.flag() == name && waits(contact));
        if Contact::parse(name).is_some() || of_waiting {
            return;
        }
        match value {
            Some(value) => drop(self.after.attributes.insert(name.to_owned(), value.to_owned())),
            None => drop(self.after.attributes.shift_remove(name)),
        }
    }
}

/// A preferred username that signs in comes after the confirmation, and does not look like another alias.
pub(crate) fn preferred_may_be(pool: &Pool, before: &User, after: &User) -> Result<(), Refusal> {
    let name = "preferred_username";
    let Some(new) = after.attribute(name).filter(|new| pool.has_alias(name) && before.attribute(name) != Some(*new))
    else {
        return Ok(());
    };
    if after.status == UserStatus::Unconfirmed {
        return Err(Refusal::PreferredTooEarly);
    }
    no_alias_form(pool, new)
}

/// Where contacts are the names, nobody is left without one: that person could never sign in again.
fn keeps_a_name(pool: &Pool, before: &User, after: &User) -> Result<(), Refusal> {
    let named = |user: &User| {
        let mut naming = Contact::ALL.into_iter().filter(|contact| pool.named_by(*contact));
        naming.find(|contact| user.attribute(contact.attribute()).is_some())
    };
    match (named(before), named(after)) {
        (Some(lost), None) => Err(Refusal::AttributesRequired(vec![lost.attribute().to_owned()])),
        _ => Ok(()),
    }
}
