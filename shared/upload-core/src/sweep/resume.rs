//! Resumes what one open mark names.

use crate::{
    Error, PublishedVideo, RunContext, UploadId, Uploader,
    ledger::{Ledger, OpenMark, OpenUpload, Record, needs_operator},
};
use std::future::Future;

/// The result of resuming what one mark names.
pub(super) enum ResumeResult {
    /// The upload was settled already: its mark is deleted.
    Cleared,
    /// The upload had ended, and its callback was attempted.
    CallbackDelivered {
        /// Whether its receiver left nothing to send again.
        is_accepted: bool,
    },
    /// The callback waits for another sweep.
    CallbackFailed(Error),
    /// The upload cannot continue yet.
    StillPaused(Error),
    /// The upload was resumed and is a video now.
    Published(PublishedVideo),
}

/// Resumes an open upload or delivers its callback; clears the mark of an upload that is settled.
pub(super) async fn resume_open<F, Fut>(
    ledger: &Ledger,
    uploader_of: &F,
    upload: &OpenUpload,
    mark: &OpenMark,
    run: &RunContext,
) -> Result<ResumeResult, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    let id = &upload.id;
    if upload.is_paused() {
        // Checked before its steps are read or Youku is asked: what stopped it may still do so.
        let uploader = match uploader_of(id.clone(), mark.clone()).await {
            Err(error) if needs_operator(&error) => return Ok(ResumeResult::StillPaused(error)),
            uploader => uploader?,
        };
        if let Err(error) = uploader.ensure_resumable(id, mark, run).await {
            return Ok(ResumeResult::StillPaused(error));
        }
    }
    let record = match ledger.read(id).await {
        Err(error) if needs_operator(&error) => return Ok(ResumeResult::StillPaused(error)),
        record => record?,
    };
    if record.as_ref().is_some_and(Record::is_settled) {
        ledger.resume(id).await?;
        return Ok(ResumeResult::Cleared);
    }
    let uploader = match uploader_of(id.clone(), mark.clone()).await {
        Err(error) if needs_operator(&error) => return Ok(ResumeResult::StillPaused(error)),
        uploader => uploader?,
    };
    if record.is_some_and(|record| record.state.has_ended()) {
        return Ok(uploader
            .deliver_callback(id, run)
            .await
            .map_or_else(ResumeResult::CallbackFailed, |is_accepted| ResumeResult::CallbackDelivered {
                is_accepted,
            }));
    }
    uploader.resume(id, run).await.map(ResumeResult::Published)
}
