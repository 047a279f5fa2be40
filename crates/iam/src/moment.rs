//! Dates of conditions: ISO 8601 in the profile of W3C, or seconds since 1970.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// A moment in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i128);

impl Moment {
    /// Reads `2026-09-01T08:05:09.5Z`, with seconds, minutes or the time left out, or epoch seconds. Without an offset it
    /// is UTC.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.split_once('T') {
            None if text.get(1..).is_some_and(|behind_sign| behind_sign.contains('-')) => {
                at(text, "00:00", UtcOffset::UTC)
            }
            None => epoch(text),
            Some((day, clock)) => {
                let (clock, offset) = offset(clock)?;
                at(day, clock, offset)
            }
        }
    }
}

fn epoch(text: &str) -> Option<Moment> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    // Eighteen digits are a thousand million years: more is no date, and less cannot overflow.
    if digits.is_empty() || digits.len() > 18 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse::<i64>().ok().map(|secs| Moment(i128::from(secs) * 1_000_000_000))
}

fn at(day: &str, clock: &str, offset: UtcOffset) -> Option<Moment> {
    let mut parts = day.split('-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if parts.next().is_some() {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
    let at = PrimitiveDateTime::new(date, time(clock)?).assume_offset(offset);
    Some(Moment(OffsetDateTime::unix_timestamp_nanos(at)))
}

fn time(clock: &str) -> Option<Time> {
    let (clock, nanos) = match clock.split_once('.') {
        Some((clock, fraction)) => {
            let digits = digits(fraction, fraction.len().clamp(1, 9))?;
            let scale = 10u32.pow(u32::try_from(9 - fraction.len()).ok()?);
            (clock, digits * scale)
        }
        None => (clock, 0),
    };
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = match parts.next() {
        Some(second) => digits(second, 2)?,
        // A fraction belongs to seconds.
        None if nanos == 0 => 0,
        None => return None,
    };
    if parts.next().is_some() {
        return None;
    }
    Time::from_hms_nano(u8::try_from(hour).ok()?, u8::try_from(minute).ok()?, u8::try_from(second).ok()?, nanos).ok()
}

/// Takes `Z`, `+02:00` or nothing off the end.
fn offset(clock: &str) -> Option<(&str, UtcOffset)> {
    if let Some(clock) = clock.strip_suffix('Z') {
        return Some((clock, UtcOffset::UTC));
    }
    let Some(at) = clock.find(['+', '-']) else { return Some((clock, UtcOffset::UTC)) };
    let (clock, offset) = clock.split_at_checked(at)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let part = |text| digits(text, 2).and_then(|value| i8::try_from(value).ok()).map(|value| value * sign);
    Some((clock, UtcOffset::from_hms(part(hours)?, part(minutes)?, 0).ok()?))
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let sound = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    sound.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_moment_is_read_from_every_form() {
        let moment = Moment::parse("2026-09-01T08:05:00Z").unwrap();
        for text in [
            "1788249900",
            "2026-09-01T08:05Z",
            "2026-09-01T08:05:00",
            "2026-09-01T08:05:00.000Z",
            "2026-09-01T10:05:00+02:00",
            "2026-09-01T02:35-05:30",
        ] {
            assert_eq!(Moment::parse(text), Some(moment), "{text}");
        }
        assert_eq!(Moment::parse("2026-09-01"), Moment::parse("2026-09-01T00:00:00Z"));
        assert!(Moment::parse("2026-09-01T08:05:00.25Z") > Some(moment));
        assert!(Moment::parse("-1") < Moment::parse("0"));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "-",
            "x",
            "2026-02-30",
            "2026-13-01",
            "2026-9-1",
            "2026-09-01T",
            "2026-09-01T24:00:00Z",
            "2026-09-01T08:05:00.Z",
            "2026-09-01T08:05:00.1234567890Z",
            "2026-09-01T08:05.5Z",
            "2026-09-01T08:05:00+2",
            "2026-09-01T08:05:00ZZ",
            "2026-09-01 08:05:00Z",
            "12345678901234567890",
            "1.5",
            "2026-09-01-01",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
