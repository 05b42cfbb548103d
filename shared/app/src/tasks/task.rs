//! What a caller asks.

use super::caller_account::CallerAccount;
use secrecy::SecretString;
use serde_json::Value;
use upload_core::{Callback, Entrypoint, Job, TraceContext};

/// What a caller asks.
#[derive(Debug, Clone)]
pub struct Task {
    /// The job itself.
    pub job: Job,
    /// The caller's name of the object: its key, or the legacy task's `keyname`. Answers carry it.
    pub key: String,
    /// The account that the task carries in place of one of the settings'.
    pub caller_account: Option<CallerAccount>,
    /// A token that the task carries for a client id of the settings, and that the settings do not have: its owner must be found.
    pub unverified_token: Option<UnverifiedToken>,
    /// Who receives the outcome: the callback that the task names, else that of the object's rule.
    pub callback: Option<Callback>,
    /// In which form it came.
    pub entrypoint: Entrypoint,
    /// The trace that it belongs to, as a caller without headers states it.
    pub trace: Option<TraceContext>,
}

/// A token that a task carries and whose account is still to be found.
#[derive(Debug, Clone)]
pub struct UnverifiedToken {
    /// The token.
    pub(crate) token: SecretString,
    /// The accounts of the settings that have the client id which came with it: at least one.
    pub(crate) accounts: Vec<String>,
}

/// Reads the field `traceparent` of either form. One that does not fit is ignored: a trace decides nothing about an upload.
pub(super) fn read_trace(field: &Value) -> Option<TraceContext> {
    TraceContext::parse(field.as_str()?)
}
