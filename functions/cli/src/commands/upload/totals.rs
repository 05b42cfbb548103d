//! The totals of a command with several videos.

use super::skipped::Skipped;
use crate::ui::{
    messages::totals::{describe_left_out, describe_totals},
    reporter::Reporter,
};
use serde_json::json;
use std::time::Duration;

/// What became of one video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// This command published it.
    Published {
        /// Its bytes.
        bytes: u64,
    },
    /// It had been published before.
    Already,
    /// A signal stopped it; it can be resumed.
    Stopped,
    /// It was not published.
    Failed,
}

impl Outcome {
    /// Whether there is a video.
    pub(super) fn is_published(self) -> bool {
        matches!(self, Self::Published { .. } | Self::Already)
    }
}

/// How many videos became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) published: usize,
    pub(crate) already: usize,
    pub(crate) failed: usize,
    pub(crate) stopped: usize,
    /// Bytes of what was published.
    pub(crate) bytes: u64,
}

impl Totals {
    /// Counts one video.
    pub(super) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Published { bytes } => {
                self.published += 1;
                self.bytes += bytes;
            }
            Outcome::Already => self.already += 1,
            Outcome::Stopped => self.stopped += 1,
            Outcome::Failed => self.failed += 1,
        }
    }

    /// Reports the totals and what was left out, after `took`.
    pub(super) fn report(&self, reporter: &Reporter, skipped: &Skipped, took: Duration) {
        let Self { published, already, failed, stopped, bytes } = self;
        reporter.print_event(
            json!({"event": "total", "published": published, "already": already, "failed": failed,
            "stopped": stopped, "left_out": skipped.count(), "bytes": bytes, "seconds": took.as_secs()}),
        );
        if reporter.is_json() {
            return;
        }
        reporter.print_note(describe_totals(*published, *already, *failed, *stopped, *bytes, took));
        if skipped.count() > 0 {
            reporter.print_note(describe_left_out(&skipped.count_by_reason()));
        }
    }
}
