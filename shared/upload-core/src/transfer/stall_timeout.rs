//! The end of calls in which nothing moves.

use crate::transfer::metered_stream::StreamMonitor;
use crate::{Error, ErrorKind};
use std::{future::Future, pin::pin, time::Duration};
use tokio::time::{Instant, sleep_until};

/// Ends a call that neither moves a byte nor answers for `stall`. A time-out on the whole call would end slow uploads that are well.
pub(super) async fn with_stall_timeout<T>(
    tap: &StreamMonitor,
    stall: Duration,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut begun = Instant::now();
    let mut call = pin!(call);
    loop {
        let quiet_since = tap.last_byte().unwrap_or(begun).max(begun);
        tokio::select! {
            answer = &mut call => return answer,
            () = sleep_until(quiet_since + stall) => {
                if tap.awaits_source() {
                    begun = Instant::now();
                } else if tap.last_byte().unwrap_or(begun).max(begun) == quiet_since {
                    let message = "the target took no byte and gave no answer";
                    return Err(Error::new(ErrorKind::Target, "UploadPart", message).retryable());
                }
            }
        }
    }
}
