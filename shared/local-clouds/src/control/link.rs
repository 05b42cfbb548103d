//! The link of one or several servers: latency and rates.

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Unused time that may be made up for at once; it evens out the timer's 1 ms steps.
const SLACK: Duration = Duration::from_millis(10);

/// What the link is like; absent = unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkSettings {
    /// Milliseconds paid at connect and once per request.
    pub latency_ms: Option<u64>,
    /// Bytes per second over all connections, each direction by itself.
    pub bytes_per_second: Option<NonZeroU64>,
    /// Bytes per second of one connection, each direction by itself.
    pub bytes_per_second_per_connection: Option<NonZeroU64>,
}

/// A link; clones are the same link, and servers that share it share its rate.
#[derive(Clone, Debug, Default)]
pub struct Link(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    settings: RwLock<LinkSettings>,
    received: Meter,
    sent: Meter,
}

/// Which way bytes go, seen from the server.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction {
    Received,
    Sent,
}

impl Link {
    /// Changes the link from now on, also for open connections.
    pub fn set(&self, settings: LinkSettings) {
        *self.0.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// What the link is like now.
    pub fn settings(&self) -> LinkSettings {
        *self.0.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the latency.
    pub(super) async fn delay(&self) {
        if let Some(milliseconds) = self.settings().latency_ms {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
    }

    pub(super) fn meter(&self, direction: Direction) -> &Meter {
        match direction {
            Direction::Received => &self.0.received,
            Direction::Sent => &self.0.sent,
        }
    }
}

/// Remembers until when the bytes already let through keep the line busy.
#[derive(Debug, Default)]
pub(super) struct Meter(Mutex<Option<Instant>>);

impl Meter {
    pub(super) fn free_at(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn charge(&self, bytes: usize, rate: Option<NonZeroU64>) {
        let mut free_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = rate.map(|rate| {
            let earliest = Instant::now().checked_sub(SLACK);
            let start = (*free_at).max(earliest).unwrap_or_else(Instant::now);
            start + Duration::from_secs_f64(bytes as f64 / rate.get() as f64)
        });
    }
}

/// The most that goes through at once: about 20 ms of the rate.
pub(super) fn quantum(rate: NonZeroU64) -> usize {
    usize::try_from(rate.get() / 50).unwrap_or(usize::MAX).clamp(1, 64 * 1024)
}
