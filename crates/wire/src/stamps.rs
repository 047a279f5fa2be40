//! Moments as text: epoch seconds for JSON, ISO-8601 for Query and query strings.

use kernel::Time;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds of 0001-01-01 and 9999-12-31T23:59:59.999Z: what every client can hold.
const MILLIS_MIN: i64 = -62_135_596_800_000;
const MILLIS_MAX: i64 = 253_402_300_799_999;

/// A moment from milliseconds, if calendars know it.
pub fn from_millis(millis: i64) -> Option<Time> {
    (MILLIS_MIN..=MILLIS_MAX).contains(&millis).then(|| Time::from_millis(millis))
}

/// A moment from epoch seconds with a fraction.
pub fn from_secs(secs: f64) -> Option<Time> {
    let millis = (secs * 1000.0).round();
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    // both bounds and all between are exact in an f64
    (millis >= MILLIS_MIN as f64 && millis <= MILLIS_MAX as f64).then(|| Time::from_millis(millis as i64))
}

/// Writes epoch seconds, three decimals: `1726784814.598`. A whole second is written without a fraction, which is how
/// DeviceLastAuthenticatedDate always comes (user-pools.md 1.3): its operation rounds, the wire needs no second kind of moment.
pub fn push_epoch(out: &mut Vec<u8>, moment: Time) {
    let millis = moment.millis();
    let (secs, fraction) = ((millis / 1000).unsigned_abs(), (millis % 1000).unsigned_abs());
    if millis < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(secs.to_string().as_bytes());
    if fraction != 0 {
        out.extend_from_slice(format!(".{fraction:03}").as_bytes());
    }
}

/// `2026-11-21T09:18:56Z`, with `.598` where the moment has milliseconds.
pub fn iso(moment: Time) -> String {
    let nanos = i128::from(moment.millis().clamp(MILLIS_MIN, MILLIS_MAX)) * 1_000_000;
    let stamp = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, clock) = (stamp.date(), stamp.time());
    let mut text = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    );
    if clock.millisecond() != 0 {
        text.push_str(&format!(".{:03}", clock.millisecond()));
    }
    text.push('Z');
    text
}

/// Reads ISO-8601 as SDKs write it: with seconds, `Z` or an offset, and any fraction (kept to the millisecond).
pub fn from_iso(text: &str) -> Option<Time> {
    let stamp = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    from_millis(i64::try_from(stamp.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(millis: i64) -> String {
        let mut out = Vec::new();
        push_epoch(&mut out, Time::from_millis(millis));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn up_06_timestamps_are_epoch_seconds_with_three_decimals() {
        assert_eq!(epoch(1_726_784_814_598), "1726784814.598");
        assert_eq!(epoch(1_726_784_814_005), "1726784814.005");
        assert_eq!(epoch(1_726_784_814_000), "1726784814");
        assert_eq!(epoch(-1), "-0.001");
        assert_eq!(epoch(-1_500), "-1.500");
    }

    #[test]
    fn up_06_what_was_written_is_read_back_to_the_millisecond() {
        for millis in [0, 1, 999, 1_726_784_814_598, 1_726_784_814_001, -1, MILLIS_MAX, MILLIS_MIN] {
            assert_eq!(from_secs(epoch(millis).parse().unwrap()).unwrap().millis(), millis);
            assert_eq!(from_iso(&iso(Time::from_millis(millis))).unwrap().millis(), millis);
        }
        assert_eq!(from_secs(1.66e9).unwrap().secs(), 1_660_000_000);
    }

    #[test]
    fn moments_outside_every_calendar_are_refused() {
        for secs in [f64::NAN, f64::INFINITY, -1e300, 253_402_300_800.0, 1e15] {
            assert_eq!(from_secs(secs), None, "{secs}");
        }
        for text in ["", "2026-13-01T00:00:00Z", "20261121", "1726784814", "2026-11-21 09:18"] {
            assert_eq!(from_iso(text), None, "{text}");
        }
    }

    #[test]
    fn iso_reads_offsets_and_long_fractions() {
        assert_eq!(iso(Time::from_secs(1_440_938_160)), "2015-08-30T12:36:00Z");
        assert_eq!(from_iso("2015-08-30T14:36:00.123456+02:00").unwrap().millis(), 1_440_938_160_123);
    }
}
