//! Time zones by name, without a database of them: a function's machine may have none.
//!
//! A name stands for the rule that the zone follows today, as the last line of its file in the tz database (2025b) has it. Past and future
//! laws are not known: an hour that is set lies days ahead at most.

use jiff::{
    Timestamp, Zoned,
    tz::{Offset, TimeZone},
};
use std::time::SystemTime;

/// The zones of those who use Youku, and those of the usual partners abroad, each with its rule as POSIX writes it.
const ZONES: [(&str, &str); 34] = [
    ("UTC", "UTC0"),
    ("Asia/Shanghai", "CST-8"),
    ("Asia/Urumqi", "<+06>-6"),
    ("Asia/Hong_Kong", "HKT-8"),
    ("Asia/Macau", "CST-8"),
    ("Asia/Taipei", "CST-8"),
    ("Asia/Singapore", "<+08>-8"),
    ("Asia/Kuala_Lumpur", "<+08>-8"),
    ("Asia/Manila", "PST-8"),
    ("Asia/Tokyo", "JST-9"),
    ("Asia/Seoul", "KST-9"),
    ("Asia/Bangkok", "<+07>-7"),
    ("Asia/Ho_Chi_Minh", "<+07>-7"),
    ("Asia/Jakarta", "WIB-7"),
    ("Asia/Kolkata", "IST-5:30"),
    ("Asia/Dubai", "<+04>-4"),
    ("Europe/Moscow", "MSK-3"),
    ("Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"),
    ("Europe/Paris", CENTRAL_EUROPE),
    ("Europe/Berlin", CENTRAL_EUROPE),
    ("Europe/Madrid", CENTRAL_EUROPE),
    ("Europe/Rome", CENTRAL_EUROPE),
    ("Europe/Amsterdam", CENTRAL_EUROPE),
    ("America/New_York", EASTERN),
    ("America/Toronto", EASTERN),
    ("America/Chicago", "CST6CDT,M3.2.0,M11.1.0"),
    ("America/Denver", "MST7MDT,M3.2.0,M11.1.0"),
    ("America/Los_Angeles", PACIFIC),
    ("America/Vancouver", PACIFIC),
    ("America/Sao_Paulo", "<-03>3"),
    ("Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
    ("Australia/Melbourne", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
    ("Australia/Perth", "AWST-8"),
    ("Pacific/Auckland", "NZST-12NZDT,M9.5.0,M4.1.0/3"),
];

const CENTRAL_EUROPE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
const EASTERN: &str = "EST5EDT,M3.2.0,M11.1.0";
const PACIFIC: &str = "PST8PDT,M3.2.0,M11.1.0";

/// What a zone must be, for errors.
pub const ZONE: &str = "a known zone such as Asia/Shanghai, or an offset such as +08:00";

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// Finds a zone by its name in the tz database, or by an offset such as `+08:00` or `-03:30`; `None` where neither is known.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let zone = match ZONES.iter().find(|(known, _)| *known == name) {
            Some((_, rule)) => TimeZone::posix(rule).ok(),
            None => parse_offset(name).map(TimeZone::fixed),
        };
        zone.map(Self)
    }

    /// Minutes since midnight there, 0 to 1439.
    #[must_use]
    pub fn minute_of_day(&self, time: SystemTime) -> u16 {
        let clock = self.at(time).time();
        u16::from(clock.hour().unsigned_abs()) * 60 + u16::from(clock.minute().unsigned_abs())
    }

    /// The time as clocks there show it.
    pub(crate) fn at(&self, time: SystemTime) -> Zoned {
        Timestamp::try_from(time).unwrap_or_default().to_zoned(self.0.clone())
    }
}

fn parse_offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':')?;
    let two = |text: &str, most: i32| {
        let well_formed = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|number| well_formed && *number <= most)
    };
    Offset::from_seconds(sign * (two(hours, 14)? * 3600 + two(minutes, 59)? * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_of_the_table_has_a_rule() {
        for (name, _) in ZONES {
            assert!(Zone::find(name).is_some(), "{name}");
        }
        for foreign in
            ["", "Shanghai", "Mars/Olympus", "+8", "+08", "+0800", "+24:00", "08:00", "+08:60", "+é8:00"]
        {
            assert!(Zone::find(foreign).is_none(), "{foreign}");
        }
    }

    /// Where the machine has the tz database, its files end with the same rules.
    #[test]
    fn rules_are_those_of_the_tz_database() {
        for (name, rule) in ZONES {
            let Ok(file) = std::fs::read(format!("/usr/share/zoneinfo/{name}")) else { continue };
            let text = String::from_utf8_lossy(&file).into_owned();
            assert_eq!(text.trim_end().rsplit('\n').next(), Some(rule), "{name}");
        }
    }
}
