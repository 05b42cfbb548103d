//! Reads of the first parts, begun once Youku wants the video: their round trips pass while the bucket and the ledger are asked.

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

/// Reads under way, by the number of their part.
#[derive(Default)]
pub(crate) struct Prefetch<'a>(Mutex<Vec<(u32, PendingRead<'a>)>>);

impl<'a> Prefetch<'a> {
    /// Reads of the first `count` parts, which start when they are [polled](Self::run_alongside).
    pub(crate) fn new(source: &'a dyn Source, object: &Object, plan: Plan, count: usize) -> Self {
        let openings = plan.parts().take(count).map(|part| {
            let object = object.clone();
            let opening: BoxFuture<'a, _> = Box::pin(async move { source.read(&object, part.range()).await });
            (part.number, maybe_done(opening))
        });
        Self(Mutex::new(openings.collect()))
    }

    /// Waits for `work` while the reads get on.
    pub(crate) async fn run_alongside<T>(&self, work: impl Future<Output = T>) -> T {
        poll_alongside(work, |cx| {
            for (_, opening) in self.openings().iter_mut() {
                let _done_or_not = Pin::new(opening).poll(cx);
            }
            Poll::Pending
        })
        .await
    }

    /// The bytes of a part, if its read was begun here and not asked for before.
    pub(crate) async fn take(&self, number: u32) -> Option<Result<ByteStream, Error>> {
        let mut opening = {
            let mut openings = self.openings();
            let place = openings.iter().position(|(of, _)| *of == number)?;
            openings.swap_remove(place).1
        };
        (&mut opening).await;
        Pin::new(&mut opening).take_output()
    }

    fn openings(&self) -> std::sync::MutexGuard<'_, Vec<(u32, PendingRead<'a>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
