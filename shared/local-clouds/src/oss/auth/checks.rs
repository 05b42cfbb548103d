//! The time limits of a signature.

use std::time::{Duration, SystemTime};

use crate::oss::error::{OssError, Result};
use crate::time_format::{abs_difference, format_http_date, format_iso8601};

/// The most that the caller's clock may be off.
const MAX_SKEW: Duration = Duration::from_secs(15 * 60);

pub(crate) fn check_skew(time: SystemTime, now: SystemTime) -> Result<()> {
    if abs_difference(time, now) <= MAX_SKEW { Ok(()) } else { Err(skewed(time, now)) }
}

/// Refuses a URL that was signed in the future; its end is its own matter.
pub(crate) fn check_not_early(time: SystemTime, now: SystemTime) -> Result<()> {
    if time <= now + MAX_SKEW { Ok(()) } else { Err(skewed(time, now)) }
}

fn skewed(time: SystemTime, now: SystemTime) -> OssError {
    let message = "The difference between the request time and the current time is too large.";
    OssError::forbidden("RequestTimeTooSkewed", message)
        .with_detail("MaxAllowedSkewMilliseconds", MAX_SKEW.as_millis().to_string())
        .with_detail("RequestTime", format_iso8601(time))
        .with_detail("ServerTime", format_iso8601(now))
}

pub(crate) fn check_not_expired(expires: SystemTime, now: SystemTime) -> Result<()> {
    if now <= expires {
        return Ok(());
    }
    Err(OssError::forbidden("AccessDenied", "Request has expired.")
        .with_detail("Expires", format_http_date(expires)))
}
