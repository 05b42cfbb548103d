//! What a caller asks.

use super::caller_account::CallerAccount;
use secrecy::SecretString;
use upload_core::{Callback, Entrypoint, Job};

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
}

/// A token that a task carries and whose account is still to be found.
#[derive(Debug, Clone)]
pub struct UnverifiedToken {
    /// The token.
    pub(crate) token: SecretString,
    /// The accounts of the settings that have the client id which came with it: at least one.
    pub(crate) accounts: Vec<String>,
}
