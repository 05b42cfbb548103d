//! What a worker's user implements and is given.

use crate::{
    codec::{WORK_STATUS, packet},
    metrics::Outcome,
};
use bytes::Bytes;
use std::fmt;
use tokio::sync::mpsc::Sender;

/// A job as gearmand assigned it. Everything is bytes: nothing promises text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Job {
    /// Gearmand's name of the job. It is used again after each restart of gearmand.
    pub handle: Bytes,
    /// The function's name.
    pub function: Bytes,
    /// The client's own id of the job; empty where it gave none.
    pub unique: Bytes,
    /// What the client sent.
    pub payload: Bytes,
}

impl fmt::Debug for Job {
    /// Without the payload, which may hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [handle, function, unique] =
            [&self.handle, &self.function, &self.unique].map(|name| name.escape_ascii());
        write!(f, "{handle} of {function}, unique {unique}, {} bytes", self.payload.len())
    }
}

/// The end of a job.
#[derive(Debug, Clone)]
pub struct Reply {
    /// How it is counted.
    pub outcome: Outcome,
    /// What `WORK_COMPLETE` carries; `None` answers `WORK_FAIL`. There is no third way: `WORK_EXCEPTION` hangs or ends many clients.
    pub complete: Option<Bytes>,
}

/// Carries jobs out.
pub trait Handler: Send + Sync + 'static {
    /// Carries one out. A panic answers `WORK_FAIL`. The future is never dropped because a line was lost: it may ask
    /// [`Progress::is_lost`].
    fn handle(&self, job: Job, progress: &Progress) -> impl Future<Output = Reply> + Send;

    /// The answer to a job whose payload of `size` bytes was too large to be taken, and is left out.
    fn too_large(&self, job: &Job, size: u64) -> Reply;
}

/// Tells a job's client how far it is. Borrowed for as long as the job runs: nothing can be told after its end.
#[derive(Debug)]
pub struct Progress {
    handle: Bytes,
    outgoing: Sender<Bytes>,
}

impl Progress {
    pub(crate) fn new(handle: Bytes, outgoing: Sender<Bytes>) -> Self {
        Self { handle, outgoing }
    }

    /// Tells that `numerator` of `denominator` are done. Passed over where the line cannot take it now: a later word will do.
    pub fn status(&self, numerator: u64, denominator: u64) {
        let (numerator, denominator) = (numerator.to_string(), denominator.to_string());
        let status = packet(WORK_STATUS, &[&self.handle, numerator.as_bytes(), denominator.as_bytes()]);
        // Full or closed: either way nobody misses this one.
        let _ = self.outgoing.try_send(status);
    }

    /// Whether the line that the job came by is gone: gearmand has put the job back into its queue, nobody waits for this answer.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.outgoing.is_closed()
    }

    /// Resolves when that line is gone.
    pub async fn lost(&self) {
        self.outgoing.closed().await;
    }
}
