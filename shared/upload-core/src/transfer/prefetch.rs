//! Reads of the first parts, started once Youku accepts the video: their round trips overlap the calls to the bucket and the ledger.

use super::Plan;
use crate::{ByteStream, Error, Object, Source, transfer::poll_alongside::poll_alongside};
use futures_util::future::{BoxFuture, MaybeDone, maybe_done};
use std::{
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::Poll,
};

type PendingRead<'a> = MaybeDone<BoxFuture<'a, Result<ByteStream, Error>>>;

/// Pending reads, by the number of their part.
#[derive(Default)]
pub(crate) struct Prefetch<'a>(Mutex<Vec<(u32, PendingRead<'a>)>>);

impl<'a> Prefetch<'a> {
    /// Reads of the first `count` parts, which start when they are [polled](Self::run_alongside).
    pub(crate) fn new(source: &'a dyn Source, object: &Object, plan: Plan, count: usize) -> Self {
        let reads = plan.parts().take(count).map(|part| {
            let object = object.clone();
            let read: BoxFuture<'a, _> = Box::pin(async move { source.read(&object, part.range()).await });
            (part.number, maybe_done(read))
        });
        Self(Mutex::new(reads.collect()))
    }

    /// Awaits `work` and drives the reads meanwhile.
    pub(crate) async fn run_alongside<T>(&self, work: impl Future<Output = T>) -> T {
        poll_alongside(work, |cx| {
            for (_, read) in self.reads().iter_mut() {
                let _may_be_pending = Pin::new(read).poll(cx);
            }
            Poll::Pending
        })
        .await
    }

    /// Takes the bytes of a part, if its read was started here and not taken yet.
    pub(crate) async fn take(&self, number: u32) -> Option<Result<ByteStream, Error>> {
        let mut read = {
            let mut reads = self.reads();
            let index = reads.iter().position(|(part, _)| *part == number)?;
            reads.swap_remove(index).1
        };
        (&mut read).await;
        Pin::new(&mut read).take_output()
    }

    fn reads(&self) -> std::sync::MutexGuard<'_, Vec<(u32, PendingRead<'a>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
