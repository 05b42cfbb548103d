//! Where the ledger is kept, and whether a sweep finishes what is open.

use super::text;
use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;

/// The ledger: the record of every upload, without which nothing is uploaded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedgerFields {
    /// `oss://bucket/prefix/`, `s3://bucket/prefix/` or the path of a folder (`OSS2YOUKU_LEDGER__LOCATION`). A bucket must never have had
    /// versioning, and the prefix must lie outside every rule's.
    pub location: Option<String>,
    /// 32 bytes in base64 that seal the secrets in it (`OSS2YOUKU_LEDGER__SEAL_KEY`). A folder makes its own.
    pub seal_key: Option<SecretString>,
    /// Seconds that a silent holder keeps an upload, 3 to 3600 (`OSS2YOUKU_LEDGER__LEASE_SECONDS`). Default 15.
    #[serde(deserialize_with = "text::or_some")]
    pub lease_seconds: Option<u64>,
}

impl LedgerFields {
    /// How long a lease lives.
    ///
    /// # Errors
    /// Where the field is out of its range.
    pub(crate) fn lease_life(&self) -> Result<Option<Duration>, String> {
        match self.lease_seconds {
            Some(seconds) if !(3..=3600).contains(&seconds) => {
                Err(format!("ledger.lease_seconds must be 3 to 3600, not {seconds}"))
            }
            seconds => Ok(seconds.map(Duration::from_secs)),
        }
    }
}

/// The sweep.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SweepFields {
    /// A timer calls the function for it, so events of uploads that are not finished in one run are acknowledged and left to it
    /// (`OSS2YOUKU_SWEEP__ENABLED`). Default `false`.
    #[serde(deserialize_with = "text::or_value")]
    pub enabled: bool,
    /// Uploads that one sweep goes on with at most (`OSS2YOUKU_SWEEP__LIMIT`). Default 100.
    #[serde(deserialize_with = "text::or_some")]
    pub limit: Option<usize>,
}
