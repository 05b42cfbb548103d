//! Adapts how many parts move at once: more if more connections carry more.
//!
//! Where every connection has a rate of its own (a long way, a store that shares out its bandwidth), twice the parts move twice the
//! bytes. Where the link is full they move the same bytes with twice the memory. So more parts are tried, and kept if they pay.

use std::time::Duration;
use tokio::time::Instant;

/// How long a rate is measured, and how long new connections may take before that to reach theirs.
const WINDOW: Duration = Duration::from_millis(500);
/// Pause after a trial that did not pay.
const TRIAL_PAUSE: Duration = Duration::from_secs(15);
/// Rate of one part, in bytes per second, from which more parts are not tried.
const PLENTY: f64 = 16.0 * 1024.0 * 1024.0;
/// The share of the expected gain that more parts must bring.
const MIN_GAIN: f64 = 0.25;

/// Tries more parts at once, and keeps the number that moved more bytes.
#[derive(Debug)]
pub(crate) struct AdaptiveConcurrency {
    most: usize,
    limit: usize,
    window: Option<(Instant, u64)>,
    settling: bool,
    trial: Option<Trial>,
    no_trial_before: Option<Instant>,
}

/// Limit and rate before a trial.
#[derive(Debug, Clone, Copy)]
struct Trial {
    limit: usize,
    rate: f64,
}

impl AdaptiveConcurrency {
    /// Begins with `least` parts at once and goes up to `most` of them.
    pub(crate) fn new(least: usize, most: usize) -> Self {
        let limit = least.max(1);
        Self {
            most: most.max(limit),
            limit,
            window: None,
            settling: false,
            trial: None,
            no_trial_before: None,
        }
    }

    /// How many parts may move at once.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Records that `bytes` have passed by `now`, and adapts the limit. `busy`: as many parts move as may, and more wait.
    pub(crate) fn adapt(&mut self, now: Instant, bytes: u64, busy: bool) {
        let Some((since, before)) = self.window.filter(|_| busy) else {
            self.window = busy.then_some((now, bytes));
            return;
        };
        let passed = now.saturating_duration_since(since);
        if passed < WINDOW {
            return;
        }
        self.window = Some((now, bytes));
        // Long since the last call: the process was frozen, and this is no rate.
        if passed > 3 * WINDOW {
            self.settling = true;
            return;
        }
        if std::mem::take(&mut self.settling) {
            return;
        }
        self.decide(now, bytes.saturating_sub(before) as f64 / passed.as_secs_f64());
    }

    fn decide(&mut self, now: Instant, rate: f64) {
        if let Some(before) = self.trial.take() {
            let expected = before.rate * self.limit as f64 / before.limit as f64;
            if rate < before.rate + MIN_GAIN * (expected - before.rate) {
                self.limit = before.limit;
                self.settling = true;
                self.no_trial_before = Some(now + TRIAL_PAUSE);
                return;
            }
        }
        let is_pausing = self.no_trial_before.is_some_and(|until| now < until);
        let each = rate / self.limit as f64;
        // If nothing moves, more parts would not help.
        if !is_pausing && self.limit < self.most && each > 0.0 && each < PLENTY {
            self.trial = Some(Trial { limit: self.limit, rate });
            self.limit = (self.limit * 2).min(self.most);
            self.settling = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limits that come of a link of `rate` bytes per second in all and `each` per part, by the tenth of a second.
    fn limits(rate: u64, each: u64, seconds: u64) -> Vec<usize> {
        let (mut concurrency, begun, mut bytes) = (AdaptiveConcurrency::new(8, 24), Instant::now(), 0);
        let mut limits = vec![concurrency.limit()];
        for tenth in 1..=seconds * 10 {
            bytes += rate.min(each * concurrency.limit() as u64) / 10;
            concurrency.adapt(begun + Duration::from_millis(tenth * 100), bytes, true);
            if limits.last() != Some(&concurrency.limit()) {
                limits.push(concurrency.limit());
            }
        }
        limits
    }

    #[tokio::test(start_paused = true)]
    async fn more_parts_move_where_each_has_a_rate_of_its_own() {
        assert_eq!(limits(u64::MAX, 2_500_000, 10), [8, 16, 24]);
    }

    /// A full link gets no more parts than it began with, except for a trial now and then.
    #[tokio::test(start_paused = true)]
    async fn a_full_link_is_probed_only_now_and_then() {
        assert_eq!(limits(50_000_000, 50_000_000, 10), [8, 16, 8]);
        assert_eq!(limits(50_000_000, 50_000_000, 20), [8, 16, 8, 16, 8]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_that_half_the_more_parts_fill_keeps_them() {
        assert_eq!(limits(30_000_000, 2_500_000, 10), [8, 16, 24, 16]);
    }

    #[tokio::test(start_paused = true)]
    async fn fast_parts_leave_the_concurrency_as_it_is() {
        assert_eq!(limits(u64::MAX, 20_000_000, 10), [8]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_in_which_a_process_was_frozen_is_no_measure() {
        let (mut concurrency, begun, mut at, mut bytes) =
            (AdaptiveConcurrency::new(8, 24), Instant::now(), Duration::ZERO, 0);
        for tenth in 0..40 {
            // The link is full; during the first trial the process stands still for an hour.
            at += if tenth == 9 { Duration::from_secs(3600) } else { Duration::from_millis(100) };
            bytes += 5_000_000;
            concurrency.adapt(begun + at, bytes, true);
        }
        assert_eq!(concurrency.limit(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_that_stands_still_gets_no_more_parts() {
        assert_eq!(limits(0, 0, 10), [8]);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_tried_where_parts_do_not_wait() {
        let (mut concurrency, begun) = (AdaptiveConcurrency::new(8, 24), Instant::now());
        for tenth in 0..100 {
            concurrency.adapt(begun + Duration::from_millis(tenth * 100), tenth * 1000, false);
        }
        assert_eq!(concurrency.limit(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn a_number_that_was_set_is_kept_to() {
        let (mut concurrency, begun) = (AdaptiveConcurrency::new(4, 4), Instant::now());
        for tenth in 0..100 {
            concurrency.adapt(begun + Duration::from_millis(tenth * 100), tenth, true);
        }
        assert_eq!(concurrency.limit(), 4);
    }
}
