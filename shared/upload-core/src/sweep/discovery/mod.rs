//! Discovery: finds objects that no event told of.
//!
//! Each rule's part of its bucket is listed in passes, a page at a time from a stored cursor, over as many runs as that takes. What a
//! pass finds is given to the same decision as an event's object, and uploaded unless the ledger knows it. The ledger alone decides
//! that: the cursors only save work, and losing one, or two sweeps at once, never makes a second video.
//!
//! The back catalogue is never published by surprise: objects older than the ledger's birth are left alone, and so are those that
//! are older than the first sweep that saw their rule, where that was not the ledger's first sweep. Only [`Bounds::since`] asks for others. An
//! object's age is told by the source's clock (`Last-Modified`), the birth by the ledger's. Where these are different stores whose clocks
//! differ by some seconds, objects written within as many seconds of the birth may be judged wrongly; objects written in the birth's own second count
//! by whole seconds, since no store tells more.

#[cfg(test)]
#[expect(clippy::panic, reason = "a test fails by panicking")]
mod tests;

use crate::{
    Error, IntakePolicy, Location, Provider, PublishedVideo, RunContext, Source, UploadId, ledger::Ledger,
};
use std::{
    future::Future,
    time::{Duration, SystemTime},
};
use tokio::time::timeout_at;

/// What a discovery works with.
pub struct Discovery<'a> {
    /// Which objects are uploaded, and as what.
    pub automatic: IntakePolicy<'a>,
    /// Where they are.
    pub source: &'a dyn Source,
    /// What kind of store the rules' buckets are in.
    pub provider: Provider,
    /// Which of them were uploaded.
    pub ledger: &'a Ledger,
    /// How much one run does.
    pub bounds: Bounds,
}

/// How much one run does.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Uploads at most.
    pub uploads: usize,
    /// Pages and looks at objects at most, calls that are tried again not counted; at least 2, else nothing is ever found.
    pub requests: usize,
    /// Younger objects are left to their own event.
    pub grace: Duration,
    /// Objects from this time on are wanted, whatever the ledger's birth, in a pass of its own.
    pub since: Option<Since>,
}

/// A point in time that a person names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// So long before now, by the ledger's clock.
    Ago(Duration),
    /// Then.
    At(SystemTime),
}

/// What a discovery did.
#[derive(Debug, Default)]
pub struct DiscoveryReport {
    /// Objects that the ledger did not know, and how their uploads ended.
    pub uploads: Vec<FoundUpload>,
    /// Objects that the ledger knew, whose metadata was refused before, or that could not be looked at and are left alone for now.
    pub known: u32,
    /// Objects that are older than wanted.
    pub older: u32,
    /// Objects that are left to their own event for now.
    pub young: u32,
    /// What could not be listed or looked at; it is tried again. An object is told of once a day.
    pub troubles: Vec<ScanError>,
    /// Pages and looks at objects.
    pub requests: usize,
    /// Why it ended before every rule's pass had; `None`: none of the bounds was reached.
    pub stopped: Option<StopReason>,
    /// Where the next run begins, where that is not the beginning of a pass.
    pub next: Option<Location>,
}

/// An upload that a discovery began.
#[derive(Debug)]
pub struct FoundUpload {
    /// The upload's id.
    pub id: UploadId,
    /// The object.
    pub location: Location,
    /// How it ended.
    pub ended: Result<PublishedVideo, Error>,
}

/// What could not be done.
#[derive(Debug)]
pub struct ScanError {
    /// An object, or the beginning of the keys that were to be listed; `None` where it is the ledger's notes.
    pub location: Option<Location>,
    /// Why.
    pub error: Error,
}

/// Why a discovery ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It made as many uploads as it may.
    Uploads,
    /// It made as many requests as it may.
    Requests,
    /// The run's time is over.
    Deadline,
    /// Automatic uploads are paused.
    Paused,
    /// The ledger failed: nothing goes on without it.
    Ledger,
}

impl StopReason {
    /// The stable code for logs and outcomes.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Uploads => "uploads",
            Self::Requests => "requests",
            Self::Deadline => "deadline",
            Self::Paused => "paused",
            Self::Ledger => "ledger",
        }
    }
}

impl DiscoveryReport {
    /// A discovery that could not begin.
    #[must_use]
    pub fn failed(error: Error) -> Self {
        let troubles = vec![ScanError { location: None, error }];
        Self { troubles, stopped: Some(StopReason::Ledger), ..Self::default() }
    }
}

impl Since {
    pub(super) fn before(self, now: SystemTime) -> SystemTime {
        match self {
            Self::Ago(time) => now.checked_sub(time).unwrap_or(SystemTime::UNIX_EPOCH),
            Self::At(time) => time,
        }
    }
}

/// `None` where the run's time is over first.
pub(super) async fn until_deadline<T>(run: &RunContext, call: impl Future<Output = T>) -> Option<T> {
    match run.deadline {
        None => Some(call.await),
        Some(deadline) => timeout_at(deadline, call).await.ok(),
    }
}
