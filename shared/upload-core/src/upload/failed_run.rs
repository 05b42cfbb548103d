//! Records how a run failed.

use crate::{
    Error, ErrorKind, RetryAdvice, UploadError as _, Uploader,
    ledger::{LeasedUpload, Step, WaitReason, Waiting},
    upload::terminal_step::terminal_step,
};

impl Uploader {
    /// Records how the run ended and returns its error.
    pub(super) async fn record_failure(&self, error: Error, upload: &mut LeasedUpload) -> Error {
        let now = upload.lease().now();
        let Some(step) = terminal_step(&error, upload, now, self.settings.second_run) else {
            upload.pause(&error).await;
            return error;
        };
        // The caller gets the error at once; the upload stays open.
        let error = match &step {
            Step::Waiting(waiting)
                if matches!(waiting.reason, WaitReason::SourceRefused | WaitReason::TargetRefused) =>
            {
                let retry_after = waiting.not_before.and_then(|until| until.get().duration_since(now).ok());
                error.with_advice(RetryAdvice::Retry { retry_after })
            }
            _ => error,
        };
        if let Step::Waiting(Waiting { reason: WaitReason::RateLimited, not_before: Some(until) }) = step
            && error.claim_refusal().is_none()
            && let Err(unwritten) =
                self.ledger.limit_calls(self.account_name(&upload.record().request.account), until).await
        {
            tracing::warn!(error = ?unwritten, "could not spare the account's other uploads the refusal");
        }
        if let Step::Waiting(Waiting { reason: WaitReason::RateLimited, .. }) = step {
            let client = self.account_name(&upload.record().request.account).to_owned();
            upload.queue_for_calls(&client);
        }
        if let Step::Waiting(Waiting {
            reason: WaitReason::Unauthorized | WaitReason::ClientRefused, ..
        }) = step
        {
            upload.refuse_token(self.token_hash());
        }
        let Err(unwritten) = upload.append(step).await else { return error };
        // The state before it stands: the next holder reaches the same end.
        tracing::warn!(error = ?unwritten, "could not record how the run ended");
        // This error says nothing about the upload once another holder has it.
        if unwritten.kind() == ErrorKind::Superseded { unwritten } else { error }
    }
}
