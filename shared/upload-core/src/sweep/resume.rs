//! Resumes what one open mark names.

use crate::{
    Error, ErrorKind, FollowUp, PublishedVideo, RunContext, UploadId, Uploader,
    ledger::{Ledger, OpenMark, OpenUpload, needs_operator},
};
use std::future::Future;

/// The result of resuming what one mark names.
pub(super) enum ResumeResult {
    /// The upload was settled already: its mark is deleted.
    Cleared,
    /// Another holder has a live lease of the upload.
    Held,
    /// The upload has no step: the holder that marked it is about to append the first, or died before that.
    NotBegun,
    /// The upload had ended, and what was left of it was attempted: its callback, or its video's hour.
    FollowedUp(FollowUp),
    /// The rest waits for another sweep.
    FollowUpFailed(Error),
    /// The upload cannot continue yet.
    StillPaused(Error),
    /// The upload was resumed and is a video now.
    Published(PublishedVideo),
}

/// Whether Youku's calls are known to be refused for now as the client that an upload waits for: then it is not even claimed, which would
/// add steps to it each time.
///
/// # Errors
/// If the ledger's store fails.
pub(super) async fn is_limited<F, Fut>(
    ledger: &Ledger,
    uploader_of: &F,
    upload: &OpenUpload,
    mark: &OpenMark,
) -> Result<Option<bool>, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    // What keeps it from having an uploader is the upload's own error.
    let Ok(uploader) = uploader_of(upload.id.clone(), mark.clone()).await else { return Ok(None) };
    match ledger.ensure_calls_allowed(uploader.account_name(&mark.account)).await {
        Err(error) if error.kind() == ErrorKind::RateLimited => Ok(Some(true)),
        // The upload reports it.
        Err(error) if needs_operator(&error) => Ok(None),
        checked => checked.map(|()| Some(false)),
    }
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
    } else if upload.due.is_none()
        && !mark.location.is_carried()
        && ledger.lease_view(id).await.is_ok_and(|lease| lease.is_live())
    {
        // A holder marks its upload as due now. The lease costs two requests; the claim would read all steps before it. If the lease cannot
        // be read, the claim reports the error.
        return Ok(ResumeResult::Held);
    }
    let record = match ledger.read(id).await {
        Err(error) if needs_operator(&error) => return Ok(ResumeResult::StillPaused(error)),
        record => record?,
    };
    let Some(record) = record else { return Ok(ResumeResult::NotBegun) };
    if record.is_settled() {
        ledger.resume(id).await?;
        return Ok(ResumeResult::Cleared);
    }
    let uploader = match uploader_of(id.clone(), mark.clone()).await {
        Err(error) if needs_operator(&error) => return Ok(ResumeResult::StillPaused(error)),
        uploader => uploader?,
    };
    if record.state.has_ended() {
        let followed = uploader.follow_up(id, run).await;
        return Ok(followed.map_or_else(ResumeResult::FollowUpFailed, ResumeResult::FollowedUp));
    }
    uploader.resume(id, run).await.map(ResumeResult::Published)
}
