//! Permits to move a part, as many as the adaptive concurrency allows.

use crate::transfer::concurrency::AdaptiveConcurrency;
use std::sync::Arc;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// Hands out permits. Each returns when a part's bytes have passed.
pub(crate) struct PermitPool {
    free: Arc<Semaphore>,
    concurrency: AdaptiveConcurrency,
    /// Permits that were withdrawn while parts moved under them: the next ones that return are dropped.
    withdrawn: usize,
}

impl PermitPool {
    pub(crate) fn new(concurrency: AdaptiveConcurrency) -> Self {
        Self { free: Arc::new(Semaphore::new(concurrency.limit())), concurrency, withdrawn: 0 }
    }

    /// How many parts may move at once now.
    pub(crate) fn limit(&self) -> usize {
        self.concurrency.limit()
    }

    /// The semaphore that the permits come from.
    pub(crate) fn semaphore(&self) -> Arc<Semaphore> {
        self.free.clone()
    }

    /// Returns the permit, unless it was withdrawn.
    pub(crate) fn admit(&mut self, permit: OwnedSemaphorePermit) -> Option<OwnedSemaphorePermit> {
        if self.withdrawn == 0 {
            return Some(permit);
        }
        self.withdrawn -= 1;
        permit.forget();
        None
    }

    /// Adapts the limit after `bytes` in all have passed. `more`: parts are waiting.
    pub(crate) fn adapt(&mut self, bytes: u64, more: bool) {
        let before = self.concurrency.limit();
        let busy = more && self.free.available_permits() == 0;
        self.concurrency.adapt(Instant::now(), bytes, busy);
        let now = self.concurrency.limit();
        if now > before {
            let back = self.withdrawn.min(now - before);
            self.withdrawn -= back;
            self.free.add_permits(now - before - back);
        } else {
            self.withdrawn += (before - now) - self.free.forget_permits(before - now);
        }
        if now != before {
            tracing::debug!(parts = now, "the number of concurrent parts changed");
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
        let mut permits = PermitPool::new(AdaptiveConcurrency::new(2, 4));
        let mut held = Vec::new();
        let take = |permits: &mut PermitPool, held: &mut Vec<_>| {
            while let Ok(permit) = permits.semaphore().try_acquire_owned() {
                held.extend(permits.admit(permit));
            }
            held.len()
        };
        assert_eq!(take(&mut permits, &mut held), 2);
        // The link carries the same bytes whatever moves: the trial does not pay.
        let mut numbers = Vec::new();
        for tenth in 1..=20 {
            tokio::time::advance(Duration::from_millis(100)).await;
            permits.adapt(tenth * 1000, true);
            numbers.push(take(&mut permits, &mut held));
        }
        assert!(numbers.contains(&4), "{numbers:?}");
        assert_eq!(permits.limit(), 2);
        held.clear();
        assert_eq!(take(&mut permits, &mut held), 2, "what was taken away does not come back");
    }
}
