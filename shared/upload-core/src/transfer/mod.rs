//! Moving the bytes: once, in constant memory, without touching a disk.

mod completion;
pub(crate) mod concurrency;
pub(crate) mod confirm_missing;
mod crc64;
pub(crate) mod credentials;
pub(crate) mod digest;
pub(crate) mod metered_stream;
pub(crate) mod multipart;
pub(crate) mod permit_pool;
mod plan;
pub(crate) mod poll_alongside;
pub(crate) mod prefetch;
mod shortcuts;
pub(crate) mod single_put;
pub(crate) mod slices;
pub(crate) mod stall_timeout;

pub use plan::{Part, Plan};
pub use shortcuts::{RefusedShortcuts, Shortcuts};

use crate::{ByteStream, Error, Object, Progress, RetryPolicy, Source, VideoLimits, retry::RetryBudget};
use std::{ops::Range, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How bytes are moved. The defaults are the measured ones of the design.
#[derive(Debug, Clone, Copy)]
pub struct TransferSettings {
    /// Bytes of a part in OSS mode, 1 MiB to 5 GiB; enlarged, up to 32 MiB, for objects of over 2,048 parts.
    pub part_size: u64,
    /// Parts moving at once in OSS mode at first, and at least, 1 to 64.
    pub in_flight: usize,
    /// Parts moving at once in OSS mode at most, 1 to 64: more than at first are tried, and kept where they move more bytes.
    pub most_in_flight: usize,
    /// KiB of a slice in slice mode, 1 to 10240. Each worker holds one in memory.
    pub slice_kib: u32,
    /// Workers in slice mode, 1 to 64.
    pub slice_workers: usize,
    /// How long a call may move no byte before it is retried.
    pub stall: Duration,
    /// How failing calls are tried again.
    pub retry: RetryPolicy,
    /// How long after a refusal that nothing explains a second run begins; where it is refused as well the upload has failed.
    pub second_run: Duration,
    /// Which shorter ways Youku is asked for.
    pub shortcuts: Shortcuts,
    /// What videos the preflight warns of.
    pub limits: VideoLimits,
}

impl Default for TransferSettings {
    fn default() -> Self {
        Self {
            part_size: 8 << 20,
            in_flight: 8,
            most_in_flight: 24,
            slice_kib: 1024,
            slice_workers: 8,
            stall: Duration::from_secs(60),
            retry: RetryPolicy::default(),
            second_run: Duration::from_secs(15 * 60),
            shortcuts: Shortcuts::default(),
            limits: VideoLimits::default(),
        }
    }
}

impl TransferSettings {
    /// For how many parts at once an object is cut: the plan stands before anybody knows how many they will be.
    pub(crate) fn width(&self) -> usize {
        self.in_flight.midpoint(self.most_in_flight.max(self.in_flight))
    }
}

/// One object on its way to one session.
pub(crate) struct Transfer<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) object: &'a Object,
    pub(crate) settings: TransferSettings,
    pub(crate) retry: &'a RetryBudget,
    pub(crate) progress: &'a Arc<Progress>,
    /// When no further part or slice is begun.
    pub(crate) stop: Option<Instant>,
}

impl Transfer<'_> {
    /// Whether the run's time is too short for another part.
    fn must_stop(&self) -> bool {
        self.stop.is_some_and(|stop| Instant::now() >= stop)
    }

    async fn read(&self, range: Range<u64>) -> Result<ByteStream, Error> {
        self.source.read(self.object, range).await
    }
}
