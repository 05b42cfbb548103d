//! What OSS's pages leave open, as switches, so that a client can be tested against either answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Questions that OSS's pages leave open. Set by [`Oss::set_switches`](super::Oss::set_switches) or by `POST
/// /_sandbox/switches` with the fields to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OssSwitches {
    /// Milliseconds between a create-only PutObject's check of the key and its write; 0 = atomic. The check
    /// happens when the whole body has arrived, and the write does not check again: of two such requests
    /// within the window both answer 200, and the later write stays. The other ways to write stay atomic. On
    /// a versioned bucket, where the header has no effect, the write follows at once.
    pub create_only_window_ms: u64,
    /// An object that CopyObject made states its CRC-64. OSS says that it need not.
    pub copy_crc64: bool,
    /// It states its Content-MD5, where its source does: no page says so.
    pub copy_content_md5: bool,
}

impl Default for OssSwitches {
    fn default() -> Self {
        Self { create_only_window_ms: 0, copy_crc64: true, copy_content_md5: true }
    }
}

impl OssSwitches {
    pub(crate) fn create_only_window(self) -> Duration {
        Duration::from_millis(self.create_only_window_ms)
    }
}
