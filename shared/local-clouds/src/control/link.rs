//! The link of one or several servers: latency and rates.

use std::num::NonZeroU64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::control::rate_meter::RateMeter;

/// Latency and rates of a link; absent = unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkSettings {
    /// Milliseconds paid at connect and once per request.
    pub latency_ms: Option<u64>,
    /// Bytes per second over all connections, for each direction separately.
    pub bytes_per_second: Option<NonZeroU64>,
    /// Bytes per second of one connection, for each direction separately.
    pub bytes_per_second_per_connection: Option<NonZeroU64>,
}

/// A link; clones are the same link, and servers that share it share its rate.
#[derive(Clone, Debug, Default)]
pub struct Link(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    settings: RwLock<LinkSettings>,
    received: RateMeter,
    sent: RateMeter,
}

/// Which way bytes go, seen from the server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Direction {
    Received,
    Sent,
}

impl Link {
    /// Changes the link from now on, also for open connections.
    pub fn set(&self, settings: LinkSettings) {
        *self.0.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// The settings in force.
    pub fn settings(&self) -> LinkSettings {
        *self.0.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the latency.
    pub(crate) async fn delay(&self) {
        if let Some(milliseconds) = self.settings().latency_ms {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
    }

    pub(crate) fn meter(&self, direction: Direction) -> &RateMeter {
        match direction {
            Direction::Received => &self.0.received,
            Direction::Sent => &self.0.sent,
        }
    }
}
