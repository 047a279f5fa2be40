//! SAML metadata as IAM looks at it: is it one, and until when is it good. Certificates and endpoints are read by
//! whoever verifies an assertion.

use crate::say;
use contract::Fault;
use kernel::Time;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How long metadata is good that does not say.
const GOOD_FOR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
/// Deepest nesting that is read.
const DEPTH_MAX: usize = 64;

/// Until when a document is good. It must be an `EntityDescriptor` that describes an identity provider.
pub fn valid_until(document: &str, now: Time) -> Result<Time, Fault> {
    read(document, now).ok_or_else(say::metadata_unreadable)
}

fn read(document: &str, now: Time) -> Option<Time> {
    if document.contains('\0') {
        return None;
    }
    let mut reader = Reader::from_str(document);
    let (mut until, mut depth, mut provider) = (None, 0_usize, false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                enter(&tag, depth, now, &mut until, &mut provider)?;
                depth += 1;
                if depth > DEPTH_MAX {
                    return None;
                }
            }
            Event::Empty(tag) => enter(&tag, depth, now, &mut until, &mut provider)?,
            Event::End(_) => depth = depth.checked_sub(1)?,
            // Entities of one's own making are how XML is made to explode.
            Event::DocType(_) => return None,
            Event::Eof => break,
            _ => {}
        }
    }
    until.filter(|_| provider && depth == 0)
}

/// Looks at an element; `until` is known once the outermost was seen.
fn enter(tag: &BytesStart<'_>, depth: usize, now: Time, until: &mut Option<Time>, provider: &mut bool) -> Option<()> {
    match (depth, tag.local_name().as_ref()) {
        (0, "EntityDescriptor") if until.is_none() => *until = Some(told(tag, now)?),
        (0, _) => return None,
        (1, "IDPSSODescriptor") => *provider = true,
        _ => {}
    }
    Some(())
}

/// `validUntil` of the outermost element.
fn told(tag: &BytesStart<'_>, now: Time) -> Option<Time> {
    let mut until = now + GOOD_FOR;
    for attribute in tag.attributes() {
        let attribute = attribute.ok()?;
        if attribute.key.as_ref() == "validUntil" {
            until = moment(&attribute.value)?;
        }
    }
    Some(until)
}

fn moment(text: &str) -> Option<Time> {
    let moment = OffsetDateTime::parse(text.trim(), &Rfc3339).ok()?;
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().map(Time::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_secs(1_000);

    #[test]
    fn metadata_says_until_when_it_is_good() {
        let with = |attributes: &str| {
            format!("<md:EntityDescriptor entityID=\"x\"{attributes}><md:IDPSSODescriptor/></md:EntityDescriptor>")
        };
        assert_eq!(read(&with(""), NOW), Some(NOW + GOOD_FOR));
        assert_eq!(read(&with(" validUntil=\"2030-01-01T00:00:00Z\""), NOW), Some(Time::from_secs(1_893_456_000)));
        assert_eq!(read(&with(" validUntil=\"soon\""), NOW), None);
    }

    #[test]
    fn what_is_no_metadata_of_an_identity_provider_is_refused() {
        for bad in [
            "",
            "text",
            "{}",
            "<EntityDescriptor/>",
            "<EntityDescriptor><SPSSODescriptor/></EntityDescriptor>",
            "<EntityDescriptor><IDPSSODescriptor></EntityDescriptor>",
            "<EntityDescriptor><IDPSSODescriptor/>",
            "<EntitiesDescriptor><EntityDescriptor><IDPSSODescriptor/></EntityDescriptor></EntitiesDescriptor>",
            "<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor><EntityDescriptor/>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>",
            "<EntityDescriptor><IDPSSODescriptor/></EntityDescriptor>\0",
        ] {
            assert_eq!(read(bad, NOW), None, "{bad}");
        }
        let deep = format!("<EntityDescriptor><IDPSSODescriptor/>{}{}", "<a>".repeat(100), "</a>".repeat(100));
        assert_eq!(read(&format!("{deep}</EntityDescriptor>"), NOW), None);
    }
}
