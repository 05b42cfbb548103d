//! A timeout for calls that have stalled.

use crate::transfer::metered_stream::StreamMonitor;
use crate::{Error, ErrorKind};
use std::{future::Future, pin::pin, time::Duration};
use tokio::time::{Instant, sleep_until};

/// Aborts a call that transfers no bytes and returns no response for `stall`. A timeout of the whole call would abort slow but healthy
/// uploads.
pub(super) async fn with_stall_timeout<T>(
    monitor: &StreamMonitor,
    stall: Duration,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut started = Instant::now();
    let mut call = pin!(call);
    loop {
        let idle_since = monitor.last_byte().unwrap_or(started).max(started);
        tokio::select! {
            answer = &mut call => return answer,
            () = sleep_until(idle_since + stall) => {
                if monitor.awaits_source() {
                    started = Instant::now();
                } else if monitor.last_byte().unwrap_or(started).max(started) == idle_since {
                    let message = "the target took no byte and gave no answer";
                    return Err(Error::new(ErrorKind::Target, "UploadPart", message).retryable());
                }
            }
        }
    }
}
