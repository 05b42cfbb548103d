//! One delivery of an asynchronous call: attempts, retries, destination.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio::time::{Instant, sleep, timeout};

use crate::fc::call_registry::{ActiveGuard, CallRegistry, Place};
use crate::fc::config::asynchronous::Destination;
use crate::fc::destination::{build_document, notify};
use crate::fc::error::FcError;
use crate::fc::function::Function;
use crate::fc::invoke_result::InvokeResult;
use crate::fc::records::{AsyncOutcome, AsyncState};
use crate::fc::scripted::{ScriptedFault, run_with_faults};
use crate::fc::work::AsyncWork;

/// First wait after an attempt that found no free instance; it doubles.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
/// How long an out-of-order call waits to be overtaken.
const OVERTAKE_LIMIT: Duration = Duration::from_secs(1);

/// One delivery of an asynchronous call.
pub(crate) struct Delivery {
    pub(crate) function: Arc<Function>,
    pub(crate) request_id: String,
    pub(crate) work: Arc<AsyncWork>,
    /// Time to wait before the first attempt.
    pub(crate) delay: Duration,
    pub(crate) submitted: Instant,
    /// Absent where calls are delivered in order.
    pub(crate) place: Option<Place>,
    pub(crate) calls: Arc<CallRegistry>,
    pub(crate) _active: ActiveGuard,
}

impl Delivery {
    /// Attempts the call until it succeeds or is given up, then reports how it ended.
    pub(crate) async fn run(mut self) {
        sleep(self.delay).await;
        // Dropped at the end: lets the overtaken call go.
        let _overtakes = match self.place.take() {
            Some(Place::WaitsToBeOvertaken(overtaken)) => {
                // No call overtook it in time, or the overtaking call is done: deliver it now.
                let _ = timeout(OVERTAKE_LIMIT, overtaken).await;
                None
            }
            place => place,
        };
        let (state, attempts, result) = self.attempt().await;
        let config = &self.function.context.config;
        let destination = match state {
            AsyncState::Succeeded => &config.async_config.on_success,
            _ => &config.async_config.on_failure,
        };
        if let Some(destination) = destination {
            self.report_outcome(destination, attempts, &result).await;
        }
        self.calls.update(&self.request_id, state, attempts, &result);
        self.calls.publish(AsyncOutcome {
            request_id: self.request_id.clone(),
            function: config.name.clone(),
            attempts,
            state,
            result,
        });
    }

    async fn attempt(&self) -> (AsyncState, u32, InvokeResult) {
        let Self { function, request_id, work, .. } = self;
        let config = &function.context.config.async_config;
        let (mut attempts, mut errors) = (0, 0);
        let mut backoff = FIRST_BACKOFF;
        let expired =
            FcError::new(StatusCode::INTERNAL_SERVER_ERROR, "EventAgeExceeded", "the call is too old");
        let mut result = InvokeResult::from_error(request_id, &expired);
        loop {
            if self.submitted.elapsed() > config.max_age {
                return (AsyncState::Expired, attempts, result);
            }
            self.calls.update(request_id, AsyncState::Running, attempts, &result);
            let call = Box::pin(function.run_work(work, request_id, attempts));
            let outcome =
                run_with_faults(&function.context.platform.faults, "deliver", work.path(), call).await;
            let reached = matches!(outcome, Ok(_) | Err(ScriptedFault::Lost));
            result =
                outcome.unwrap_or_else(|scripted| InvokeResult::from_error(request_id, &scripted.error()));
            let throttled = matches!(result.status, 429 | 503);
            attempts += u32::from(reached && !throttled);
            let wait = if result.error_type.is_none() {
                return (AsyncState::Succeeded, attempts, result);
            } else if result.is_function_error() {
                errors += 1;
                config.retry_backoff
            } else if throttled || result.status >= 500 {
                backoff = (backoff * 2).min(config.throttle_backoff_limit);
                backoff / 2
            } else {
                return (AsyncState::Failed, attempts, result);
            };
            if errors > config.retries {
                return (AsyncState::Failed, attempts, result);
            }
            self.calls.update(request_id, AsyncState::Retrying, attempts, &result);
            sleep(wait).await;
        }
    }

    async fn report_outcome(&self, destination: &Destination, attempts: u32, result: &InvokeResult) {
        let platform = &self.function.context.platform;
        let name = &self.function.context.config.name;
        let arn = format!("acs:fc:{}:{}:functions/{name}", platform.region, platform.account_id);
        notify(destination, build_document(&arn, attempts, self.work.payload(), result)).await;
    }
}
