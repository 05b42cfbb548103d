//! Calls functions in this process.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::fc::error::FcError;
use crate::fc::function::Function;
use crate::fc::ids::new_request_id;
use crate::fc::invoke::EventCall;
use crate::fc::invoke_result::InvokeResult;
use crate::fc::platform::Platform;
use crate::fc::queue::Queue;
use crate::fc::scripted::run_with_faults;

pub(crate) type Functions = Arc<BTreeMap<String, Arc<Function>>>;

/// Calls functions in process. Cheap to clone; calls after the host's end fail.
#[derive(Clone)]
pub struct Invoker {
    pub(crate) functions: Functions,
    pub(crate) queue: Arc<Queue>,
    pub(crate) platform: Arc<Platform>,
}

impl Invoker {
    /// Calls a function and waits for its answer.
    pub async fn invoke(&self, function: &str, payload: impl Into<Bytes>) -> InvokeResult {
        let request_id = new_request_id();
        let Some(function) = self.functions.get(function) else {
            let message = format!("function {function:?} does not exist");
            let error = FcError::new(http::StatusCode::NOT_FOUND, "FunctionNotFound", message);
            return InvokeResult::from_error(&request_id, &error);
        };
        let call = Box::pin(function.invoke_event(EventCall {
            request_id: &request_id,
            payload: payload.into(),
            retry_count: 0,
        }));
        match run_with_faults(&self.platform.faults, "invoke", "/invoke", call).await {
            Ok(result) => result,
            Err(scripted) => InvokeResult::from_error(&request_id, &scripted.error()),
        }
    }

    /// Queues a call and returns its request id at once.
    pub fn invoke_async(&self, function: &str, payload: impl Into<Bytes>) -> String {
        match self.functions.get(function) {
            Some(function) => self.queue.submit_event(function, payload.into()),
            None => {
                tracing::warn!(function, "asynchronous call of a function that does not exist");
                new_request_id()
            }
        }
    }
}
