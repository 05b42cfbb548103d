//! How far an upload has come, for whoever watches.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};

/// What an upload is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// Looking at the object.
    Looking,
    /// Reading the object once for its MD5.
    Reading,
    /// Moving bytes.
    Moving,
    /// Asking Youku to make it a video.
    Committing,
    /// It is a video.
    Done,
}

impl Stage {
    const ALL: [Self; 5] = [Self::Looking, Self::Reading, Self::Moving, Self::Committing, Self::Done];

    /// The word for it in progress messages.
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
    stage: AtomicU8,
}

impl Progress {
    /// Bytes of the object; 0 until it is known.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total.load(Relaxed)
    }

    /// Bytes read from the source so far, those read twice counted twice.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// Bytes of parts or slices that the target has accepted.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// What the upload is doing.
    #[must_use]
    pub fn stage(&self) -> Stage {
        Stage::ALL.get(usize::from(self.stage.load(Relaxed))).copied().unwrap_or(Stage::Looking)
    }

    pub(crate) fn begin(&self, total: u64) {
        self.total.store(total, Relaxed);
    }

    pub(crate) fn enter(&self, stage: Stage) {
        self.stage.store(stage as u8, Relaxed);
    }

    pub(crate) fn add_read(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn add_accepted(&self, bytes: u64) {
        self.accepted.fetch_add(bytes, Relaxed);
    }

    /// A new session begins at nothing.
    pub(crate) fn restart(&self) {
        self.accepted.store(0, Relaxed);
    }
}
