//! Asynchronous calls as they are queued, watched and ended.

use serde::Serialize;

use crate::fc::invoke_result::InvokeResult;

/// The state of an asynchronous call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AsyncState {
    /// Not yet delivered.
    Queued,
    /// With the function.
    Running,
    /// Waiting for the next attempt.
    Retrying,
    /// Done.
    Succeeded,
    /// Given up.
    Failed,
    /// Given up for its age.
    Expired,
}

/// One asynchronous call.
#[derive(Clone, Debug, Serialize)]
pub struct AsyncRecord {
    /// The same for each attempt.
    pub request_id: String,
    /// The function's name.
    pub function: String,
    /// The caller's own id, if any.
    pub task_id: Option<String>,
    /// The state of the call.
    pub state: AsyncState,
    /// Attempts that reached the function.
    pub attempts: u32,
    /// The last attempt's error.
    pub error_type: Option<String>,
    /// When it was accepted, in milliseconds since 1970.
    pub submitted: u64,
}

/// How a delivery ended. A call delivered twice ends twice.
#[derive(Clone, Debug)]
pub struct AsyncOutcome {
    /// The call.
    pub request_id: String,
    /// The function's name.
    pub function: String,
    /// Attempts that reached the function.
    pub attempts: u32,
    /// [`AsyncState::Succeeded`], `Failed` or `Expired`.
    pub state: AsyncState,
    /// The last attempt's result.
    pub result: InvokeResult,
}
