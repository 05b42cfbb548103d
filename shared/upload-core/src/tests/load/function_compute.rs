//! Function Compute as it delivers the events of objects that land together (Function Compute sheet, 1.8 and 2.4): asynchronously and at
//! least once, to a bounded number of instances that take a few each; what they cannot take is delivered again with a growing pause.

use futures_util::{StreamExt, stream::FuturesUnordered};
use std::{cell::Cell, future::Future, time::Duration};
use tokio::time::{Instant, sleep, sleep_until};

/// What one instance takes at once, as `template.yml` has it.
const INSTANCE_CONCURRENCY: u32 = 10;
/// How many instances start in a second.
const STARTED_A_SECOND: u32 = 5;
/// The pause after the first refusal; each is twice as long as the one before it.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// How long an event is delivered again that no instance could take.
const PATIENCE: Duration = Duration::from_secs(5 * 3600);
/// Attempts after the first that the function failed.
const RETRIES: u32 = 3;
/// Of so many events one is delivered twice.
const DELIVERED_TWICE: u32 = 50;

/// The platform.
pub(super) struct FunctionCompute {
    /// Instances of the region, at most.
    instances: u32,
    begun: Instant,
    running: Cell<u32>,
    /// How many deliveries no instance could take.
    pub(super) throttled: Cell<u32>,
}

impl FunctionCompute {
    pub(super) fn new(instances: u32) -> Self {
        Self { instances, begun: Instant::now(), running: Cell::new(0), throttled: Cell::new(0) }
    }

    /// Delivers events that are due at these times, each until the function has taken it; `handle` says whether it did.
    pub(super) async fn deliver<F: Future<Output = bool>>(
        &self,
        events: impl Iterator<Item = Instant>,
        handle: impl Fn(u32) -> F,
    ) {
        let handle = &handle;
        let deliveries = (0..).zip(events).flat_map(|(n, at)| {
            let times = 1 + usize::from(n % DELIVERED_TWICE == 0);
            (0..times).map(move |_| self.deliver_one(at, move || handle(n)))
        });
        deliveries.collect::<FuturesUnordered<_>>().collect::<()>().await;
    }

    async fn deliver_one<F: Future<Output = bool>>(&self, at: Instant, handle: impl Fn() -> F) {
        sleep_until(at).await;
        for _ in 0..=RETRIES {
            self.wait_for_instance().await;
            let taken = handle().await;
            self.running.set(self.running.get() - 1);
            if taken {
                return;
            }
        }
        unreachable!("the function failed an event {RETRIES} times more");
    }

    /// Takes the place of one call in an instance.
    async fn wait_for_instance(&self) {
        let mut pause = FIRST_PAUSE;
        let end = Instant::now() + PATIENCE;
        while !self.has_room() {
            self.throttled.set(self.throttled.get() + 1);
            assert!(Instant::now() < end, "the platform drops the event");
            sleep(pause).await;
            pause *= 2;
        }
        self.running.set(self.running.get() + 1);
    }

    fn has_room(&self) -> bool {
        let seconds = u32::try_from(self.begun.elapsed().as_secs()).unwrap_or(u32::MAX);
        let started = seconds.saturating_add(1).saturating_mul(STARTED_A_SECOND).min(self.instances);
        self.running.get() < started * INSTANCE_CONCURRENCY
    }
}
