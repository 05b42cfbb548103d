//! The hour at which a rule's videos are made public.

use crate::model::zone::{ZONE, Zone};
use jiff::{Zoned, civil::Time};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{str::FromStr, time::SystemTime};

/// An hour of each day in a zone, as `20:00 Asia/Shanghai`.
#[derive(Debug, Clone)]
pub struct DailyHour {
    time: Time,
    zone: Zone,
}

impl DailyHour {
    /// The next such hour after `time`. One that the clocks skip on that day is as much later as they skip; of one that comes twice it is
    /// the first.
    #[must_use]
    pub fn next_after(&self, time: SystemTime) -> SystemTime {
        let written = self.zone.at(time);
        let (after, zone, mut day) = (written.timestamp(), written.time_zone(), written.date());
        loop {
            let next = day.to_datetime(self.time).to_zoned(zone.clone()).map(|hour: Zoned| hour.timestamp());
            match (next, day.tomorrow()) {
                (Ok(next), _) if next > after => return next.into(),
                (Ok(_), Ok(tomorrow)) => day = tomorrow,
                // The last days of jiff's calendar, in the year 9999.
                _ => return time,
            }
        }
    }
}

impl FromStr for DailyHour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected an hour and {ZONE}: 20:00 Asia/Shanghai");
        let (time, zone) = text.split_once(' ').ok_or_else(wrong)?;
        let (hour, minute) = time.split_once(':').ok_or_else(wrong)?;
        let two = |text: &str| {
            let well_formed = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i8>().ok().filter(|_| well_formed)
        };
        let (hour, minute) = two(hour).zip(two(minute)).ok_or_else(wrong)?;
        let time = Time::new(hour, minute, 0, 0).map_err(|_| wrong())?;
        Ok(Self { time, zone: Zone::find(zone).ok_or_else(wrong)? })
    }
}

impl<'de> Deserialize<'de> for DailyHour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn time(text: &str) -> SystemTime {
        text.parse::<Timestamp>().unwrap().into()
    }

    #[test]
    fn the_hour_is_the_next_one_in_its_zone() {
        for (hour, written, next) in [
            ("20:00 Asia/Shanghai", "2026-11-29T11:59:59Z", "2026-11-29T12:00:00Z"),
            ("20:00 Asia/Shanghai", "2026-11-29T12:00:00Z", "2026-11-30T12:00:00Z"),
            ("00:00 Asia/Shanghai", "2026-11-29T15:59:00Z", "2026-11-29T16:00:00Z"),
            ("00:00 +08:00", "2026-11-29T16:00:00Z", "2026-11-30T16:00:00Z"),
            ("20:00 UTC", "2026-12-31T21:00:00Z", "2027-01-01T20:00:00Z"),
            // Summer time begins on 2026-03-08 at 02:00 and ends on 2026-11-01 at 02:00.
            ("20:00 America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T01:00:00Z"),
            ("20:00 America/New_York", "2026-03-08T12:00:00Z", "2026-03-09T00:00:00Z"),
            ("02:30 America/New_York", "2026-03-08T06:00:00Z", "2026-03-08T07:30:00Z"),
            ("01:30 America/New_York", "2026-11-01T04:00:00Z", "2026-11-01T05:30:00Z"),
            ("01:30 America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"),
            ("20:00 Australia/Sydney", "2026-10-03T12:00:00Z", "2026-10-04T09:00:00Z"),
        ] {
            let found = hour.parse::<DailyHour>().unwrap().next_after(time(written));
            assert_eq!(Timestamp::try_from(found).unwrap().to_string(), next, "{hour} after {written}");
        }
    }

    #[test]
    fn what_is_no_hour_is_refused() {
        for wrong in [
            "",
            "20:00",
            "8:00 Asia/Shanghai",
            "24:00 UTC",
            "20:60 UTC",
            "20:00 Mars",
            "20:00  UTC",
            "2026-12-01T20:00:00Z",
        ] {
            assert!(wrong.parse::<DailyHour>().is_err(), "{wrong}");
        }
    }
}
