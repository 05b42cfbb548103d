//! Objects that arrive by themselves: the same content is not published again.

use crate::{Error, PublishedVideo, Run, UploadId, Uploader, Verdict, VideoState, ledger::Work};
use tracing::Instrument;

/// What became of an object that arrived by itself.
#[derive(Debug, Clone)]
pub enum ArrivalEnd {
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
    pub async fn upload_arrival(&self, work: &Work, republish: bool, run: &Run) -> Result<ArrivalEnd, Error> {
        if republish {
            return self.upload(work, run).await.map(ArrivalEnd::Published);
        }
        let id = UploadId::of(&work.object, &work.job);
        let looking = Box::pin(self.is_published_already(&id, work));
        // An error is about no upload yet: nothing is recorded of it.
        if looking.instrument(tracing::info_span!("upload", upload_id = %id)).await? {
            return Ok(ArrivalEnd::SameContent);
        }
        self.upload(work, run).await.map(ArrivalEnd::Published)
    }

    /// Whether the last published upload of the object's key has the same content, and its video has not failed and is there.
    async fn is_published_already(&self, id: &UploadId, work: &Work) -> Result<bool, Error> {
        let (location, account) = (&work.object.location, &work.job.account);
        let Some(published) = self.ledger.published_content(location, account).await? else {
            return Ok(false);
        };
        let decided = published.decided.as_ref() == Some(id);
        // An upload that the ledger knows answers for itself.
        if !(decided || published.is_of(&work.object)) || self.ledger.knows(id).await? {
            return Ok(false);
        }
        if decided {
            return Ok(true);
        }
        if let Some(video_id) = &published.video_id {
            let shown = async {
                self.ledger.may_call(self.caller(account)).await?;
                self.youku.show(video_id).await
            };
            match shown.await.map_err(not_asked)? {
                None | Some(VideoState::Failed | VideoState::Blocked) => return Ok(false),
                // The undocumented `none` as well: this video was committed.
                Some(_) => {}
            }
        }
        self.ledger.decide_same_content(location, account, published, id).await?;
        Ok(true)
    }
}

/// Youku does not say whether the object's content is published already: neither is decided.
fn not_asked(error: Error) -> Error {
    let wish = match error.verdict() {
        Verdict::Retry { not_before } => not_before,
        _ => None,
    };
    let message = "whether the object's content is published already cannot be asked now";
    let retry = Verdict::Retry { not_before: wish };
    Error::new(error.kind(), "look", message).verdict_is(retry).caused_by(error)
}
