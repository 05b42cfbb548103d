//! Ids and times as the platform writes them.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub(crate) fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A request id in the observed form, e.g. `1-67a59f35-150c1267-f381ba1c085c`.
pub(crate) fn new_request_id() -> String {
    let (middle, tail) = (rand::random::<u32>(), rand::random::<u64>() >> 16);
    format!("1-{:08x}-{middle:08x}-{tail:012x}", unix_millis() / 1000)
}

/// An instance id, `c-` and the same form.
pub(crate) fn new_instance_id() -> String {
    new_request_id().replacen('1', "c", 1)
}
