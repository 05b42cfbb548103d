//! Commit: making the bytes a video, once, also when the answer is lost.

use crate::{Error, ErrorKind, VideoState, Youku, ledger::LeasedUpload, retry::RetryBudget};
use secrecy::SecretString;
use std::time::Duration;
use tokio::time::sleep;

/// Pauses before Youku is asked again for a video that may have been committed; after them the upload waits for a later run.
const SHOWN_WITHIN: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];

/// A session whose transfer is complete.
pub(crate) struct CompletedTransfer<'a> {
    pub(crate) upload_token: &'a SecretString,
    pub(crate) video_id: Option<&'a str>,
    pub(crate) server_ip: Option<&'a str>,
    /// The leased upload on whose behalf it is committed.
    pub(crate) upload: &'a LeasedUpload,
}

/// The end of a commit that made no video.
pub(crate) struct NotCommitted {
    pub(crate) error: Error,
    /// Every request of this run was answered, so that none can take effect later.
    pub(crate) all_answered: bool,
}

impl CompletedTransfer<'_> {
    /// Commits and returns the video's id, if Youku names one.
    ///
    /// Before each request the chain of steps and the lease are verified. "Expired", "unknown" and "already committed" prove nothing: an
    /// earlier commit may have gone through. A video in a state that only a committed one has is adopted; nothing is created again by guess.
    /// A refusal with a reason of its own is that failure.
    ///
    /// # Errors
    /// [`CommitUnknown`](ErrorKind::CommitUnknown), retryable, where Youku does not show yet whether the commit happened; else what Youku
    /// answered.
    pub(crate) async fn commit(
        &self,
        youku: &dyn Youku,
        retry: &RetryBudget,
    ) -> Result<Option<String>, NotCommitted> {
        let mut tries = retry.start_loop();
        let mut all_answered = true;
        loop {
            let committing = async {
                self.upload.verify().await?;
                youku.commit(self.upload_token, self.server_ip).await
            };
            let error = match committing.await {
                Ok(id) => return Ok(id.or(self.video_id.map(Into::into))),
                Err(error) => error,
            };
            let ended = match error.kind() {
                ErrorKind::SessionOver => return self.adopt(youku, retry, error).await,
                kind => {
                    all_answered &= is_untouched(kind) || !error.is_retryable();
                    // If Youku fails until the retry budget is used up, a later run asks again.
                    if error.is_retryable() { tries.wait_after(error).await } else { Err(error) }
                }
            };
            ended.map_err(|error| NotCommitted { error, all_answered })?;
        }
    }

    async fn adopt(
        &self,
        youku: &dyn Youku,
        retry: &RetryBudget,
        over: Error,
    ) -> Result<Option<String>, NotCommitted> {
        let not_committed = |error| NotCommitted { error, all_answered: false };
        // A refusal with a reason of its own stands, although the session has ended since.
        if let Some(refusal) = &self.upload.record().refusal {
            let kind = ErrorKind::from_code(&refusal.code).unwrap_or(ErrorKind::Failed);
            return Err(not_committed(Error::new(kind, "commit", refusal.text.clone())));
        }
        let Some(id) = self.video_id else { return Err(not_committed(self.unknown(over))) };
        let mut pauses = SHOWN_WITHIN.into_iter();
        loop {
            let state = self.read_state(retry.retry(|| youku.show(id)).await)?;
            let pause = pauses.next();
            let state = match (pause, state) {
                // What `show` hides for good may stand among the account's own videos.
                (None, None | Some(VideoState::Absent)) => {
                    self.read_state(retry.retry(|| youku.find_own(id)).await)?
                }
                (_, state) => state,
            };
            if state.is_some_and(is_committed) {
                tracing::info!(video_id = id, "adopted the video: an earlier commit had gone through");
                return Ok(Some(id.into()));
            }
            let Some(pause) = pause else { return Err(not_committed(self.unknown(over))) };
            sleep(pause).await;
        }
    }

    /// What Youku says of the video. A refusal to show it decides nothing about the commit.
    fn read_state(
        &self,
        asked: Result<Option<VideoState>, Error>,
    ) -> Result<Option<VideoState>, NotCommitted> {
        asked.map_err(|error| {
            let error = if is_untouched(error.kind()) { error } else { self.unknown(error) };
            NotCommitted { error, all_answered: false }
        })
    }

    fn unknown(&self, over: Error) -> Error {
        let message = "the session is over, and Youku does not show yet whether the video was committed";
        let unknown = Error::new(ErrorKind::CommitUnknown, "commit", message).retryable();
        unknown.with_context("video_id", self.video_id.unwrap_or("unknown")).with_source(over)
    }
}

/// Whether only a committed video can be in this state. "Transcoding failed" and the states before its end may also be those of an
/// upload that was never committed.
fn is_committed(state: VideoState) -> bool {
    matches!(state, VideoState::Normal | VideoState::Limited | VideoState::Blocked)
}

/// Whether Youku did not act on the call: it refused rate or token, or there was no token to call it with, or the ledger kept this
/// holder from calling.
fn is_untouched(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::RateLimited
            | ErrorKind::Unauthorized
            | ErrorKind::ClientRefused
            | ErrorKind::Reauthorize
            | ErrorKind::InProgress
            | ErrorKind::Ledger
    )
}
