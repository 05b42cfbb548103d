//! How far an upload has come, for observers.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

/// What an upload is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// Reading the object's properties.
    Looking,
    /// Reading the object once for its MD5.
    Reading,
    /// Transferring bytes.
    Moving,
    /// Asking Youku to make it a video.
    Committing,
    /// It is a video.
    Done,
}

impl Stage {
    const ALL: [Self; 5] = [Self::Looking, Self::Reading, Self::Moving, Self::Committing, Self::Done];

    /// The stage's word in progress messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Reading => "reading",
            Self::Moving => "moving",
            Self::Committing => "committing",
            Self::Done => "done",
        }
    }
}

/// Counters that the upload writes and anybody may read at any time.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    read: AtomicU64,
    accepted: AtomicU64,
    in_flight: AtomicU64,
    stage: AtomicU8,
}

impl Progress {
    /// Size of the object in bytes; 0 until it is known.
    #[must_use]
    pub fn bytes_total(&self) -> u64 {
        self.total.load(Relaxed)
    }

    /// Bytes read from the source so far; bytes read twice count twice.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// Bytes of parts or slices that the target has accepted.
    #[must_use]
    pub fn bytes_accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// Bytes of parts that have been sent and are not accepted yet; those of a part that fails are taken back.
    #[must_use]
    pub fn bytes_in_flight(&self) -> u64 {
        self.in_flight.load(Relaxed)
    }

    /// What the upload is doing.
    #[must_use]
    pub fn stage(&self) -> Stage {
        Stage::ALL.get(usize::from(self.stage.load(Relaxed))).copied().unwrap_or(Stage::Looking)
    }

    pub(crate) fn set_total(&self, total: u64) {
        self.total.store(total, Relaxed);
    }

    pub(crate) fn set_stage(&self, stage: Stage) {
        self.stage.store(stage as u8, Relaxed);
    }

    pub(crate) fn add_read(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn add_accepted(&self, bytes: u64) {
        self.accepted.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn add_in_flight(&self, bytes: usize) {
        self.in_flight.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn remove_in_flight(&self, bytes: u64) {
        self.in_flight.fetch_sub(bytes, Relaxed);
    }

    /// Resets the accepted bytes: a new session starts with none.
    pub(crate) fn reset_accepted(&self) {
        self.accepted.store(0, Relaxed);
    }
}
