//! The time formats of OSS's protocol.

use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

fn to_timestamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or_default()
}

/// `Sun, 22 Nov 2026 15:02:00 GMT`, for headers.
pub(crate) fn format_http_date(time: SystemTime) -> String {
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&to_timestamp(time)).unwrap_or_default()
}

/// `2026-11-22T15:02:00.000Z`, for XML: whole seconds, and clients take the zeros literally.
pub(crate) fn format_iso8601(time: SystemTime) -> String {
    to_timestamp(time).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// `2026-11-22T15:02:00.123Z`, for events.
pub(crate) fn format_iso8601_millis(time: SystemTime) -> String {
    to_timestamp(time).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

pub(crate) fn parse_http_date(text: &str) -> Option<SystemTime> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok().map(SystemTime::from)
}

/// `20261122T150200Z`, as V4 signatures carry it.
pub(crate) fn parse_basic_date(text: &str) -> Option<SystemTime> {
    let zoned = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(SystemTime::from(zoned.timestamp()))
}

/// Truncates to whole seconds. Headers carry whole seconds, so comparisons with them must too.
pub(crate) fn truncate_to_seconds(time: SystemTime) -> SystemTime {
    let rounding = jiff::TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Floor);
    to_timestamp(time).round(rounding).map_or(time, SystemTime::from)
}

/// How far apart two times are.
pub(crate) fn abs_difference(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).unwrap_or_else(|error| error.duration())
}
