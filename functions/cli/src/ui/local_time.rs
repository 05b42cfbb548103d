//! Times as a person reads them: in the time zone of this machine (`TZ`, else `/etc/localtime`). A program that reads the output (`--json`)
//! gets those of UTC, wherever it runs.

use app::core::ledger::Timestamp;
use jiff::{Timestamp as Instant, tz::TimeZone};
use std::{env, sync::LazyLock};

/// Whether a program reads the output: the flag is that of every command.
static IS_FOR_PROGRAM: LazyLock<bool> = LazyLock::new(|| env::args_os().any(|argument| argument == "--json"));

/// Formats a time to the second, such as `2026-11-29 08:05:13`; with `--json` as the ledger has it, `2026-11-29T00:05:13Z`.
pub(crate) fn format(at: impl Into<Timestamp>) -> String {
    let at = at.into();
    if *IS_FOR_PROGRAM { at.to_string() } else { format_in(at, TimeZone::system()) }
}

fn format_in(at: Timestamp, zone: TimeZone) -> String {
    match Instant::try_from(at.get()) {
        Ok(instant) => instant.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        // Outside the calendar: as it is written.
        Err(_) => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz;
    use std::time::{Duration, UNIX_EPOCH};

    /// The zone's offset is applied, also over the date line of a day.
    #[test]
    fn times_are_those_of_the_zone() {
        let at = Timestamp::from(UNIX_EPOCH + Duration::from_secs(1_795_996_800));
        assert_eq!(format_in(at, TimeZone::UTC), "2026-11-30 00:00:00");
        assert_eq!(format_in(at, TimeZone::fixed(tz::offset(8))), "2026-11-30 08:00:00");
        assert_eq!(format_in(at, TimeZone::fixed(tz::offset(-5))), "2026-11-29 19:00:00");
    }
}
