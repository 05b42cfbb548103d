//! What OSS's pages leave open, as switches, so that a client can be tested against either answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Questions that OSS's pages leave open. Set by [`Oss::set_switches`](super::Oss::set_switches) or by `POST
/// /_sandbox/switches` with the fields to change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OssSwitches {
    /// Milliseconds between a create-only PutObject's check of the key and its write; 0 = atomic. The check
    /// happens when the whole body has arrived, and the write does not check again: of two such requests
    /// within the window both answer 200, and the later write stays. The other ways to write stay atomic. On
    /// a versioned bucket, where the header has no effect, the write follows at once.
    pub create_only_window_ms: u64,
}

impl OssSwitches {
    pub(crate) fn create_only_window(self) -> Duration {
        Duration::from_millis(self.create_only_window_ms)
    }
}
