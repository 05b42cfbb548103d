//! Checks of a record before something is done to its upload.

use super::{
    errors::{not_reopened_error, waiting_error},
    record::Record,
    step::{Reopening, WaitReason},
};
use crate::{Error, ErrorKind};
use std::time::Duration;

/// The error for an upload that waits for `remaining` more; it names what a person must correct.
pub(super) fn not_due_error(record: &Record, reason: WaitReason, remaining: Duration) -> Error {
    let error = waiting_error(reason, Some(remaining));
    match reason {
        WaitReason::ClientRefused => {
            error.with_context("setting", format!("accounts.{}.client_id", record.request.account))
        }
        _ => error,
    }
}

/// Checks that an upload can be reopened in this way.
pub(super) fn check_reopening(record: &Record, reopening: Reopening) -> Result<(), Error> {
    if !record.state.can_be_reopened() {
        return Err(not_reopened_error());
    }
    let unknown = ErrorKind::CommitUnknown.code();
    let may_open_session = record.failure.as_ref().is_some_and(|failure| failure.code == unknown);
    if reopening.new_session && !may_open_session {
        let message = "another session is opened only for an upload that failed as commit_unknown, by a person who has \
                       looked and found no video: retry without it, or ask with `again` for another video";
        return Err(Error::new(ErrorKind::InvalidJob, "ledger", message));
    }
    Ok(())
}
