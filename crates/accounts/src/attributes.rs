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
    use contract::cognito_idp::types::{
        NumberAttributeConstraintsType, SchemaAttributeType, StringAttributeConstraintsType,
    };

    #[test]
    fn addresses_and_numbers_are_told_by_their_form() {
        let long = |bytes: usize| format!("{}@b", "a".repeat(bytes - 2));
        assert!(is_email(&long(2048)) && !is_email(&long(2049)));
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

    fn entry(of: AttributeDataType) -> SchemaAttributeType {
        SchemaAttributeType { attribute_data_type: Some(of), ..SchemaAttributeType::default() }
    }

    /// What is refused of these values, and why; every other one is stored as it is.
    fn refused<'a>(entry: &SchemaAttributeType, name: &str, values: &[&'a str]) -> Vec<(&'a str, String)> {
        let why = |value: &&'a str| match checked(entry, name, value) {
            Ok(stored) => {
                assert_eq!(stored, *value);
                None
            }
            Err(Refusal::Invalid(sentence)) => Some((*value, sentence.trim().rsplit(": ").next()?.to_owned())),
            Err(other) => panic!("{other:?}"),
        };
        values.iter().filter_map(why).collect()
    }

    #[test]
    fn a_text_has_the_lengths_its_bounds_say_themselves_included() {
        let bounds = |min: &str, max: &str| StringAttributeConstraintsType {
            min_length: Some(min.to_owned()),
            max_length: Some(max.to_owned()),
        };
        let of = |min, max| SchemaAttributeType {
            string_attribute_constraints: Some(bounds(min, max)),
            ..entry(AttributeDataType::String)
        };
        let found = refused(&of("2", "3"), "custom:a", &["ü", "üü", "üüü", "üüüü"]);
        let expected = [("ü", "String must be longer"), ("üüüü", "String must be shorter")];
        assert_eq!(found, expected.map(|(value, why)| (value, why.to_owned())));
        // No bound reaches beyond what the service stores at all.
        let (most, more) = ("a".repeat(2048), "a".repeat(2049));
        for entry in [of("0", "9999"), entry(AttributeDataType::String), SchemaAttributeType::default()] {
            assert_eq!(
                refused(&entry, "custom:a", &[&most, &more]),
                [(more.as_str(), "String must be shorter".to_owned())]
            );
        }
    }

    #[test]
    fn a_number_lies_between_its_bounds_themselves_included() {
        let bounds =
            NumberAttributeConstraintsType { min_value: Some("-2".to_owned()), max_value: Some("3.5".to_owned()) };
        let of = SchemaAttributeType { number_attribute_constraints: Some(bounds), ..entry(AttributeDataType::Number) };
        let found = refused(&of, "custom:n", &["-2.1", "-2", "0", "3.5", "3.6", "NaN", "many"]);
        let range = "The attribute value is out of range";
        let expected =
            [("-2.1", range), ("3.6", range), ("NaN", range), ("many", "The attribute value must be a number")];
        assert_eq!(found, expected.map(|(value, why)| (value, why.to_owned())));
        let whole = refused(&entry(AttributeDataType::Number), "updated_at", &["1788249909", "1.5"]);
        assert_eq!(whole, [("1.5", "The attribute value must be a whole number".to_owned())]);
        assert_eq!(refused(&entry(AttributeDataType::Number), "custom:n", &["1.5"]), []);
    }

    #[test]
    fn flags_and_days_are_told_by_their_form() {
        let flag = entry(AttributeDataType::Boolean);
        assert_eq!(checked(&flag, "custom:f", "TRUE").ok().as_deref(), Some("true"));
        assert_eq!(checked(&flag, "custom:f", "False").ok().as_deref(), Some("false"));
        assert!(checked(&flag, "custom:f", "1").is_err());
        let day = entry(AttributeDataType::DateTime);
        let bad = ["2026", "2026/09/01", "2026-09/01", "2026-09-0x", "20260-9-01", "202a-09-01"];
        let found = refused(&day, "custom:d", &[&["2026-09-01", "2026-09-01T08:05:09Z"][..], &bad].concat());
        assert_eq!(found.iter().map(|(value, _)| *value).collect::<Vec<_>>(), bad);
    }

    #[test]
    fn a_flag_needs_the_value_it_speaks_of() {
        let of = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        assert!(flags_have_values(&of(&["email", "email_verified", "phone_number"])).is_ok());
        assert!(flags_have_values(&of(&["phone_number_verified", "phone_number"])).is_ok());
        assert!(flags_have_values(&of(&["email_verified", "phone_number"])).is_err());
        assert!(flags_have_values(&of(&["phone_number_verified", "email"])).is_err());
    }
}
