//! What an attribute may hold, and who may write it (user-pools.md 6.5, 8.2).

use contract::cognito_idp::types::AttributeDataType;
use indexmap::IndexMap;
use model::{Client, Pool, Refusal};

/// Who writes attributes.
#[derive(Debug, Clone, Copy)]
pub enum Writer<'a> {
    /// A person through a client: its write list counts, flags are never writable.
    Client(&'a Client),
    /// An administrator: neither counts.
    Administrator,
}

/// One `@` between two parts without blanks; what the service checks, and no more (user-pools.md 6.5).
#[must_use]
pub fn is_email(text: &str) -> bool {
    let clean = text.len() <= 2048 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    clean
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        })
}

/// `+` and up to fifteen digits, of which no country's begin with 0 (ITU-T E.164).
#[must_use]
pub fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Checks attributes of a new person against schema and permissions and returns them as stored. Empty values are left
/// out: an attribute is never blank (user-pools.md 7.8). Whether flags have values is for whoever knows the whole person.
pub fn read_new(
    pool: &Pool,
    writer: Writer<'_>,
    given: &[(String, String)],
) -> Result<IndexMap<String, String>, Refusal> {
    let mut stored = IndexMap::with_capacity(given.len());
    for (name, value) in given {
        let entry = pool
            .schema(name)
            .filter(|_| name != "sub" && name != "identities")
            .ok_or_else(|| Refusal::AttributeUnknown(name.clone()))?;
        if let Writer::Client(client) = writer
            && !client.may_write(name, entry.required == Some(true))
        {
            return Err(Refusal::AttributeNotWritable);
        }
        if !value.is_empty() {
            stored.insert(name.clone(), checked(entry, name, value)?);
        }
    }
    Ok(stored)
}

/// Refuses when a required attribute is missing, naming all that are.
pub fn require_all(pool: &Pool, attributes: &IndexMap<String, String>) -> Result<(), Refusal> {
    let missing: Vec<String> =
        pool.required_attributes().filter(|name| !attributes.contains_key(*name)).map(str::to_owned).collect();
    if missing.is_empty() { Ok(()) } else { Err(Refusal::AttributesRequired(missing)) }
}

/// A flag without the value it speaks of says nothing.
pub fn flags_have_values(attributes: &IndexMap<String, String>) -> Result<(), Refusal> {
    for (flag, value, sentence) in [
        ("email_verified", "email", "Email is required to verify/un-verify an email"),
        ("phone_number_verified", "phone_number", "Phone Number is required to verify/un-verify a phone number"),
    ] {
        if attributes.contains_key(flag) && !attributes.contains_key(value) {
            return Err(Refusal::Invalid(sentence.to_owned()));
        }
    }
    Ok(())
}

/// The value as stored, if it fits type and bounds.
pub fn checked(
    entry: &contract::cognito_idp::types::SchemaAttributeType,
    name: &str,
    value: &str,
) -> Result<String, Refusal> {
    match name {
        "email" if !is_email(value) => return Err(Refusal::Invalid("Invalid email address format.".to_owned())),
        "phone_number" if !is_phone(value) => return Err(Refusal::Invalid("Invalid phone number format.".to_owned())),
        _ => {}
    }
    let misfit = |why: &str| Refusal::Invalid(format!("Attributes did not conform to the schema: {name}: {why}\n"));
    match entry.attribute_data_type {
        Some(AttributeDataType::Boolean) => match value.to_ascii_lowercase().as_str() {
            flag @ ("true" | "false") => Ok(flag.to_owned()),
            _ => Err(misfit("The attribute value must be a boolean")),
        },
        Some(AttributeDataType::Number) => {
            let number: f64 = value.parse().map_err(|_| misfit("The attribute value must be a number"))?;
            let bounds = entry.number_attribute_constraints.as_ref();
            let bound = |text: Option<&String>| text.and_then(|t| t.parse::<f64>().ok());
            let low = bound(bounds.and_then(|b| b.min_value.as_ref())).is_some_and(|min| number < min);
            let high = bound(bounds.and_then(|b| b.max_value.as_ref())).is_some_and(|max| number > max);
            if low || high || !number.is_finite() {
                return Err(misfit("The attribute value is out of range"));
            }
            if name == "updated_at" && value.parse::<i64>().is_err() {
                return Err(misfit("The attribute value must be a whole number"));
            }
            Ok(value.to_owned())
        }
        Some(AttributeDataType::DateTime) => {
            let dated = value.get(..10).is_some_and(|day| {
                day.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
            });
            if dated { Ok(value.to_owned()) } else { Err(misfit("The attribute value must be a date and time")) }
        }
        Some(AttributeDataType::String) | None => {
            let length = value.chars().count();
            let bounds = entry.string_attribute_constraints.as_ref();
            let bound = |text: Option<&String>| text.and_then(|t| t.parse::<usize>().ok());
            if bound(bounds.and_then(|b| b.min_length.as_ref())).is_some_and(|min| length < min) {
                return Err(misfit("String must be longer"));
            }
            let max = bound(bounds.and_then(|b| b.max_length.as_ref())).unwrap_or(2048).min(2048);
            if length > max {
                return Err(misfit("String must be shorter"));
            }
            Ok(value.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_are_told_by_their_form() {
        for good in ["a@b", "ana.maria+x@mail.example.com", "ü@exämple.org"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n", "a@.b", "a@b."] {
            assert!(!is_email(bad), "{bad}");
        }
        for good in ["+1", "+491701234567", "+123456789012345"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["", "+", "1", "+1234567890123456", "+12a", "+ 12", "+0155501001"] {
            assert!(!is_phone(bad), "{bad}");
        }
    }
}
