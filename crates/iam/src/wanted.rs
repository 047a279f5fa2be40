//! The values a condition asks for, compiled, and their comparison with one value of the request.

use std::net::IpAddr;

use data_encoding::BASE64;
use ipnet::{IpNet, Ipv4Net};

use crate::arn::{ArnPattern, Cut};
use crate::context::Context;
use crate::moment::Moment;
use crate::number::Number;
use crate::operator::{Family, Order};
use crate::template::{Grammar, Template, pieces};

/// Values of one key under one operator.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// Texts, with or without globs.
    Texts(Vec<Template>),
    /// Texts whose case does not matter.
    Folded(Vec<Template>),
    /// Patterns for resource names.
    Arns(Vec<ArnPattern>),
    /// Numbers.
    Numbers(Order, Vec<Number<'static>>),
    /// Dates.
    Dates(Order, Vec<Moment>),
    /// Truth values.
    Flags(Vec<bool>),
    /// Bytes.
    Bytes(Vec<Vec<u8>>),
    /// Networks.
    Networks(Vec<IpNet>),
    /// Whether the key is to be absent.
    Absent(Vec<bool>),
}

impl Wanted {
    /// Compiles the values of an operator's family. The error is the value that cannot be one.
    ///
    /// A value that could never match is refused, since under a negated operator it would hold for everyone.
    pub(crate) fn compile<'v>(family: Family, values: &[&'v str], variables: bool) -> Result<Self, &'v str> {
        Ok(match family {
            Family::Text => Wanted::Texts(each(values, |text| template(text, false, variables))?),
            Family::Like => Wanted::Texts(each(values, |text| template(text, true, variables))?),
            Family::FoldedText => Wanted::Folded(each(values, |text| template(text, false, variables))?),
            Family::Arn => Wanted::Arns(each(values, |text| ArnPattern::lenient(text, variables))?),
            Family::Number(order) => {
                Wanted::Numbers(order, each(values, |text| Number::parse(text).map(Number::into_owned))?)
            }
            Family::Date(order) => Wanted::Dates(order, each(values, Moment::parse)?),
            Family::Flag => Wanted::Flags(each(values, flag)?),
            Family::Bytes => Wanted::Bytes(each(values, bytes)?),
            Family::Network => Wanted::Networks(each(values, network)?),
            Family::Null => Wanted::Absent(each(values, flag)?),
        })
    }

    /// Whether one value of the request matches one of these.
    pub(crate) fn matches(&self, value: &str, context: &Context) -> bool {
        match self {
            Wanted::Texts(texts) => texts.iter().any(|text| text.matches(value, context)),
            Wanted::Folded(texts) => {
                texts.iter().any(|text| text.text(context).is_some_and(|text| same_but_for_case(&text, value)))
            }
            Wanted::Arns(arns) => {
                let name = Cut::of(value);
                arns.iter().any(|arn| arn.matches(&name, context))
            }
            Wanted::Numbers(order, numbers) => Number::parse(value)
                .is_some_and(|value| numbers.iter().any(|number| order.admits(value.compare(number)))),
            Wanted::Dates(order, dates) => {
                Moment::parse(value).is_some_and(|value| dates.iter().any(|date| order.admits(value.cmp(date))))
            }
            Wanted::Flags(flags) => flag(value).is_some_and(|value| flags.contains(&value)),
            Wanted::Bytes(many) => bytes(value).is_some_and(|value| many.contains(&value)),
            Wanted::Networks(networks) => {
                let address = value.parse::<IpAddr>().map(|address| address.to_canonical());
                address.is_ok_and(|address| networks.iter().any(|network| network.contains(&address)))
            }
            // Asked about the key, not about its values.
            Wanted::Absent(_) => false,
        }
    }

    /// Whether some variable of some value has no value in this request.
    pub(crate) fn is_unresolved(&self, context: &Context) -> bool {
        match self {
            Wanted::Texts(texts) | Wanted::Folded(texts) => texts.iter().any(|text| text.is_unresolved(context)),
            Wanted::Arns(arns) => arns.iter().any(|arn| arn.is_unresolved(context)),
            _ => false,
        }
    }

    /// The keys that variables of the values name, as written.
    pub(crate) fn variables(&self) -> Vec<&str> {
        match self {
            Wanted::Texts(texts) | Wanted::Folded(texts) => texts.iter().flat_map(Template::variables).collect(),
            Wanted::Arns(arns) => arns.iter().flat_map(ArnPattern::variables).collect(),
            _ => Vec::new(),
        }
    }
}

fn each<'v, T>(values: &[&'v str], compile: impl Fn(&'v str) -> Option<T>) -> Result<Vec<T>, &'v str> {
    values.iter().map(|value| compile(value).ok_or(*value)).collect()
}

fn template(text: &str, wildcards: bool, variables: bool) -> Option<Template> {
    pieces(text, Grammar { wildcards, variables }).map(Template::of)
}

/// `true` or `false`, whatever the case.
pub(crate) fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Base64.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.as_bytes()).ok()
}

/// A network or one address. IPv4 written inside IPv6 is IPv4, as the request's address is.
fn network(text: &str) -> Option<IpNet> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse::<IpNet>().ok()?,
    };
    let mapped = match network {
        IpNet::V6(inner) => {
            inner.addr().to_ipv4_mapped().zip(inner.prefix_len().checked_sub(96)).map(|(v4, len)| Ipv4Net::new(v4, len))
        }
        IpNet::V4(_) => None,
    };
    match mapped {
        Some(v4) => v4.ok().map(IpNet::V4),
        None => Some(network),
    }
}

/// The same text but for case. A letter outside ASCII never equals one inside: the Kelvin sign is no `k`, for a name that
/// merely looks like another must not pass for it.
fn same_but_for_case(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.chars(), b.chars());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) => {
                let same = if x.is_ascii() || y.is_ascii() {
                    x.eq_ignore_ascii_case(&y)
                } else {
                    x == y || x.to_lowercase().eq(y.to_lowercase())
                };
                if !same {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_folded_but_never_across_the_border_of_ascii() {
        assert!(same_but_for_case("Ana", "aNA"));
        assert!(same_but_for_case("É", "é"));
        assert!(!same_but_for_case("\u{212a}", "k"));
        assert!(!same_but_for_case("\u{017f}", "s"));
        assert!(!same_but_for_case("İ", "i"));
        assert!(!same_but_for_case("ana", "an"));
    }

    #[test]
    fn ipv4_inside_ipv6_is_ipv4() {
        let wanted = |text| Wanted::compile(Family::Network, &[text], true).unwrap();
        let context = Context::new();
        assert!(wanted("10.0.0.0/8").matches("::ffff:10.1.2.3", &context));
        assert!(wanted("::ffff:10.0.0.0/104").matches("10.1.2.3", &context));
        assert!(wanted("::ffff:10.1.2.3").matches("10.1.2.3", &context));
        assert!(!wanted("::/0").matches("10.1.2.3", &context));
        assert!(wanted("2001:db8::/32").matches("2001:db8::1", &context));
        assert!(wanted("10.0.0.1/8").matches("10.9.9.9", &context));
        assert!(!wanted("10.0.0.1").matches("10.0.0.2", &context));
    }

    #[test]
    fn values_that_could_never_match_are_refused() {
        for (family, value) in [
            (Family::Number(Order::Same), "five"),
            (Family::Number(Order::Same), "${aws:EpochTime}"),
            (Family::Date(Order::Less), "yesterday"),
            (Family::Flag, "yes"),
            (Family::Null, ""),
            (Family::Bytes, "QQ"),
            (Family::Network, "10.0.0.0/33"),
            (Family::Network, "10.0.0"),
            (Family::Text, "${"),
            (Family::Arn, "arn:aws:s3:::${}"),
        ] {
            assert_eq!(Wanted::compile(family, &[value], true).unwrap_err(), value);
        }
    }
}
