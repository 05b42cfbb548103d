//! Hours in which a robot keeps silent.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 24 * 60;
/// The widest offsets in use are -12:00 and +14:00.
const OFFSETS: std::ops::RangeInclusive<i64> = -12 * 60..=14 * 60;

/// Zones that have one offset all year, in minutes, by the IANA time zone database (2025b). Zones that change their clocks need a database
/// of rules, which is larger than the function may grow.
const ZONES: [(&str, i64); 20] = [
    ("UTC", 0),
    ("Etc/UTC", 0),
    ("PRC", 480),
    ("Asia/Shanghai", 480),
    ("Asia/Chongqing", 480),
    ("Asia/Urumqi", 360),
    ("Asia/Hong_Kong", 480),
    ("Asia/Macau", 480),
    ("Asia/Taipei", 480),
    ("Asia/Singapore", 480),
    ("Asia/Kuala_Lumpur", 480),
    ("Asia/Manila", 480),
    ("Asia/Tokyo", 540),
    ("Asia/Seoul", 540),
    ("Asia/Bangkok", 420),
    ("Asia/Ho_Chi_Minh", 420),
    ("Asia/Jakarta", 420),
    ("Asia/Yangon", 390),
    ("Asia/Kolkata", 330),
    ("Asia/Dubai", 240),
];

/// From when to when nothing is sent, each day. Past midnight where `to` is before `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// Minutes since midnight.
    from: i64,
    /// Minutes since midnight.
    to: i64,
    /// Minutes that the zone is ahead of UTC.
    offset: i64,
}

impl QuietHours {
    /// Whether nothing is to be sent at this time.
    #[must_use]
    pub fn contains(&self, time: SystemTime) -> bool {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let minutes = i64::try_from(since.as_secs() / 60).unwrap_or_default();
        let now = (minutes + self.offset).rem_euclid(DAY);
        match self.from < self.to {
            true => (self.from..self.to).contains(&now),
            false => now >= self.from || now < self.to,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    from: String,
    to: String,
    zone: String,
}

impl<'de> Deserialize<'de> for QuietHours {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Table { from, to, zone } = Table::deserialize(from)?;
        let time = |text: &str| parse_time(text).ok_or("from and to must be times such as 22:00");
        let hours = Self {
            from: time(&from).map_err(D::Error::custom)?,
            to: time(&to).map_err(D::Error::custom)?,
            offset: parse_zone(&zone).ok_or_else(|| {
                D::Error::custom(
                    "zone must be an offset such as +08:00, or a zone without daylight saving time such as Asia/Shanghai",
                )
            })?,
        };
        match hours.from == hours.to {
            true => Err(D::Error::custom("from and to must differ")),
            false => Ok(hours),
        }
    }
}

/// Minutes since midnight.
fn parse_time(text: &str) -> Option<i64> {
    parse_clock(text).filter(|minutes| *minutes < DAY)
}

fn parse_zone(text: &str) -> Option<i64> {
    let offset = match text.split_at_checked(1)? {
        ("+", clock) => parse_clock(clock),
        ("-", clock) => parse_clock(clock).map(|minutes| -minutes),
        _ => ZONES.iter().find(|(name, _)| *name == text).map(|(_, offset)| *offset),
    };
    offset.filter(|offset| OFFSETS.contains(offset))
}

/// The minutes of `hh:mm`.
fn parse_clock(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| {
        let is_fit = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| is_fit)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn parse(from: &str, to: &str, zone: &str) -> Result<QuietHours, String> {
        let table = serde_json::json!({"from": from, "to": to, "zone": zone});
        serde_json::from_value(table).map_err(|error| error.to_string())
    }

    /// 2023-11-14 at this hour and minute of UTC.
    fn at(hour: u64, minute: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_699_920_000 + hour * 3600 + minute * 60)
    }

    #[test]
    fn a_night_is_quiet_in_its_own_zone() {
        for zone in ["Asia/Shanghai", "+08:00"] {
            let hours = parse("22:00", "08:00", zone).expect("fits");
            for (hour, minute, is_quiet) in
                [(13, 59, false), (14, 0, true), (20, 0, true), (23, 59, true), (0, 0, false), (5, 0, false)]
            {
                assert_eq!(hours.contains(at(hour, minute)), is_quiet, "{hour}:{minute} {zone}");
            }
        }
        let noon = parse("12:00", "13:30", "-03:30").expect("fits");
        assert!(noon.contains(at(15, 30)) && noon.contains(at(16, 59)));
        assert!(!noon.contains(at(15, 29)) && !noon.contains(at(17, 0)));
    }

    #[test]
    fn zones_that_change_their_clocks_are_refused() {
        for zone in
            ["Europe/Berlin", "America/New_York", "CST", "", "8", "+8:00", "+08:60", "+15:00", "＋08:00"]
        {
            assert!(parse("22:00", "08:00", zone).is_err_and(|why| why.contains("Asia/Shanghai")), "{zone}");
        }
        for (from, to) in [("24:00", "08:00"), ("22", "08:00"), ("22:00", "8:00"), ("22:00", "22:00")] {
            assert!(parse(from, to, "+08:00").is_err_and(|why| why.contains("from and to must")), "{from}");
        }
    }
}
