//! Runs one job from its assignment to its reply.

use crate::{
    metrics::Outcome,
    protocol::{
        context::WorkerContext,
        handler::{Handler, Progress, Reply},
        job::Job,
        packet::Request,
    },
};
use futures_util::FutureExt;
use std::{panic::AssertUnwindSafe, sync::Arc};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::Instant,
};

/// Runs one job to its end, even where its connection is lost. The slot stays taken until then: the function still works on the job.
pub(crate) async fn run_job<H: Handler>(
    context: Arc<WorkerContext<H>>,
    job: Job,
    outgoing: mpsc::Sender<Request>,
    slot: OwnedSemaphorePermit,
) {
    let (_running, started) = (context.metrics.track_running_job(), Instant::now());
    let handle = job.handle.clone();
    let reply = {
        let progress = Progress::new(handle.clone(), outgoing.clone());
        let handling = AssertUnwindSafe(context.handler.handle(job, &progress));
        handling.catch_unwind().await.unwrap_or(Reply::fail(Outcome::Panicked))
    };
    let mut outcome = reply.outcome;
    if outgoing.send(reply.into_request(handle.clone())).await.is_err() {
        tracing::warn!(
            handle = %handle.escape_ascii(),
            "the connection is lost: the reply is dropped, gearmand requeues the job"
        );
        outcome = Outcome::Lost;
    }
    context.metrics.record_job(outcome, started.elapsed());
    drop(slot);
}
