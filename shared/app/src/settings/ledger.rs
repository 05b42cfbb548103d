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
    /// Milliseconds that OSS may take from its look at a key to its write in a create-only put, 0 to 60000
    /// (`OSS2YOUKU_LEDGER__WINDOW_MS`). Default 500: no page of Alibaba's says that it is atomic, so a step is believed only after this
    /// time. S3 and a folder create atomically and ignore it.
    #[serde(deserialize_with = "text::or_some")]
    pub window_ms: Option<u64>,
}

/// `ledger.window_ms` where it is not set.
const WINDOW_MS: u64 = 500;

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

/// The sweep.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SweepFields {
    /// A timer calls the function for it, so events of uploads that are not finished in one run are acknowledged and left to it
    /// (`OSS2YOUKU_SWEEP__ENABLED`). Default `false`.
    #[serde(deserialize_with = "text::or_value")]
    pub enabled: bool,
    /// Uploads that one sweep goes on with or begins at most (`OSS2YOUKU_SWEEP__LIMIT`). Default 100.
    #[serde(deserialize_with = "text::or_some")]
    pub limit: Option<usize>,
    /// Whether a sweep also looks for objects that no event told of (`OSS2YOUKU_SWEEP__DISCOVER`). Default `true`.
    #[serde(deserialize_with = "text::or_value")]
    pub discover: bool,
    /// Requests to the source that one sweep makes at most for it: pages of 1,000 keys, and a look at each object that is not long
    /// known; 2 to 100000 (`OSS2YOUKU_SWEEP__REQUESTS`). Default 1000.
    #[serde(deserialize_with = "text::or_value")]
    pub requests: usize,
    /// Seconds that an object is left to its own event before it is looked for, up to 86400 (`OSS2YOUKU_SWEEP__GRACE_SECONDS`). Default 60.
    #[serde(deserialize_with = "text::or_value")]
    pub grace_seconds: u64,
}

impl Default for SweepFields {
    fn default() -> Self {
        Self { enabled: false, limit: None, discover: true, requests: 1000, grace_seconds: 60 }
    }
}

impl SweepFields {
    /// Whether the numbers make sense.
    ///
    /// # Errors
    /// Names the field that is out of its range.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(2..=100_000).contains(&self.requests) {
            return Err(format!("sweep.requests must be 2 to 100000, not {}", self.requests));
        }
        if self.grace_seconds > 86_400 {
            return Err(format!("sweep.grace_seconds must be 0 to 86400, not {}", self.grace_seconds));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_half_a_second_where_it_is_not_set_and_a_minute_at_most() {
        let window = |window_ms| LedgerFields { window_ms, ..LedgerFields::default() }.window();
        for (set, wanted) in [(None, 500), (Some(0), 0), (Some(60_000), 60_000)] {
            assert_eq!(window(set), Ok(Duration::from_millis(wanted)));
        }
        assert!(window(Some(60_001)).is_err_and(|error| error.contains("ledger.window_ms")));
    }
}
