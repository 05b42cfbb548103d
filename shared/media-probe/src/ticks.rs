//! Counts of a clock as durations.

use std::time::Duration;

/// `count` ticks of a clock that ticks `rate` times a second; `None` for a clock that stands still.
pub(crate) fn duration(count: u64, rate: u64) -> Option<Duration> {
    let seconds = count.checked_div(rate)?;
    let rest = u128::from(count.checked_rem(rate)?) * 1_000_000_000 / u128::from(rate);
    // The rest is below one second.
    Some(Duration::new(seconds, u32::try_from(rest).ok()?))
}

/// As [`duration`], for a clock whose rate is the fraction `rate` / `scale`.
pub(crate) fn duration_of_fraction(count: u64, scale: u32, rate: u32) -> Option<Duration> {
    let nanoseconds =
        (u128::from(count) * u128::from(scale)).checked_mul(1_000_000_000)?.checked_div(u128::from(rate))?;
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).ok()?;
    Some(Duration::new(seconds, u32::try_from(nanoseconds % 1_000_000_000).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stands_still_has_no_duration() {
        assert_eq!(duration(5, 0), None);
        assert_eq!(duration_of_fraction(5, 1, 0), None);
    }

    #[test]
    fn the_largest_counts_do_not_overflow() {
        assert_eq!(duration(u64::MAX, 1), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(duration(u64::MAX, u64::MAX), Some(Duration::from_secs(1)));
        assert_eq!(duration_of_fraction(u64::MAX, u32::MAX, 1), None);
    }

    #[test]
    fn parts_of_a_second_are_kept() {
        assert_eq!(duration(90_045, 90_000), Some(Duration::from_micros(1_000_500)));
        assert_eq!(duration_of_fraction(25, 1001, 30_000), Some(Duration::from_nanos(834_166_666)));
    }
}
