//! The names of condition operators, taken apart: `ForAnyValue:StringNotLikeIfExists`.

/// What is compared, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Texts, case-sensitively.
    Text,
    /// Texts, whatever their case.
    FoldedText,
    /// Texts with globs.
    Like,
    /// Resource names, segment by segment.
    Arn,
    /// Decimal numbers.
    Number(Order),
    /// Dates.
    Date(Order),
    /// `true` and `false`.
    Flag,
    /// Bytes in base64.
    Bytes,
    /// Addresses in networks.
    Network,
    /// Whether the key is absent.
    Null,
}

/// How the request's value has to stand to the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Equal.
    Same,
    /// Less.
    Less,
    /// Less or equal.
    LessOrSame,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterOrSame,
}

impl Order {
    /// Whether `order`, of the request's value to the policy's, is what is asked for.
    pub(crate) fn admits(self, order: std::cmp::Ordering) -> bool {
        match self {
            Order::Same => order.is_eq(),
            Order::Less => order.is_lt(),
            Order::LessOrSame => order.is_le(),
            Order::Greater => order.is_gt(),
            Order::GreaterOrSame => order.is_ge(),
        }
    }
}

/// Of the request's values, how many must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// Not said: one for positive operators, every one for negated ones.
    Unsaid,
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    /// What is compared.
    pub family: Family,
    /// A value holds when it matches none of the policy's values.
    pub negated: bool,
    /// How many values must hold.
    pub quantifier: Quantifier,
    /// `…IfExists`: an absent key holds.
    pub if_exists: bool,
}

impl Operator {
    /// Takes a name apart. `None`: there is no such operator.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (quantifier, bare) = match name.split_once(':') {
            None => (Quantifier::Unsaid, name),
            Some(("ForAllValues", bare)) => (Quantifier::All, bare),
            Some(("ForAnyValue", bare)) => (Quantifier::Any, bare),
            Some(_) => return None,
        };
        let (bare, if_exists) = bare.strip_suffix("IfExists").map_or((bare, false), |bare| (bare, true));
        let (family, negated) = family(bare)?;
        // Null asks about the key itself: neither its values nor their absence can qualify it.
        if family == Family::Null && (if_exists || quantifier != Quantifier::Unsaid) {
            return None;
        }
        Some(Self { family, negated, quantifier, if_exists })
    }
}

fn family(bare: &str) -> Option<(Family, bool)> {
    Some(match bare {
        "StringEquals" => (Family::Text, false),
        "StringNotEquals" => (Family::Text, true),
        "StringEqualsIgnoreCase" => (Family::FoldedText, false),
        "StringNotEqualsIgnoreCase" => (Family::FoldedText, true),
        "StringLike" => (Family::Like, false),
        "StringNotLike" => (Family::Like, true),
        "ArnEquals" | "ArnLike" => (Family::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Family::Arn, true),
        "Bool" => (Family::Flag, false),
        "BinaryEquals" => (Family::Bytes, false),
        "IpAddress" => (Family::Network, false),
        "NotIpAddress" => (Family::Network, true),
        "Null" => (Family::Null, false),
        ordered => {
            let (family, comparison): (fn(Order) -> Family, _) = match ordered.strip_prefix("Numeric") {
                Some(comparison) => (Family::Number, comparison),
                None => (Family::Date, ordered.strip_prefix("Date")?),
            };
            match comparison {
                "Equals" => (family(Order::Same), false),
                "NotEquals" => (family(Order::Same), true),
                "LessThan" => (family(Order::Less), false),
                "LessThanEquals" => (family(Order::LessOrSame), false),
                "GreaterThan" => (family(Order::Greater), false),
                "GreaterThanEquals" => (family(Order::GreaterOrSame), false),
                _ => return None,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_suffixes_combine() {
        let operator = Operator::parse("ForAnyValue:StringNotLikeIfExists").unwrap();
        assert_eq!(
            operator,
            Operator { family: Family::Like, negated: true, quantifier: Quantifier::Any, if_exists: true }
        );
        assert_eq!(Operator::parse("NumericLessThan").unwrap().family, Family::Number(Order::Less));
        assert_eq!(Operator::parse("DateNotEquals").unwrap().family, Family::Date(Order::Same));
    }

    #[test]
    fn other_names_are_no_operators() {
        for name in [
            "",
            "stringequals",
            "StringEqual",
            "NumericLike",
            "DateEqualsIfExistsIfExists",
            "NullIfExists",
            "ForAllValues:Null",
            "ForSomeValues:Bool",
            "ForAllValues:ForAnyValue:Bool",
            "IfExists",
            "ForAllValues:",
            "BinaryNotEquals",
            "BoolNotEquals",
        ] {
            assert!(Operator::parse(name).is_none(), "{name}");
        }
    }
}
