//! Moments as SigV4 writes them: `20150830T123600Z`.

use kernel::Time;
use time::format_description::well_known::Rfc2822;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// `20150830T123600Z`.
pub(super) fn text(moment: Time) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let moment = OffsetDateTime::from_unix_timestamp(moment.secs()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    moment.format(format).unwrap_or_default()
}

/// Reads `20150830T123600Z`.
pub(super) fn parse_basic(text: &str) -> Option<Time> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    if text.len() != 16 || !text.is_ascii() {
        return None;
    }
    let moment = PrimitiveDateTime::parse(text, format).ok()?;
    Some(Time::from_secs(moment.assume_utc().unix_timestamp()))
}

/// Reads a `Date` header: the form above, or `Sun, 30 Aug 2015 12:36:00 GMT`.
pub(super) fn parse_date_header(text: &str) -> Option<Time> {
    let of_mail = || OffsetDateTime::parse(text, &Rfc2822).ok().map(|m| Time::from_secs(m.unix_timestamp()));
    parse_basic(text).or_else(of_mail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_and_read_in_one_form() {
        let moment = Time::from_secs(1_440_938_160);
        assert_eq!(text(moment), "20150830T123600Z");
        assert_eq!(parse_basic("20150830T123600Z"), Some(moment));
        assert_eq!(parse_date_header("Sun, 30 Aug 2015 12:36:00 GMT"), Some(moment));
        for bad in [
            "",
            "20150830T123600",
            "20151330T123600Z",
            "20150830T256000Z",
            "2015-08-30T12:36:00Z",
            "+0150830T123600Z",
            "+20150830T123600Z",
            "20150830t123600z",
        ] {
            assert_eq!(parse_basic(bad), None, "{bad}");
        }
        assert_eq!(parse_date_header("yesterday"), None);
    }
}
