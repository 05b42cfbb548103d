//! Waiting for one thing while another gets on.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll},
};

/// Waits for `work` and polls the other thing meanwhile, which need not come to its end.
pub(crate) async fn poll_alongside<T>(
    work: impl Future<Output = T>,
    mut poll_other: impl FnMut(&mut Context<'_>) -> Poll<()>,
) -> T {
    let mut work = pin!(work);
    poll_fn(|cx| {
        let polled = work.as_mut().poll(cx);
        if polled.is_pending() {
            let _done_or_not = poll_other(cx);
        }
        polled
    })
    .await
}
