//! How fast the bytes of an upload move, by what its leases say from time to time.

use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// Points that count: a holder writes its lease every five seconds.
const POINTS: usize = 5;
/// After this time without progress nothing moves.
const STANDSTILL: Duration = Duration::from_secs(30);

/// The latest amounts of bytes that were seen, each when it was new.
#[derive(Debug, Default)]
pub(super) struct RateMeter(VecDeque<(Instant, u64)>);

impl RateMeter {
    /// Notes how many bytes the target holds, and returns the rate in bytes per second, where one is known.
    pub(super) fn note(&mut self, moved: Option<u64>) -> Option<u64> {
        let now = Instant::now();
        let moved = moved?;
        match self.0.back() {
            Some((_, last)) if *last == moved => {}
            // A new session begins at nothing.
            Some((_, last)) if *last > moved => self.0 = [(now, moved)].into(),
            _ => self.0.push_back((now, moved)),
        }
        if self.0.len() > POINTS {
            self.0.pop_front();
        }
        let ((begun, first), (last_at, last)) = (self.0.front()?, self.0.back()?);
        let took = (*last_at - *begun).as_millis();
        let rate = u128::from(last - first).checked_mul(1000)?.checked_div(took)?;
        u64::try_from(rate).ok().filter(|_| last_at.elapsed() < STANDSTILL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    /// The rate is that of the last points; it ends where nothing moves, and begins anew with another session.
    #[tokio::test(start_paused = true)]
    async fn the_rate_is_that_of_the_last_points() {
        let mut meter = RateMeter::default();
        assert_eq!((meter.note(None), meter.note(Some(0))), (None, None));
        for second in 1..=10_u64 {
            advance(Duration::from_secs(1)).await;
            assert_eq!(meter.note(Some(second * 1000)), Some(1000));
            assert_eq!(meter.note(Some(second * 1000)), Some(1000));
        }
        advance(Duration::from_secs(1)).await;
        assert_eq!(meter.note(Some(15_000)), Some(2000), "5,000 more in the last second of four");
        advance(STANDSTILL).await;
        assert_eq!(meter.note(Some(15_000)), None);
        assert_eq!(meter.note(Some(1)), None);
    }
}
