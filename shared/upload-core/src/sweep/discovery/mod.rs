//! Discovery: finds objects whose event was missed.
//!
//! Each rule's part of its bucket is listed in passes, one page at a time from a stored cursor, over as many
//! runs as that takes. Each object found goes through the same decision as an event's object, and is uploaded
//! unless the ledger knows it. The ledger alone decides that: the cursors only save work, and losing one, or
//! running two sweeps at once, never makes a second video.
//!
//! The back catalogue is never published by surprise. Objects older than the ledger's birth are skipped, and so
//! are objects older than the first sweep that saw their rule, unless that was the ledger's first sweep. Only
//! [`Bounds::since`] requests others. The source's clock (`Last-Modified`) dates an object, the ledger's clock
//! its birth. If these are different stores whose clocks differ by some seconds, objects written within as many
//! seconds of the birth may be judged wrongly. Objects written in the birth's own second count by whole seconds,
//! since no store states more.

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
    /// Selects the objects to upload, and completes their jobs.
    pub intake: IntakePolicy<'a>,
    /// The store that holds the objects.
    pub source: &'a dyn Source,
    /// Kind of the store that holds the rules' buckets.
    pub provider: Provider,
    /// Records which of the objects were uploaded.
    pub ledger: &'a Ledger,
    /// Limits of one run.
    pub bounds: Bounds,
    /// Whether the run only reports what it would upload: it uploads nothing, sends nothing and writes nothing.
    pub is_dry: bool,
}

/// The limits of one run.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Maximum number of uploads.
    pub uploads: usize,
    /// Maximum number of pages and examined objects, retries not counted; at least 2, else nothing is ever found.
    pub requests: usize,
    /// Younger objects are left to their own event.
    pub grace: Duration,
    /// Scans objects from this time on, whatever the ledger's birth, in a pass of its own.
    pub since: Option<Since>,
}

/// A point in time that a person names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// This long before now, by the ledger's clock.
    Ago(Duration),
    /// At this time.
    At(SystemTime),
}

/// What a discovery did.
#[derive(Debug, Default)]
pub struct DiscoveryReport {
    /// Objects that the ledger did not know, with the results of their uploads.
    pub uploads: Vec<FoundUpload>,
    /// Objects that a [dry run](Discovery::is_dry) would have uploaded.
    pub planned: Vec<PlannedUpload>,
    /// Objects that the ledger knew, whose metadata was refused before, or that could not be examined and are
    /// skipped for now.
    pub known: u32,
    /// Sidecars that changed the video that was there.
    pub sidecars: u32,
    /// Objects older than the scan's limit.
    pub older: u32,
    /// Objects left to their own event for now.
    pub young: u32,
    /// Objects left alone as junk ([`is_junk`](crate::rules::is_junk)).
    pub junk: u32,
    /// What could not be listed or examined; it is retried. An object is reported once a day.
    pub errors: Vec<ScanError>,
    /// Pages and examined objects.
    pub requests: usize,
    /// Why it ended before every rule's pass; `None`: it reached none of the limits.
    pub stopped: Option<StopReason>,
    /// Where the next run begins, unless at the beginning of a pass.
    pub next: Option<Location>,
}

/// An upload that a discovery started.
#[derive(Debug)]
pub struct FoundUpload {
    /// The upload's id.
    pub id: UploadId,
    /// The object.
    pub location: Location,
    /// Its result.
    pub result: Result<PublishedVideo, Error>,
}

/// An upload that a dry run would have started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedUpload {
    /// The upload's id.
    pub id: UploadId,
    /// The object.
    pub location: Location,
}

/// A part of the scan that failed.
#[derive(Debug)]
pub struct ScanError {
    /// An object, or the prefix that was to be listed; `None` for the ledger's cursors.
    pub location: Option<Location>,
    /// Why.
    pub error: Error,
}

/// Why a discovery ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It made the maximum number of uploads.
    Uploads,
    /// It made the maximum number of requests.
    Requests,
    /// The run's time is over.
    Deadline,
    /// Automatic uploads are paused.
    Paused,
    /// The ledger failed: no work continues without it.
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
    /// Reports a discovery that could not begin.
    #[must_use]
    pub fn from_error(error: Error) -> Self {
        let errors = vec![ScanError { location: None, error }];
        Self { errors, stopped: Some(StopReason::Ledger), ..Self::default() }
    }
}

impl Since {
    pub(super) fn resolve(self, now: SystemTime) -> SystemTime {
        match self {
            Self::Ago(time) => now.checked_sub(time).unwrap_or(SystemTime::UNIX_EPOCH),
            Self::At(time) => time,
        }
    }
}

/// Awaits `call` until the run's deadline; `None` if the deadline comes first.
pub(super) async fn run_until_deadline<T>(run: &RunContext, call: impl Future<Output = T>) -> Option<T> {
    match run.deadline {
        None => Some(call.await),
        Some(deadline) => timeout_at(deadline, call).await.ok(),
    }
}
