//! The filter of ListUsers: one condition, `name op "text"` (user-pools.md 16).

use crate::say;
use contract::Fault;
use contract::cognito_idp::fault;
use store::{SearchColumn, UserFilter};

/// Longest filter in characters.
const FILTER_MAX: usize = 256;

/// What can be searched; custom attributes cannot.
fn column(name: &str) -> Option<SearchColumn> {
    Some(match name {
        "sub" => SearchColumn::Sub,
        "username" => SearchColumn::Username,
        "email" => SearchColumn::Email,
        "phone_number" => SearchColumn::PhoneNumber,
        "name" => SearchColumn::Name,
        "given_name" => SearchColumn::GivenName,
        "family_name" => SearchColumn::FamilyName,
        "preferred_username" => SearchColumn::PreferredUsername,
        "cognito:user_status" => SearchColumn::Status,
        _ => return None,
    })
}

/// Reads a filter; an empty one is none.
///
/// # Errors
/// InvalidParameterException with the service's two sentences.
pub fn parse(filter: &str) -> Result<UserFilter, Fault> {
    let unreadable = || fault::invalid_parameter(say::FILTER_UNREADABLE);
    let text = filter.trim();
    if text.is_empty() {
        return Ok(UserFilter::All);
    }
    if text.chars().count() > FILTER_MAX {
        return Err(unreadable());
    }
    let at = text.find(['=', '^']).ok_or_else(unreadable)?;
    let (name, rest) = text.split_at_checked(at).ok_or_else(unreadable)?;
    let (prefix, rest) = match (rest.strip_prefix("^="), rest.strip_prefix('=')) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(unreadable()),
    };
    let name = unquoted(name.trim());
    let value = quoted(rest.trim()).ok_or_else(unreadable)?;
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(unreadable());
    }
    if name == "status" {
        return enabled(&value, prefix).map(UserFilter::Enabled).ok_or_else(unreadable);
    }
    let column = column(name).ok_or_else(|| fault::invalid_parameter(format!("Invalid search attribute: {name}")))?;
    // Statuses are stored in capitals and searched in any case.
    let value = if column == SearchColumn::Status { value.to_uppercase() } else { value };
    Ok(if prefix { UserFilter::StartsWith(column, value) } else { UserFilter::Is(column, value) })
}

/// `status` has two values, in this very spelling.
fn enabled(value: &str, prefix: bool) -> Option<bool> {
    let is = |whole: &str| whole == value || prefix && !value.is_empty() && whole.starts_with(value);
    if is("Enabled") {
        Some(true)
    } else if is("Disabled") {
        Some(false)
    } else {
        None
    }
}

/// SDK examples write the name with and without quotes.
fn unquoted(name: &str) -> &str {
    name.strip_prefix('"').and_then(|n| n.strip_suffix('"')).unwrap_or(name)
}

/// A quoted text with `\"` and `\\` undone; nothing may follow it.
fn quoted(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.strip_prefix('"')?.chars();
    loop {
        match chars.next()? {
            '"' => return chars.as_str().is_empty().then_some(out),
            '\\' => match chars.next()? {
                escaped @ ('"' | '\\') => out.push(escaped),
                _ => return None,
            },
            plain => out.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(filter: &str) -> Result<UserFilter, String> {
        parse(filter).map_err(|fault| fault.message)
    }

    #[test]
    fn up_42_conditions_are_read_with_quotes_and_backslashes() {
        let is = |column, value: &str| Ok(UserFilter::Is(column, value.to_owned()));
        assert_eq!(read(""), Ok(UserFilter::All));
        assert_eq!(read("  "), Ok(UserFilter::All));
        assert_eq!(read("email = \"a@b\""), is(SearchColumn::Email, "a@b"));
        assert_eq!(read("email^=\"a\""), Ok(UserFilter::StartsWith(SearchColumn::Email, "a".to_owned())));
        assert_eq!(read("\"name\" = \"A \\\"B\\\" \\\\\""), is(SearchColumn::Name, "A \"B\" \\"));
        assert_eq!(read("cognito:user_status=\"confirmed\""), is(SearchColumn::Status, "CONFIRMED"));
        assert_eq!(read("status = \"Disabled\""), Ok(UserFilter::Enabled(false)));
    }

    #[test]
    fn up_42_what_is_no_condition_or_not_searchable_is_refused() {
        for bad in [
            "email",
            "email=",
            "email=a",
            "email=\"a",
            "email=\"a\" and",
            "=\"a\"",
            "email==\"a\"",
            "e mail=\"a\"",
            "email=\"\\n\"",
            "^",
            "status=\"enabled\"",
        ] {
            assert_eq!(read(bad), Err("Error while parsing filter".to_owned()), "{bad}");
        }
        assert_eq!(read("custom:x = \"1\""), Err("Invalid search attribute: custom:x".to_owned()));
        assert_eq!(read(&format!("email=\"{}\"", "a".repeat(300))), Err("Error while parsing filter".to_owned()));
    }
}
