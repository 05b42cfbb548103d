//! Checks of a record before something is done to its upload.

use super::{
    errors::{not_reopened, waiting},
    record::Record,
    step::{Reopening, WaitReason},
};
use crate::{Error, ErrorKind};
use std::time::Duration;

/// The upload waits for `rest` more; what a person must correct for it is named.
pub(super) fn still_waits(record: &Record, reason: WaitReason, rest: Duration) -> Error {
    let error = waiting(reason, Some(rest));
    match reason {
        WaitReason::ClientRefused => {
            error.with_context("setting", format!("accounts.{}.client_id", record.request.account))
        }
        _ => error,
    }
}

/// Makes sure that an upload can be tried again in this way.
pub(super) fn check_reopening(record: &Record, reopening: Reopening) -> Result<(), Error> {
    if !record.state.can_be_reopened() {
        return Err(not_reopened());
    }
    let unknown = ErrorKind::CommitUnknown.code();
    let may_begin_anew = record.failure.as_ref().is_some_and(|failure| failure.code == unknown);
    if reopening.new_session && !may_begin_anew {
        let message = "another session is opened only for an upload that failed as commit_unknown, by a person who has \
                       looked and found no video: try again without it, or ask with `again` for another video";
        return Err(Error::new(ErrorKind::InvalidJob, "ledger", message));
    }
    Ok(())
}
