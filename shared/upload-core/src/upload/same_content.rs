//! Objects of automatic entrypoints: the same content is not published again.

use crate::{
    Error, NewVideo, PublishedVideo, RetryAdvice, RunContext, UploadId, Uploader, VideoState,
    ledger::UploadRequest,
};
use tracing::Instrument;

/// The result for an object of an automatic entrypoint.
#[derive(Debug, Clone)]
pub enum ArrivalOutcome {
    /// It is a video.
    Published(PublishedVideo),
    /// Its content is what was last published of its key.
    SameContent,
}

impl Uploader {
    /// Publishes an object that arrived, as [`upload`](Self::upload) does, unless its content is what was last published of its key under
    /// this account. A failed, blocked or deleted video is published again, since people who put it again want that. With `republish`
    /// this is not checked.
    ///
    /// # Errors
    /// As [`upload`](Self::upload); retryable if Youku cannot say now whether the video still exists.
    pub async fn upload_arrival(
        &self,
        request: &UploadRequest,
        republish: bool,
        run: &RunContext,
    ) -> Result<ArrivalOutcome, Error> {
        self.upload_described(request, request.describe_video(), republish, run).await
    }

    /// As [`upload_arrival`](Self::upload_arrival), for a caller that has described the video already.
    pub(crate) async fn upload_described(
        &self,
        request: &UploadRequest,
        video: Result<NewVideo, Error>,
        republish: bool,
        run: &RunContext,
    ) -> Result<ArrivalOutcome, Error> {
        if republish {
            return self.upload_or_refuse(request, video, run).await.map(ArrivalOutcome::Published);
        }
        let id = UploadId::new(&request.object, &request.job);
        let checking = Box::pin(self.is_published_already(&id, request));
        // An error here belongs to no upload yet, so nothing records it.
        if checking.instrument(tracing::info_span!("upload", upload_id = %id)).await? {
            return Ok(ArrivalOutcome::SameContent);
        }
        self.upload_or_refuse(request, video, run).await.map(ArrivalOutcome::Published)
    }

    /// Whether the last published upload of the object's key has the same content, and its video exists and has not failed.
    async fn is_published_already(&self, id: &UploadId, request: &UploadRequest) -> Result<bool, Error> {
        let (location, account) = (&request.object.location, &request.job.account);
        let Some(published) = self.ledger.published_content(location, account).await? else {
            return Ok(false);
        };
        let decided = published.decided.as_ref() == Some(id);
        // An upload that the ledger knows has an outcome of its own.
        if !(decided || published.matches(&request.object)) || self.ledger.has_upload(id).await? {
            return Ok(false);
        }
        if decided {
            return Ok(true);
        }
        if let Some(video_id) = &published.video_id {
            let showing = async {
                self.ledger.ensure_calls_allowed(self.account_name(account)).await?;
                self.youku.show(video_id).await
            };
            match showing.await.map_err(duplicate_check_failed)? {
                None | Some(VideoState::Failed | VideoState::Blocked) => return Ok(false),
                // The undocumented `none` as well: this video was committed.
                Some(_) => {}
            }
        }
        self.ledger.record_same_content(location, account, published, id).await?;
        Ok(true)
    }
}

/// The error if Youku cannot say whether the content is published already: the arrival is neither skipped nor published.
fn duplicate_check_failed(error: Error) -> Error {
    let retry_after = match error.advice() {
        RetryAdvice::Retry { retry_after } => retry_after,
        _ => None,
    };
    let message = "whether the object's content is published already cannot be asked now";
    let retry = RetryAdvice::Retry { retry_after };
    Error::new(error.kind(), "look", message).with_advice(retry).with_source(error)
}
