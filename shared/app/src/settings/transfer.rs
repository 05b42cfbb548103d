//! How bytes are moved.

use super::text;
use serde::Deserialize;
use std::time::Duration;
use upload_core::{Mode, TransferSettings};

/// Seconds of a day.
const DAY: u64 = 86_400;

/// How bytes are moved. Every default is the measured one of [`TransferSettings`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransferFields {
    /// Youku's protocol where neither task nor rule names one: `oss` or `slice` (`OSS2YOUKU_TRANSFER__MODE`). Default `oss`.
    pub mode: Mode,
    /// MiB of a part in OSS mode, 1 to 5120 (`OSS2YOUKU_TRANSFER__PART_MIB`). Default 8; more for an object that would have over
    /// 2,048 of them.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub part_mib: Option<u64>,
    /// Parts moving at once in OSS mode, 1 to 64 (`OSS2YOUKU_TRANSFER__IN_FLIGHT`). Default 8, and up to 24 where more of them move
    /// more bytes; a number that is set is never exceeded.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub in_flight: Option<usize>,
    /// KiB of a slice, 1 to 10240 (`OSS2YOUKU_TRANSFER__SLICE_KIB`). Default 1024.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub slice_kib: Option<u32>,
    /// Workers in slice mode, 1 to 64 (`OSS2YOUKU_TRANSFER__SLICE_WORKERS`). Default 8.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub slice_workers: Option<usize>,
    /// Seconds without a byte after which a call is retried (`OSS2YOUKU_TRANSFER__STALL_SECONDS`). Default 60 for a part on its way,
    /// 30 for any other call of a bucket. Calls of Youku's API end after 30 seconds.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub stall_seconds: Option<u64>,
    /// Seconds without progress after which an upload gives up (`OSS2YOUKU_TRANSFER__PATIENCE_SECONDS`). Default 120.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub patience_seconds: Option<u64>,
    /// Seconds until the second run of an upload that source or target refused without a reason that explains it
    /// (`OSS2YOUKU_TRANSFER__SECOND_RUN_SECONDS`). The upload fails where that run is refused as well. Default 900.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub second_run_seconds: Option<u64>,
}

impl TransferFields {
    /// Longest silence of any store, where the settings state it.
    pub(crate) fn idle(&self) -> Option<Duration> {
        self.stall_seconds.map(Duration::from_secs)
    }

    /// Converts the fields to the core's settings.
    ///
    /// # Errors
    /// Names the field that is out of its range.
    pub(crate) fn to_transfer(&self) -> Result<TransferSettings, String> {
        let mut transfer = TransferSettings::default();
        if let Some(mib) = check_range("part_mib", self.part_mib, 5120)? {
            transfer.part_size = mib << 20;
        }
        if let Some(parts) = check_range("in_flight", self.in_flight, 64)? {
            (transfer.in_flight, transfer.most_in_flight) = (parts, parts);
        }
        if let Some(kib) = check_range("slice_kib", self.slice_kib, 10_240)? {
            transfer.slice_kib = kib;
        }
        if let Some(workers) = check_range("slice_workers", self.slice_workers, 64)? {
            transfer.slice_workers = workers;
        }
        if let Some(seconds) = check_range("stall_seconds", self.stall_seconds, DAY)? {
            transfer.stall = Duration::from_secs(seconds);
        }
        if let Some(seconds) = check_range("patience_seconds", self.patience_seconds, DAY)? {
            transfer.retry.idle_timeout = Duration::from_secs(seconds);
        }
        if let Some(seconds) = check_range("second_run_seconds", self.second_run_seconds, DAY)? {
            transfer.second_run = Duration::from_secs(seconds);
        }
        Ok(transfer)
    }
}

/// Refuses a value that is not 1 to `most`.
fn check_range<T>(field: &str, value: Option<T>, most: T) -> Result<Option<T>, String>
where
    T: Copy + PartialOrd + From<u8> + std::fmt::Display,
{
    match value {
        Some(value) if value < T::from(1) || value > most => {
            Err(format!("transfer.{field} must be 1 to {most}, not {value}"))
        }
        _ => Ok(value),
    }
}
