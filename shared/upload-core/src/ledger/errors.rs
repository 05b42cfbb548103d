//! The ledger's errors, worded in one place.

use super::{state::InvalidTransition, step::WaitReason};
use crate::{ClaimRefusal, Error, ErrorKind, RetryAdvice, UploadError};
use std::time::Duration;

const OPERATION: &str = "ledger";

/// Another holder has a live lease, for `remaining` at most.
pub(super) fn in_progress_error(remaining: Duration) -> Error {
    let message = "the upload is in progress elsewhere";
    Error::new(ErrorKind::InProgress, OPERATION, message)
        .with_advice(RetryAdvice::after(remaining))
        .with_claim_refusal(ClaimRefusal::LeaseHeld)
}

/// Another holder has appended to the upload.
pub(super) fn superseded_error(epoch: u32) -> Error {
    let message = "another holder has taken the upload over: this run must stop";
    Error::new(ErrorKind::Superseded, OPERATION, message).with_context("epoch", epoch.to_string())
}

/// A person cancelled the upload.
pub(super) fn cancelled_error() -> Error {
    Error::new(ErrorKind::Cancelled, OPERATION, "the upload was cancelled")
}

/// The lease could not be renewed within its life.
pub(super) fn lease_expired_error(cause: Error) -> Error {
    let message = "the lease ran out because the ledger could not be written: this run must stop";
    Error::new(ErrorKind::Ledger, OPERATION, message).retryable().with_source(cause)
}

/// A renewal took too long.
pub(super) fn no_answer_error() -> Error {
    Error::new(ErrorKind::Ledger, OPERATION, "the ledger's store gave no answer").retryable()
}

/// The state does not permit a step, which was not written.
pub(super) fn refused_error(transition: InvalidTransition) -> Error {
    Error::new(ErrorKind::Ledger, OPERATION, transition.to_string())
}

/// The upload waits, for `remaining` at least if that is known.
pub(super) fn waiting_error(reason: WaitReason, remaining: Option<Duration>) -> Error {
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
        .with_advice(RetryAdvice::Retry { retry_after: remaining })
        .with_claim_refusal(ClaimRefusal::NotDue)
}

pub(super) fn no_such_upload_error(key: String) -> Error {
    Error::new(ErrorKind::NoSuchUpload, OPERATION, "the ledger knows no such upload").with_context("key", key)
}

pub(super) fn not_reopened_error() -> Error {
    let message =
        "only an upload that failed or was cancelled can be tried again; ask with `again` for another video";
    Error::new(ErrorKind::InvalidJob, OPERATION, message)
}
