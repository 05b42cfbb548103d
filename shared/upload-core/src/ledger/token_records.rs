//! The stored form of refresh claims and token pairs.

use super::seal::Sealed;
use crate::model::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// How a claim ended without a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RefreshEnd {
    /// Youku certainly did not process it.
    Withdrawn {
        /// Seconds after this entry was written in which nobody retries.
        pause: u64,
        /// The stable code of the error that prevented it.
        code: String,
    },
    /// No valid response came.
    Lost,
    /// Youku refuses the refresh token.
    Refused,
}

/// A claim as it is stored. The entry's time of writing is the time at which it was made or ended.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimRecord {
    pub(super) v: u32,
    pub(super) nonce: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<RefreshEnd>,
}

/// A pair as it is stored.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairRecord {
    pub(super) v: u32,
    pub(super) obtained: Timestamp,
    pub(super) life_seconds: u64,
    pub(super) access_token: Sealed,
    pub(super) refresh_token: Sealed,
}
