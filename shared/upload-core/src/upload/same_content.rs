//! Objects of automatic entrypoints: the same content is not published again.

use crate::{
    Error, NewVideo, PublishedVideo, RetryAdvice, RunContext, UploadId, Uploader, VideoState,
    ledger::{PublishedContent, UploadRequest},
    upload::run_context::with_deadline,
};
use futures_util::future::BoxFuture;
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
    pub fn upload_arrival<'a>(
        &'a self,
        request: &'a UploadRequest,
        republish: bool,
        run: &'a RunContext,
    ) -> BoxFuture<'a, Result<ArrivalOutcome, Error>> {
        Box::pin(
            async move { self.upload_described(request, request.describe_video(), republish, run).await },
        )
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
            return self.upload_or_refuse(request, video, false, run).await.map(ArrivalOutcome::Published);
        }
        let id = UploadId::new(&request.object, &request.job);
        let checking = Box::pin(async {
            tokio::try_join!(self.is_published_already(&id, request), self.ledger.has_lease(&id))
        });
        // An error here belongs to no upload yet, so nothing records it.
        let checking = checking.instrument(tracing::info_span!("same_content", upload_id = %id));
        let (is_published, is_known) = with_deadline(run.deadline, checking).await?;
        if is_published {
            return Ok(ArrivalOutcome::SameContent);
        }
        self.upload_or_refuse(request, video, !is_known, run).await.map(ArrivalOutcome::Published)
    }

    /// Whether the last published upload of the object's key has the same content, and its video exists and has not failed. Records the
    /// decision, so that Youku is asked once.
    async fn is_published_already(&self, id: &UploadId, request: &UploadRequest) -> Result<bool, Error> {
        let Some(published) = self.find_same_content(id, request).await? else { return Ok(false) };
        if published.decided.as_ref() != Some(id) {
            let (location, account) = (&request.object.location, &request.job.account);
            self.ledger.record_same_content(location, account, published, id).await?;
        }
        Ok(true)
    }

    /// Finds the last published upload of the object's key, if it has the same content and its video exists and has not failed: the arrival
    /// `id` of such an object is skipped. Writes nothing, unless Youku refuses the call as one too many: that spares others theirs.
    ///
    /// # Errors
    /// Where the ledger cannot be read; retryable if Youku cannot say now whether the video still exists.
    pub fn find_same_content<'a>(
        &'a self,
        id: &'a UploadId,
        request: &'a UploadRequest,
    ) -> BoxFuture<'a, Result<Option<PublishedContent>, Error>> {
        Box::pin(async move {
            let (location, account) = (&request.object.location, &request.job.account);
            let Some(published) = self.ledger.published_content(location, account).await? else {
                return Ok(None);
            };
            let decided = published.decided.as_ref() == Some(id);
            // An upload that the ledger knows has an outcome of its own.
            if !(decided || published.matches(&request.object)) || self.ledger.has_upload(id).await? {
                return Ok(None);
            }
            if decided {
                return Ok(Some(published));
            }
            if let Some(video_id) = &published.video_id {
                let client = self.account_name(account);
                let showing = async {
                    self.ledger.ensure_calls_allowed(client).await?;
                    let shown = self.youku.show(video_id).await;
                    self.ledger.spare_calls(client, shown).await
                };
                match showing.await.map_err(duplicate_check_failed)? {
                    None | Some(VideoState::Failed | VideoState::Blocked) => return Ok(None),
                    // The undocumented `none` as well: this video was committed.
                    Some(_) => {}
                }
            }
            Ok(Some(published))
        })
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
