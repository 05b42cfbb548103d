//! The worker's handler: calls the function until a call gives the job's reply.

use crate::{
    forward::{
        call_result::{CallResult, RetryReason},
        function_client::{FunctionClient, JobNames},
        function_gate::{FunctionGate, GateVerdict},
        function_trial::Refusal,
        payload::trim_payload,
        progress::{UploadProgress, relay_throttled},
        reply::{ErrorCode, LegacyReply, parse_keyname},
        trace_parent::TraceParent,
    },
    metrics::{Metrics, Outcome},
    protocol::{
        handler::{Handler, Progress, Reply},
        job::Job,
    },
};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};
use tracing::{Instrument, Span};

/// Longest pause before an upload is queried again: a query costs little.
const MAX_QUERY_PAUSE: Duration = Duration::from_secs(5);
/// A job is refused after so many refusals in a row by a function that otherwise accepts the shim.
const MAX_REFUSALS: u32 = 4;
/// Longest pause between calls that the function does not ask for.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// Forwards jobs to the function.
pub(crate) struct Forwarder {
    pub(crate) function: Arc<FunctionClient>,
    pub(crate) gate: Arc<FunctionGate>,
    /// From a job's start to its last call; a running call is never cut short.
    pub(crate) budget: Duration,
    /// Before the second call; later pauses grow.
    pub(crate) first_pause: Duration,
    /// Failures send `WORK_FAIL`.
    pub(crate) fail_packets: bool,
    /// Bytes of a payload at most, for the text of a refusal.
    pub(crate) max_payload: usize,
    pub(crate) metrics: Arc<Metrics>,
}

enum NextCall {
    SubmitTask,
    QueryUpload(String),
}

impl Handler for Forwarder {
    async fn handle(&self, job: Job, progress: &Progress) -> Reply {
        let task = trim_payload(&job.payload);
        let trace = TraceParent::from_payload(&task);
        let span = trace.as_ref().map_or_else(Span::none, |trace| {
            let trace_id = trace.trace_id();
            tracing::info_span!("job", trace_id)
        });
        let names = JobNames { idempotency_key: derive_idempotency_key(&job), trace };
        self.forward(job, task, names, progress).instrument(span).await
    }

    async fn wait_until_ready(&self) {
        self.gate.wait_until_open().await;
    }

    fn too_large(&self, _: &Job, size: u64) -> Reply {
        let text = format!("the job's payload has {size} bytes; at most {} are taken", self.max_payload);
        let reply = LegacyReply::failure(ErrorCode::PAYLOAD_TOO_LARGE, text);
        self.encode_reply(reply, None, Outcome::Refused)
    }
}

impl Forwarder {
    async fn forward(&self, job: Job, task: Bytes, names: JobNames, progress: &Progress) -> Reply {
        let started = Instant::now();
        tracing::info!(?job, "begun");
        let call = async |latest| self.call_until_done(&job, &names, &task, progress, &latest).await;
        let is_published = |reply: &LegacyReply| reply.outcome() == Outcome::Success;
        let reply = relay_throttled(progress, call, is_published).await;
        let (code, error) = (reply.code.as_str(), reply.error.as_ref().map(ErrorCode::as_str));
        let seconds = started.elapsed().as_secs_f64();
        tracing::info!(?job, code, error, video = reply.data.videoid, seconds, "ended");
        let outcome = reply.outcome();
        self.encode_reply(reply, parse_keyname(&task), outcome)
    }

    /// Calls the function until there is a reply, the budget is spent, or the job's connection is lost.
    async fn call_until_done(
        &self,
        job: &Job,
        names: &JobNames,
        task: &Bytes,
        progress: &Progress,
        latest: &watch::Sender<Option<UploadProgress>>,
    ) -> LegacyReply {
        let (started, mut refusals) = (Instant::now(), 0);
        let (mut backoff, mut next) = (build_backoff(self.first_pause), NextCall::SubmitTask);
        loop {
            if let Err(reply) = self.wait_for_function(job, progress, started + self.budget).await {
                return reply;
            }
            let token = self.function.authorization();
            let (mut result, queried) = match &next {
                NextCall::SubmitTask => (self.function.submit_task(task.clone(), names, latest).await, false),
                NextCall::QueryUpload(id) => (self.function.query_upload(id.clone()).await, true),
            };
            if let CallResult::Refused(reply) = result {
                result = match self.gate.examine(&token).await {
                    GateVerdict::Refused | GateVerdict::Replaced => {
                        self.metrics.count_retry();
                        continue;
                    }
                    // While a token or a route is replaced, some instances know it and others do not.
                    GateVerdict::Accepted if refusals + 1 >= MAX_REFUSALS => CallResult::Done(reply),
                    GateVerdict::Accepted => RetryReason::Refused.into(),
                    GateVerdict::Unknown(reason) => reason.into(),
                };
            }
            let is_refused = matches!(result, CallResult::Retry { reason: RetryReason::Refused, .. });
            refusals = match result {
                _ if is_refused => refusals + 1,
                // It says nothing of the calls that were refused.
                CallResult::InProgress(_) => refusals,
                _ => 0,
            };
            // A holder that has released the upload does not take it again: there is nothing to wait for.
            let released = queried && !is_refused && matches!(result, CallResult::Retry { .. });
            let mut pause = if released { self.first_pause } else { backoff.next().unwrap_or_default() };
            let reason;
            (next, reason) = match result {
                CallResult::Done(reply) | CallResult::Refused(reply) => return reply,
                CallResult::PublishedElsewhere(reply) => {
                    return match self.function.submit_task(task.clone(), names, latest).await {
                        CallResult::Done(own) => own,
                        _ => reply,
                    };
                }
                CallResult::Retry { reason, retry_after } => {
                    pause = pause.max(retry_after.unwrap_or_default());
                    (NextCall::SubmitTask, reason)
                }
                CallResult::InProgress(id) => {
                    pause = pause.min(MAX_QUERY_PAUSE);
                    (NextCall::QueryUpload(id), RetryReason::InProgress)
                }
            };
            if started.elapsed() + pause > self.budget {
                return budget_spent(&reason);
            }
            tracing::warn!(?job, %reason, pause_seconds = pause.as_secs_f64(), "calling the function again");
            self.metrics.count_retry();
            tokio::select! {
                () = sleep(pause) => {}
                () = progress.wait_until_lost() => return connection_lost(),
            }
        }
    }

    /// Waits while the function does not accept the shim.
    ///
    /// # Errors
    /// The job's reply: the budget is spent, or the job's connection is lost.
    async fn wait_for_function(
        &self,
        job: &Job,
        progress: &Progress,
        budget_ends: Instant,
    ) -> Result<(), LegacyReply> {
        let reason = match self.gate.refusal() {
            None => return Ok(()),
            Some(Refusal::Token { .. }) => RetryReason::TokenRefused,
            Some(Refusal::Address { .. }) => RetryReason::NotTheFunction,
        };
        let _waiting = self.metrics.track_waiting_job();
        tracing::warn!(?job, %reason, "waiting until the function accepts the shim");
        tokio::select! {
            biased;
            () = self.gate.wait_until_open() => Ok(()),
            () = progress.wait_until_lost() => Err(connection_lost()),
            () = sleep_until(budget_ends) => Err(budget_spent(&reason)),
        }
    }

    fn encode_reply(&self, reply: LegacyReply, keyname: Option<String>, outcome: Outcome) -> Reply {
        if self.fail_packets && outcome != Outcome::Success {
            return Reply::fail(outcome);
        }
        Reply { outcome, complete: Some(reply.into_text(keyname)) }
    }
}

fn budget_spent(reason: &RetryReason) -> LegacyReply {
    LegacyReply::failure(ErrorCode::RETRIES_EXHAUSTED, format!("no answer in the time allowed: {reason}"))
}

fn connection_lost() -> LegacyReply {
    LegacyReply::failure(ErrorCode::CONNECTION_LOST, "the connection to gearmand is lost")
}

/// Names the job the same each time gearmand assigns it: the client's unique id, else a hash of function and payload. Never the handle,
/// which gearmand reuses after a restart. 1 to 128 visible ASCII characters.
fn derive_idempotency_key(job: &Job) -> String {
    let hash = |parts: [&[u8]; 2]| {
        // No function's name holds a NUL.
        let hash = Sha256::new().chain_update(parts[0]).chain_update([0]).chain_update(parts[1]).finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    match job.unique.as_deref() {
        // A dash asks gearmand to merge equal payloads; it names no job.
        None | Some(b"-") => hash([&job.function, &job.payload]),
        Some(unique) if unique.len() <= 128 && unique.iter().all(u8::is_ascii_graphic) => {
            String::from_utf8_lossy(unique).into_owned()
        }
        Some(unique) => hash([b"unique", unique]),
    }
}

fn build_backoff(first: Duration) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(first)
        .with_max_delay(MAX_PAUSE)
        .without_max_times()
        .with_jitter()
        .build()
}

#[cfg(test)]
mod tests;
