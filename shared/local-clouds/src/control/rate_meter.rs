//! How long the bytes already sent keep a line busy.

use std::num::NonZeroU64;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Unused time that may be caught up at once; it evens out the timer's 1 ms steps.
const SLACK: Duration = Duration::from_millis(10);

/// Remembers until when the bytes already passed keep the line busy.
#[derive(Debug, Default)]
pub(crate) struct RateMeter(Mutex<Option<Instant>>);

impl RateMeter {
    pub(crate) fn free_at(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn charge(&self, bytes: usize, rate: Option<NonZeroU64>) {
        let mut free_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = rate.map(|rate| {
            let earliest = Instant::now().checked_sub(SLACK);
            let start = (*free_at).max(earliest).unwrap_or_else(Instant::now);
            start + Duration::from_secs_f64(bytes as f64 / rate.get() as f64)
        });
    }
}

/// The most bytes that pass at once: about 20 ms of the rate.
pub(crate) fn chunk_limit(rate: NonZeroU64) -> usize {
    usize::try_from(rate.get() / 50).unwrap_or(usize::MAX).clamp(1, 64 * 1024)
}
