//! The attempts of one run to deliver one message.

use super::{message::Message, policy::DeliveryPolicy};
use crate::{Callback, DeliveryResult, Notifier, RunContext, TraceContext, upload::trace::callback_span};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

/// Pause before the second attempt within one run; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Posts a message, which belongs to `trace`, as [`attempt`] does, in a span of its own. `now`: the time by the ledger's clock.
pub(super) async fn post(
    notifier: &dyn Notifier,
    callback: &Callback,
    message: Message,
    now: SystemTime,
    trace: Option<TraceContext>,
    run: &RunContext,
    policy: DeliveryPolicy,
) -> (DeliveryResult, u32) {
    let span = callback_span(trace);
    let posting = attempt(notifier, callback, message, now, trace, run, policy);
    let (result, attempts) = posting.instrument(span.clone()).await;
    span.record("code", &*result.code());
    (result, attempts)
}

/// Posts a message until it is accepted, refused for good, or the policy's limits are reached. Returns the last result, and how often the
/// message was sent.
async fn attempt(
    notifier: &dyn Notifier,
    callback: &Callback,
    message: Message,
    now: SystemTime,
    trace: Option<TraceContext>,
    run: &RunContext,
    policy: DeliveryPolicy,
) -> (DeliveryResult, u32) {
    let Message { id, body } = message;
    let begun = Instant::now();
    let end = begun + policy.time;
    let end = run.deadline.map_or(end, |deadline| end.min(deadline));
    let (mut pause, mut attempts) = (FIRST_PAUSE, 0);
    loop {
        let open_for = notifier.circuit_open_for(&callback.url);
        if let Some(remaining) = open_for.filter(|_| policy.respect_circuit_breaker) {
            return (timed_out(Some(remaining)), attempts);
        }
        let attempt = notifier.post(&callback.url, &id, body.clone(), now + begun.elapsed(), trace);
        let result = timeout_at(end, attempt).await.unwrap_or_else(|_| timed_out(None));
        attempts += 1;
        let DeliveryResult::Failed { retry_after, .. } = &result else { return (result, attempts) };
        let wait = pause.max(retry_after.unwrap_or_default());
        if attempts >= policy.attempts || Instant::now() + wait >= end {
            return (result, attempts);
        }
        sleep(wait).await;
        pause *= 2;
    }
}

/// The result of an attempt without a response in time.
fn timed_out(retry_after: Option<Duration>) -> DeliveryResult {
    DeliveryResult::Failed { code: DeliveryResult::TIMED_OUT.into(), retry_after }
}
