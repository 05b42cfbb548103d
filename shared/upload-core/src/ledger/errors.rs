//! The ledger's errors, worded in one place.

use super::{state::InvalidTransition, step::WaitReason};
use crate::{Error, ErrorKind, NotTaken, RetryAdvice, UploadError};
use std::time::Duration;

const OPERATION: &str = "ledger";

/// A live lease elsewhere, for `rest` at most.
pub(super) fn in_progress(rest: Duration) -> Error {
    let message = "the upload is in progress elsewhere";
    Error::new(ErrorKind::InProgress, OPERATION, message)
        .with_advice(RetryAdvice::after(rest))
        .mark_not_taken(NotTaken::LeaseHeld)
}

/// Another holder went on with the upload.
pub(super) fn superseded(epoch: u32) -> Error {
    let message = "another holder has taken the upload over: this run must stop";
    Error::new(ErrorKind::Superseded, OPERATION, message).with_context("epoch", epoch.to_string())
}

/// A person gave the upload up.
pub(super) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, OPERATION, "the upload was cancelled")
}

/// The lease could not be renewed for as long as it lives.
pub(super) fn lease_expired(cause: Error) -> Error {
    let message = "the lease ran out because the ledger could not be written: this run must stop";
    Error::new(ErrorKind::Ledger, OPERATION, message).retryable().with_source(cause)
}

/// A renewal that took too long.
pub(super) fn no_answer() -> Error {
    Error::new(ErrorKind::Ledger, OPERATION, "the ledger's store gave no answer").retryable()
}

/// A step that the state does not permit, before it is written.
pub(super) fn refused(refused: InvalidTransition) -> Error {
    Error::new(ErrorKind::Ledger, OPERATION, refused.to_string())
}

/// The upload waits, for `rest` at least where that is known.
pub(super) fn waiting(reason: WaitReason, rest: Option<Duration>) -> Error {
    let (kind, message) = match reason {
        WaitReason::RateLimited => (ErrorKind::RateLimited, "the upload waits until Youku takes calls again"),
        WaitReason::Hash => {
            (ErrorKind::HashRefused, "the upload waits until its object is measured: Youku refused its hash")
        }
        WaitReason::CommitUnknown => {
            (ErrorKind::CommitUnknown, "the upload waits until Youku shows whether the video is there")
        }
        WaitReason::SourceRefused => {
            (ErrorKind::Source, "the upload waits for a second run: the source refused the first one")
        }
        WaitReason::TargetRefused => (
            ErrorKind::Target,
            "the upload waits for a second run: Youku's bucket or server refused the first one",
        ),
        WaitReason::Deadline => (ErrorKind::Deadline, "the upload waits for its next run"),
        WaitReason::Reauthorize => {
            (ErrorKind::Reauthorize, "the upload waits for new tokens in the settings")
        }
        WaitReason::ClientRefused => {
            (ErrorKind::ClientRefused, "the upload waits for a client_id that Youku knows in the settings")
        }
        WaitReason::Unauthorized | WaitReason::CallerTokenGone => {
            (ErrorKind::Unauthorized, "the upload waits for a valid access token")
        }
    };
    Error::new(kind, OPERATION, message)
        .with_advice(RetryAdvice::Retry { retry_after: rest })
        .mark_not_taken(NotTaken::NotDue)
}

pub(super) fn no_such_upload(key: String) -> Error {
    Error::new(ErrorKind::NoSuchUpload, OPERATION, "the ledger knows no such upload").with_context("key", key)
}

pub(super) fn not_reopened() -> Error {
    let message =
        "only an upload that failed or was cancelled can be tried again; ask with `again` for another video";
    Error::new(ErrorKind::InvalidJob, OPERATION, message)
}
