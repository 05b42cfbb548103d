//! What was received.

use std::time::SystemTime;

use serde::Serialize;
use serde_json::Value;

use crate::robots::config::Vendor;

/// A request at one of the vendors' paths, and what it was answered.
#[derive(Debug, Clone, Serialize)]
pub struct ReceivedRequest {
    /// Whose path it was.
    pub vendor: Vendor,
    /// The robot's name; absent: its token is unknown.
    pub robot: Option<String>,
    /// When it came, by the robots' clock.
    #[serde(serialize_with = "as_seconds")]
    pub at: SystemTime,
    /// Bytes of the body as it came.
    pub bytes: usize,
    /// The body, if it was JSON.
    pub body: Option<Value>,
    /// The vendor's code in the answer; 0: accepted.
    pub code: i64,
}

/// Seconds since 1970.
fn as_seconds<S: serde::Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    serializer.serialize_f64(since.as_secs_f64())
}
