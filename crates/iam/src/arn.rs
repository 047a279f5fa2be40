//! Patterns for resource names: six segments between colons, each compared by itself.

use crate::context::Context;
use crate::template::{Grammar, Piece, Template, pieces};

/// `arn:partition:service:region:account:rest`; colons of the rest are its own.
const SEGMENTS: usize = 6;

/// A resource name cut at its first five colons.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut<'t> {
    segments: [Option<&'t str>; SEGMENTS],
    /// Each segment with everything behind it.
    tails: [&'t str; SEGMENTS],
}

impl<'t> Cut<'t> {
    /// Cuts a name.
    pub(crate) fn of(text: &'t str) -> Self {
        let mut cut = Self { segments: [None; SEGMENTS], tails: [""; SEGMENTS] };
        let mut left = Some(text);
        let last = SEGMENTS - 1;
        for (at, (segment, tail)) in cut.segments.iter_mut().zip(&mut cut.tails).enumerate() {
            let Some(from_here) = left else { break };
            *tail = from_here;
            match from_here.split_once(':').filter(|_| at < last) {
                Some((own, behind)) => (*segment, left) = (Some(own), Some(behind)),
                None => (*segment, left) = (Some(from_here), None),
            }
        }
        cut
    }

    fn whole(&self) -> &'t str {
        let [whole, ..] = self.tails;
        whole
    }
}

/// A pattern for resource names.
#[derive(Debug, Clone)]
pub(crate) enum ArnPattern {
    /// `*`
    Any,
    /// Six segments of which five are plain text, as most are: that text with its colons, and the sixth.
    Headed(String, Template),
    /// Six segments, or fewer of which the last ends in a star and takes in the rest.
    Segments(Vec<Template>),
    /// Fewer segments, compared as one text: a variable that holds a whole name.
    Whole(Template),
}

/// Why a text is no pattern for resource names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoArn {
    /// A variable is not closed or not named.
    Variable,
    /// Fewer than six segments, and no star at the end.
    Short,
}

impl ArnPattern {
    /// Compiles a pattern of a statement.
    pub(crate) fn parse(text: &str, variables: bool) -> Result<Self, NoArn> {
        match Self::lenient(text, variables) {
            None => Err(NoArn::Variable),
            Some(ArnPattern::Whole(_)) => Err(NoArn::Short),
            Some(pattern) => Ok(pattern),
        }
    }

    /// Compiles a value of a condition, which may be `${aws:PrincipalArn}` alone. `None`: a variable cannot be read.
    pub(crate) fn lenient(text: &str, variables: bool) -> Option<Self> {
        if text == "*" {
            return Some(ArnPattern::Any);
        }
        let pieces = pieces(text, Grammar { wildcards: true, variables })?;
        let open_ended = matches!(pieces.last(), Some(Piece::Run));
        let segments = cut(pieces.clone());
        if segments.len() < SEGMENTS && !open_ended {
            return Some(ArnPattern::Whole(Template::of(pieces)));
        }
        Some(Self::of(segments.into_iter().map(Template::of).collect()))
    }

    fn of(mut templates: Vec<Template>) -> Self {
        let head = match templates.split_last() {
            Some((_, head)) if templates.len() == SEGMENTS => {
                head.iter().map(Template::plain).collect::<Option<Vec<_>>>()
            }
            _ => None,
        };
        let head = head.map(|head| head.join(":") + ":");
        match head.and_then(|head| templates.pop().map(|rest| (head, rest))) {
            Some((head, rest)) => ArnPattern::Headed(head, rest),
            None => ArnPattern::Segments(templates),
        }
    }

    /// Whether a name matches.
    pub(crate) fn matches(&self, name: &Cut<'_>, context: &Context) -> bool {
        let templates = match self {
            ArnPattern::Any => return true,
            ArnPattern::Whole(template) => return template.matches(name.whole(), context),
            ArnPattern::Headed(head, rest) => {
                return name.whole().strip_prefix(head.as_str()).is_some_and(|text| rest.matches(text, context));
            }
            ArnPattern::Segments(templates) => templates,
        };
        let last = templates.len() - 1;
        templates.iter().zip(name.segments.iter().zip(name.tails)).enumerate().all(
            |(at, (template, (segment, tail)))| {
                // For six segments, the last one's tail is the segment itself.
                let text = if at == last { segment.map(|_| tail) } else { *segment };
                text.is_some_and(|text| template.matches(text, context))
            },
        )
    }

    /// Whether some variable has no value in this request.
    pub(crate) fn is_unresolved(&self, context: &Context) -> bool {
        match self {
            ArnPattern::Any => false,
            ArnPattern::Whole(template) | ArnPattern::Headed(_, template) => template.is_unresolved(context),
            ArnPattern::Segments(templates) => templates.iter().any(|template| template.is_unresolved(context)),
        }
    }

    /// The keys its variables name, as written.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let templates = match self {
            ArnPattern::Any => &[][..],
            ArnPattern::Whole(template) | ArnPattern::Headed(_, template) => std::slice::from_ref(template),
            ArnPattern::Segments(templates) => templates,
        };
        templates.iter().flat_map(Template::variables)
    }
}

/// Cuts at the first five colons that are not inside a variable.
fn cut(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut segments = Vec::new();
    let mut open = Vec::new();
    for piece in pieces {
        let Piece::Text(text) = piece else {
            open.push(piece);
            continue;
        };
        let mut left = text.as_str();
        while segments.len() < SEGMENTS - 1
            && let Some((own, behind)) = left.split_once(':')
        {
            open.push(Piece::Text(own.to_owned()));
            segments.push(std::mem::take(&mut open));
            left = behind;
        }
        open.push(Piece::Text(left.to_owned()));
    }
    segments.push(open);
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        let mut context = Context::new();
        context.set("aws:PrincipalAccount", "123456789012");
        context.set("x:colon", "1:2");
        ArnPattern::parse(pattern, true).unwrap().matches(&Cut::of(name), &context)
    }

    #[test]
    fn segments_are_compared_one_by_one() {
        assert!(matches("arn:aws:s3:::b/*", "arn:aws:s3:::b/x:y/z"));
        assert!(matches("arn:*:s3:*:*:b", "arn:aws:s3:eu-west-1:1:b"));
        assert!(!matches("arn:aws:s3:::B/*", "arn:aws:s3:::b/x"));
        // A star of one segment does not reach into the next.
        assert!(!matches("arn:aws:s3:*::b", "arn:aws:s3:x:y:b"));
        assert!(!matches("arn:aws:iam::*:role/x", "arn:aws:iam:::user/arn:role/x"));
        assert!(matches("arn:aws:s3:::*", "arn:aws:s3:::"));
        assert!(!matches("arn:aws:s3:::*", "*"));
        assert!(!matches("arn:aws:s3:::*", "arn:aws:s3::"));
    }

    #[test]
    fn a_short_pattern_takes_in_the_rest() {
        for pattern in ["*", "arn:*", "arn:aws:s3*", "arn:aws:s3:*", "arn:aws:s3::*"] {
            assert!(matches(pattern, "arn:aws:s3:::b/x"), "{pattern}");
        }
        assert!(matches("arn:aws:*b/*", "arn:aws:s3:::b/x"));
        assert!(matches("arn:aws:s3:*b/*", "arn:aws:s3:::b/x"));
        assert!(!matches("arn:aws:s3:x*", "arn:aws:s3:::b/x"));
        assert!(!matches("arn:aws:sns*", "arn:aws:s3:::b/x"));
        assert_eq!(ArnPattern::parse("arn:aws:s3", true).unwrap_err(), NoArn::Short);
        assert_eq!(ArnPattern::parse("arn:aws:s3:::${", true).unwrap_err(), NoArn::Variable);
    }

    #[test]
    fn colons_inside_a_variable_cut_nothing_and_colons_of_its_value_reach_no_further() {
        assert!(matches("arn:aws:iam::${aws:PrincipalAccount}:role/x", "arn:aws:iam::123456789012:role/x"));
        assert!(!matches("arn:aws:iam::${x:colon}:role/x", "arn:aws:iam::1:2:role/x"));
        assert!(matches("arn:aws:iam:::${x:colon}", "arn:aws:iam:::1:2"));
        assert_eq!(ArnPattern::parse("arn:aws:iam::${aws:PrincipalAccount}", true).unwrap_err(), NoArn::Short);
    }
}
