//! Objects that arrive by themselves: the same content is not published again.

use crate::{
    Error, PublishedVideo, RetryAdvice, RunContext, UploadId, Uploader, VideoState, ledger::UploadRequest,
};
use tracing::Instrument;

/// What became of an object that arrived by itself.
#[derive(Debug, Clone)]
pub enum ArrivalOutcome {
    /// It is a video.
    Published(PublishedVideo),
    /// Its content is the one that was last published of its key.
    SameContent,
}

impl Uploader {
    /// Publishes an object that arrived by itself, as [`upload`](Self::upload) does, unless its content is what was last published of its key
    /// under this account: people who put a failed, blocked or deleted video again want it tried again. With `republish` nobody asks.
    ///
    /// # Errors
    /// As [`upload`](Self::upload); retryable where Youku cannot be asked now whether the video is still there.
    pub async fn upload_arrival(
        &self,
        work: &UploadRequest,
        republish: bool,
        run: &RunContext,
    ) -> Result<ArrivalOutcome, Error> {
        if republish {
            return self.upload(work, run).await.map(ArrivalOutcome::Published);
        }
        let id = UploadId::new(&work.object, &work.job);
        let looking = Box::pin(self.is_published_already(&id, work));
        // An error is about no upload yet: nothing is recorded of it.
        if looking.instrument(tracing::info_span!("upload", upload_id = %id)).await? {
            return Ok(ArrivalOutcome::SameContent);
        }
        self.upload(work, run).await.map(ArrivalOutcome::Published)
    }

    /// Whether the last published upload of the object's key has the same content, and its video has not failed and is there.
    async fn is_published_already(&self, id: &UploadId, work: &UploadRequest) -> Result<bool, Error> {
        let (location, account) = (&work.object.location, &work.job.account);
        let Some(published) = self.ledger.published_content(location, account).await? else {
            return Ok(false);
        };
        let decided = published.decided.as_ref() == Some(id);
        // An upload that the ledger knows answers for itself.
        if !(decided || published.matches(&work.object)) || self.ledger.has_upload(id).await? {
            return Ok(false);
        }
        if decided {
            return Ok(true);
        }
        if let Some(video_id) = &published.video_id {
            let shown = async {
                self.ledger.ensure_calls_allowed(self.account_name(account)).await?;
                self.youku.show(video_id).await
            };
            match shown.await.map_err(duplicate_check_failed)? {
                None | Some(VideoState::Failed | VideoState::Blocked) => return Ok(false),
                // The undocumented `none` as well: this video was committed.
                Some(_) => {}
            }
        }
        self.ledger.record_same_content(location, account, published, id).await?;
        Ok(true)
    }
}

/// Youku does not say whether the object's content is published already: neither is decided.
fn duplicate_check_failed(error: Error) -> Error {
    let wish = match error.advice() {
        RetryAdvice::Retry { retry_after: not_before } => not_before,
        _ => None,
    };
    let message = "whether the object's content is published already cannot be asked now";
    let retry = RetryAdvice::Retry { retry_after: wish };
    Error::new(error.kind(), "look", message).with_advice(retry).with_source(error)
}
