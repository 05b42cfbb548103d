//! What OSS's pages leave open, as switches, so that a client can be held against either answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The open questions. Set by [`Oss::set_switches`](super::Oss::set_switches) or by `POST /_sandbox/switches` with the
/// fields to change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OssSwitches {
    /// Milliseconds between a create-only PutObject's look at the key and its write; 0 = atomic. The look comes when the
    /// whole body is there, the write looks no more: of two such requests within the window both answer 200, and the
    /// later write stays. The other ways to write stay atomic. A versioned bucket, where the header has no effect, writes
    /// at once.
    pub create_only_window_ms: u64,
}

impl OssSwitches {
    pub(super) fn create_only_window(self) -> Duration {
        Duration::from_millis(self.create_only_window_ms)
    }
}
