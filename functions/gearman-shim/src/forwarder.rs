//! The handler: a job becomes calls of the function until one of them answers it.

use crate::{
    answer::{Answer, keyname},
    call::{Function, Meaning},
    job::{Handler, Job, Progress, Reply},
    metrics::{Metrics, Outcome},
    pace,
};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

/// Looking how an upload stands costs little, so that it is done as often as this at least.
const LOOK: Duration = Duration::from_secs(5);

pub(crate) struct Forwarder {
    pub(crate) function: Function,
    /// From a job's beginning to the last attempt's; a call that runs is never cut short.
    pub(crate) budget: Duration,
    /// Before the function is asked again for the first time; later pauses grow.
    pub(crate) pause: Duration,
    /// Failures answer `WORK_FAIL`.
    pub(crate) fail_packets: bool,
    pub(crate) max_payload: usize,
    pub(crate) metrics: Arc<Metrics>,
}

enum Step {
    Ask,
    Look(String),
}

impl Handler for Forwarder {
    async fn handle(&self, job: Job, progress: &Progress) -> Reply {
        let begun = Instant::now();
        tracing::info!(?job, "begun");
        let answer = pace::relay(progress, async |seen| self.ask(&job, progress, &seen).await).await;
        let error = answer.error.as_deref().unwrap_or_default();
        let (code, seconds) = (&answer.code, begun.elapsed().as_secs_f64());
        tracing::info!(?job, code, error, video = answer.data.videoid, seconds, "ended");
        self.reply(answer, keyname(&job.payload), None)
    }

    fn too_large(&self, _: &Job, size: u64) -> Reply {
        let text = format!("the job's payload has {size} bytes; at most {} are taken", self.max_payload);
        self.reply(Answer::failure("payload_too_large", text), None, Some(Outcome::Refused))
    }
}

impl Forwarder {
    /// Asks until there is an answer, the budget is spent, or nobody waits any more.
    async fn ask(&self, job: &Job, progress: &Progress, seen: &watch::Sender<pace::Bytes>) -> Answer {
        let (key, begun) = (idempotency_key(job), Instant::now());
        let (mut pauses, mut step) = (pauses(self.pause), Step::Ask);
        loop {
            let (meaning, looked) = match step {
                Step::Ask => (self.function.post(job.payload.clone(), &key, seen).await, false),
                Step::Look(id) => (self.function.look(id).await, true),
            };
            // Who has let go of an upload will not take it up again: there is nothing to wait for.
            let let_go = looked && matches!(meaning, Meaning::Again { .. });
            let mut pause = if let_go { self.pause } else { pauses.next().unwrap_or_default() };
            let why;
            (step, why) = match meaning {
                Meaning::Done(answer) => return answer,
                Meaning::Again { why, wait } => {
                    pause = pause.max(wait);
                    (Step::Ask, why)
                }
                Meaning::Elsewhere(id) => {
                    pause = pause.min(LOOK);
                    (Step::Look(id), "the upload is in progress elsewhere".into())
                }
            };
            if begun.elapsed() + pause > self.budget {
                return Answer::failure("gave_up", format!("no answer in the time allowed: {why}"));
            }
            tracing::warn!(?job, why, pause_seconds = pause.as_secs_f64(), "once more");
            self.metrics.retry();
            tokio::select! {
                () = sleep(pause) => {}
                () = progress.lost() => return Answer::failure("lost", "the line to gearmand is gone"),
            }
        }
    }

    fn reply(&self, answer: Answer, keyname: Option<String>, outcome: Option<Outcome>) -> Reply {
        let outcome = outcome.unwrap_or_else(|| answer.outcome());
        let fails = self.fail_packets && outcome != Outcome::Success;
        Reply { outcome, complete: (!fails).then(|| answer.into_text(keyname)) }
    }
}

/// What names the job across its returns: the client's unique id, else a hash of what it is. Never the handle, which gearmand gives
/// again after a restart. 1 to 128 visible ASCII characters.
fn idempotency_key(job: &Job) -> String {
    let hash = |parts: [&[u8]; 2]| {
        // No function's name holds a NUL.
        let hash = Sha256::new().chain_update(parts[0]).chain_update([0]).chain_update(parts[1]).finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    match &*job.unique {
        // A dash asks gearmand to merge equal payloads; it is no name.
        b"" | b"-" => hash([&job.function, &job.payload]),
        unique if unique.len() <= 128 && unique.iter().all(u8::is_ascii_graphic) => {
            String::from_utf8_lossy(unique).into_owned()
        }
        unique => hash([b"unique", unique]),
    }
}

fn pauses(first: Duration) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(first)
        .with_max_delay(Duration::from_secs(30))
        .without_max_times()
        .with_jitter()
        .build()
}

#[cfg(test)]
mod tests;
