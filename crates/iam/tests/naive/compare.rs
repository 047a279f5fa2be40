//! One value of a policy against one of a request, by the positive form of an operator.

use std::collections::BTreeMap;
use std::net::IpAddr;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::texts;

pub fn matches(
    operator: &str,
    wanted: &str,
    had: &str,
    context: &BTreeMap<String, Vec<String>>,
    variables: bool,
) -> bool {
    let filled = || texts::filled(wanted, context, variables);
    match operator {
        "StringEquals" => filled().is_some_and(|text| text == had),
        "StringEqualsIgnoreCase" => filled().is_some_and(|text| text.to_lowercase() == had.to_lowercase()),
        "StringLike" => texts::like(wanted, had, context, variables),
        "ArnEquals" | "ArnLike" => texts::arn(wanted, had, context, variables),
        "Bool" => ["true", "false"].contains(&&*had.to_lowercase()) && wanted.to_lowercase() == had.to_lowercase(),
        // Both are drawn as canonical base64 or as no base64 at all.
        "BinaryEquals" => wanted == had,
        "IpAddress" => inside(wanted, had),
        other => match other.strip_prefix("Numeric") {
            Some(order) => ordered(order, number(wanted), number(had)),
            None => ordered(other.strip_prefix("Date").unwrap(), date(wanted), date(had)),
        },
    }
}

fn ordered<T: PartialOrd>(order: &str, wanted: Option<T>, had: Option<T>) -> bool {
    let (Some(wanted), Some(had)) = (wanted, had) else { return false };
    match order {
        "Equals" => had == wanted,
        "LessThan" => had < wanted,
        "LessThanEquals" => had <= wanted,
        "GreaterThan" => had > wanted,
        "GreaterThanEquals" => had >= wanted,
        other => unreachable!("{other}"),
    }
}

fn number(text: &str) -> Option<f64> {
    if !text.chars().all(|c| "0123456789.-".contains(c)) {
        return None;
    }
    text.parse().ok()
}

fn date(text: &str) -> Option<i128> {
    if let Ok(secs) = text.parse::<i64>() {
        return Some(i128::from(secs) * 1_000_000_000);
    }
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    OffsetDateTime::parse(&whole, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp_nanos)
}

/// Addresses as bits, with their family in front.
fn bits(text: &str) -> Option<String> {
    Some(match text.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(v4) => format!("4:{:032b}", v4.to_bits()),
        IpAddr::V6(v6) => format!("6:{:0128b}", v6.to_bits()),
    })
}

fn inside(network: &str, address: &str) -> bool {
    let (base, len) = network.split_once('/').map_or((network, None), |(base, len)| (base, Some(len)));
    let (Some(base_bits), Some(address)) = (bits(base), bits(address)) else { return false };
    let mut len = len.map_or(base_bits.len() - 2, |len| len.parse().unwrap());
    if base.contains(':') && base_bits.starts_with('4') && network.contains('/') {
        len -= 96;
    }
    address.starts_with(&base_bits[..2 + len])
}
