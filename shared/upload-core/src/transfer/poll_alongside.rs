//! Drives a second future while awaiting the first.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll},
};

/// Awaits `work` and polls the other future meanwhile, which need not finish.
pub(crate) async fn poll_alongside<T>(
    work: impl Future<Output = T>,
    mut poll_other: impl FnMut(&mut Context<'_>) -> Poll<()>,
) -> T {
    let mut work = pin!(work);
    poll_fn(|cx| {
        let polled = work.as_mut().poll(cx);
        if polled.is_pending() {
            let _may_be_pending = poll_other(cx);
        }
        polled
    })
    .await
}
