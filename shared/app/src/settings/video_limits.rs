//! What videos the preflight warns of.

use super::{environment::settings_error, tree::Settings};
use std::time::Duration;
use upload_core::{Error, VideoLimits};

/// A year: a larger number states another unit.
const MAX_SECONDS: u64 = 31_536_000;
/// 1 PiB: a larger number states another unit.
const MAX_MIB: u64 = 1 << 30;

impl Settings {
    /// What is known of the videos that Youku takes.
    ///
    /// # Errors
    /// [`Config`](upload_core::ErrorKind::Config), naming the field that is out of its range.
    pub fn video_limits(&self) -> Result<VideoLimits, Error> {
        let check = |field: &str, value: Option<u64>, most: u64| match value {
            Some(value) if value == 0 || value > most => {
                Err(settings_error(format!("youku.{field} must be 1 to {most}, not {value}")))
            }
            value => Ok(value),
        };
        let seconds = check("max_duration_seconds", self.youku.max_duration_seconds, MAX_SECONDS)?;
        let mib = check("max_size_mib", self.youku.max_size_mib, MAX_MIB)?;
        Ok(VideoLimits { max_duration: seconds.map(Duration::from_secs), max_size: mib.map(|mib| mib << 20) })
    }
}
