//! Where the ledger is kept.

use super::text;
use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;

/// The ledger: the record of every upload, without which nothing is uploaded.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedgerFields {
    /// `oss://bucket/prefix/`, `s3://bucket/prefix/` or the path of a folder (`OSS2YOUKU_LEDGER__LOCATION`), relative to the settings file, or to
    /// the working directory where the variable names it. A bucket must never have had versioning, and the prefix must lie outside every rule's.
    pub location: Option<String>,
    /// 32 bytes in base64 that seal the secrets in it (`OSS2YOUKU_LEDGER__SEAL_KEY`). A folder makes its own.
    pub seal_key: Option<SecretString>,
    /// Seconds that a silent holder keeps an upload, 3 to 3600 (`OSS2YOUKU_LEDGER__LEASE_SECONDS`). Default 15.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub lease_seconds: Option<u64>,
    /// Milliseconds that OSS may take from its look at a key to its write in a create-only put, 0 to 60000
    /// (`OSS2YOUKU_LEDGER__WINDOW_MS`). Default 500: no page of Alibaba's says that such a put is atomic, so a step is believed only after
    /// this time. S3 and a folder create atomically and ignore it.
    #[serde(deserialize_with = "text::deserialize_some")]
    pub window_ms: Option<u64>,
}

/// `ledger.window_ms` where it is not set.
const WINDOW_MS: u64 = 500;

impl LedgerFields {
    /// How long a lease lives, where the settings state it.
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

    /// The longest time from OSS's look at a key to its write in a create-only put.
    ///
    /// # Errors
    /// Where the field is out of its range.
    pub(crate) fn window(&self) -> Result<Duration, String> {
        match self.window_ms.unwrap_or(WINDOW_MS) {
            wanted if wanted > 60_000 => Err(format!("ledger.window_ms must be 0 to 60000, not {wanted}")),
            wanted => Ok(Duration::from_millis(wanted)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The window is half a second where it is not set, and at most a minute.
    #[test]
    fn the_window_is_half_a_second_by_default() {
        let window = |window_ms| LedgerFields { window_ms, ..LedgerFields::default() }.window();
        for (set, wanted) in [(None, 500), (Some(0), 0), (Some(60_000), 60_000)] {
            assert_eq!(window(set), Ok(Duration::from_millis(wanted)));
        }
        assert!(window(Some(60_001)).is_err_and(|error| error.contains("ledger.window_ms")));
    }
}
