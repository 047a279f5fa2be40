//! Moments as people read them.

use kernel::Time;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

fn civil(at: Time) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.secs()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-11-21T09:30:00Z`.
pub(crate) fn rfc3339(at: Time) -> String {
    civil(at).format(&Rfc3339).unwrap_or_default()
}

/// `21 Nov 2026, 09:30:00 UTC`.
pub(crate) fn readable(at: Time) -> String {
    let form = format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute]:[second] UTC");
    civil(at).format(form).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_in_both_forms() {
        let at = Time::from_millis(1_700_000_000_999);
        assert_eq!(rfc3339(at), "2023-11-14T22:13:20Z");
        assert_eq!(readable(at), "14 Nov 2023, 22:13:20 UTC");
    }
}
