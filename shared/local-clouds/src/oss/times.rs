//! The time formats of the protocol.

use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or_default()
}

/// `Sun, 22 Nov 2026 15:02:00 GMT`, for headers.
pub(super) fn http_date(time: SystemTime) -> String {
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&timestamp(time)).unwrap_or_default()
}

/// `2026-11-22T15:02:00.000Z`, for XML: whole seconds, and clients take the zeros literally.
pub(super) fn iso(time: SystemTime) -> String {
    timestamp(time).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// `2026-11-22T15:02:00.123Z`, for events.
pub(super) fn iso_millis(time: SystemTime) -> String {
    timestamp(time).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

pub(super) fn parse_http_date(text: &str) -> Option<SystemTime> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok().map(SystemTime::from)
}

/// `20261122T150200Z`, as V4 signatures carry it.
pub(super) fn parse_basic(text: &str) -> Option<SystemTime> {
    let zoned = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(SystemTime::from(zoned.timestamp()))
}

/// Headers carry whole seconds: comparisons with them must as well.
pub(super) fn whole_seconds(time: SystemTime) -> SystemTime {
    let rounding = jiff::TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Floor);
    timestamp(time).round(rounding).map_or(time, SystemTime::from)
}

/// How far apart two times are.
pub(super) fn distance(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).unwrap_or_else(|error| error.duration())
}
