//! Hours in which a robot keeps silent.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::time::SystemTime;
use upload_core::Zone;

const DAY: u16 = 24 * 60;

/// From when to when nothing is sent, each day. Past midnight where `to` is before `from`.
#[derive(Debug, Clone)]
pub struct QuietHours {
    /// Minutes since midnight.
    from: u16,
    /// Minutes since midnight.
    to: u16,
    zone: Zone,
}

impl QuietHours {
    /// Whether nothing is to be sent at this time.
    #[must_use]
    pub fn contains(&self, time: SystemTime) -> bool {
        let now = self.zone.minute_of_day(time);
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
            zone: Zone::find(&zone).ok_or_else(|| {
                D::Error::custom(
                    "zone must be a known zone such as Asia/Shanghai, or an offset such as +08:00",
                )
            })?,
        };
        match hours.from == hours.to {
            true => Err(D::Error::custom("from and to must differ")),
            false => Ok(hours),
        }
    }
}

/// The minutes since midnight of `hh:mm`.
fn parse_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| {
        let is_fit = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| is_fit)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    Some(hours * 60 + minutes).filter(|all| minutes < 60 && *all < DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

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

    /// Summer time of 2026 begins in New York on 8 March.
    #[test]
    fn a_zone_that_changes_its_clocks_is_followed() {
        let hours = parse("22:00", "23:00", "America/New_York").expect("fits");
        let day = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        // 2026-03-07 and 2026-03-09, each at 03:30 UTC.
        assert!(hours.contains(day(1_772_854_200)) && !hours.contains(day(1_773_027_000)));
    }

    #[test]
    fn what_is_no_zone_and_no_time_is_refused() {
        for zone in ["Mars/Olympus", "CST", "", "8", "+8:00", "+08:60", "+15:00", "＋08:00"] {
            assert!(parse("22:00", "08:00", zone).is_err_and(|why| why.contains("Asia/Shanghai")), "{zone}");
        }
        for (from, to) in [("24:00", "08:00"), ("22", "08:00"), ("22:00", "8:00"), ("22:00", "22:00")] {
            assert!(parse(from, to, "+08:00").is_err_and(|why| why.contains("from and to must")), "{from}");
        }
    }
}
