//! The right to move a part: as many of it as the pace allows.

use crate::transfer::concurrency::AdaptiveConcurrency;
use std::sync::Arc;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// Hands out slots, each of which comes back when a part's bytes have passed.
pub(crate) struct PermitPool {
    free: Arc<Semaphore>,
    pace: AdaptiveConcurrency,
    /// Slots that were taken away while parts moved in them.
    owed: usize,
}

impl PermitPool {
    pub(crate) fn new(pace: AdaptiveConcurrency) -> Self {
        Self { free: Arc::new(Semaphore::new(pace.limit())), pace, owed: 0 }
    }

    /// How many parts may move at once, at this moment.
    pub(crate) fn limit(&self) -> usize {
        self.pace.limit()
    }

    /// Where slots come from.
    pub(crate) fn source(&self) -> Arc<Semaphore> {
        self.free.clone()
    }

    /// The slot, unless it is one too many.
    pub(crate) fn admit(&mut self, slot: OwnedSemaphorePermit) -> Option<OwnedSemaphorePermit> {
        if self.owed == 0 {
            return Some(slot);
        }
        self.owed -= 1;
        slot.forget();
        None
    }

    /// Updates the limit after `bytes` in all have passed; `more`: parts are waiting.
    pub(crate) fn look(&mut self, bytes: u64, more: bool) {
        let before = self.pace.limit();
        let busy = more && self.free.available_permits() == 0;
        self.pace.look(Instant::now(), bytes, busy);
        let now = self.pace.limit();
        if now > before {
            let back = self.owed.min(now - before);
            self.owed -= back;
            self.free.add_permits(now - before - back);
        } else {
            self.owed += (before - now) - self.free.forget_permits(before - now);
        }
        if now != before {
            tracing::debug!(parts = now, "another number of parts moves at once");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// The number of permits follows the concurrency, also while parts move under them.
    #[tokio::test(start_paused = true)]
    async fn permits_follow_the_concurrency_while_parts_move() {
        let mut slots = PermitPool::new(AdaptiveConcurrency::new(2, 4));
        let mut held = Vec::new();
        let take = |slots: &mut PermitPool, held: &mut Vec<_>| {
            while let Ok(slot) = slots.source().try_acquire_owned() {
                held.extend(slots.admit(slot));
            }
            held.len()
        };
        assert_eq!(take(&mut slots, &mut held), 2);
        // The link carries the same bytes whatever moves: the trial does not pay.
        let mut numbers = Vec::new();
        for tenth in 1..=20 {
            tokio::time::advance(Duration::from_millis(100)).await;
            slots.look(tenth * 1000, true);
            numbers.push(take(&mut slots, &mut held));
        }
        assert!(numbers.contains(&4), "{numbers:?}");
        assert_eq!(slots.limit(), 2);
        held.clear();
        assert_eq!(take(&mut slots, &mut held), 2, "what was taken away does not come back");
    }
}
