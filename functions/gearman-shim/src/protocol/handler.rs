//! What a user of the worker implements, and what it is given for each job.

use crate::{
    metrics::Outcome,
    protocol::{job::Job, packet::Request},
};
use bytes::Bytes;
use std::future::ready;
use tokio::sync::mpsc::Sender;

/// The end of a job.
#[derive(Debug, Clone)]
pub struct Reply {
    /// How the job is counted.
    pub outcome: Outcome,
    /// What `WORK_COMPLETE` carries; `None` sends `WORK_FAIL`. There is no third way: `WORK_EXCEPTION` hangs or crashes many clients.
    pub complete: Option<Bytes>,
}

impl Reply {
    /// A reply without a result.
    pub(crate) fn fail(outcome: Outcome) -> Self {
        Self { outcome, complete: None }
    }

    /// The packet that ends the job of that handle.
    pub(crate) fn into_request(self, handle: Bytes) -> Request {
        match self.complete {
            Some(result) => Request::WorkComplete { handle, result },
            None => Request::WorkFail { handle },
        }
    }
}

/// Runs jobs.
pub trait Handler: Send + Sync + 'static {
    /// Runs one job. A panic sends `WORK_FAIL`. The future is not dropped when the connection is lost: it may ask
    /// [`Progress::is_lost`].
    fn handle(&self, job: Job, progress: &Progress) -> impl Future<Output = Reply> + Send;

    /// Resolves while the handler can run jobs: no job is grabbed before it does.
    fn wait_until_ready(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// The reply to a job whose payload of `size` bytes was too large to be taken; `job` comes without it.
    fn too_large(&self, job: &Job, size: u64) -> Reply;
}

/// Reports progress to a job's client. Borrowed for as long as the job runs: nothing can be reported after the job's end.
#[derive(Debug)]
pub struct Progress {
    handle: Bytes,
    outgoing: Sender<Request>,
}

impl Progress {
    pub(crate) fn new(handle: Bytes, outgoing: Sender<Request>) -> Self {
        Self { handle, outgoing }
    }

    /// Reports that `numerator` of `denominator` are done. Dropped where the connection cannot take it now: a later report replaces it.
    pub fn report(&self, numerator: u64, denominator: u64) {
        let status = Request::WorkStatus { handle: self.handle.clone(), numerator, denominator };
        // Full or closed: either way nobody misses this report.
        let _ = self.outgoing.try_send(status);
    }

    /// Whether the job's connection is lost: gearmand has requeued the job, and nobody waits for this reply.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.outgoing.is_closed()
    }

    /// Resolves when the job's connection is lost.
    pub async fn wait_until_lost(&self) {
        self.outgoing.closed().await;
    }
}
