//! Commit: making the bytes a video, once, also when the answer is lost.

use crate::{Error, ErrorKind, Youku, patience::Patience};
use secrecy::SecretString;

/// A session whose bytes have all landed.
pub(crate) struct LandedSession<'a> {
    pub(crate) upload_token: &'a SecretString,
    pub(crate) video_id: Option<&'a str>,
    pub(crate) server_ip: Option<&'a str>,
    /// An earlier run may have asked for the commit.
    pub(crate) perhaps_committed: bool,
}

impl LandedSession<'_> {
    /// Commits and answers the video's id.
    ///
    /// From here on "expired" and "unknown" prove nothing: an earlier commit may have gone through. A video that exists is adopted;
    /// one that does not is never created again by guess.
    ///
    /// # Errors
    /// [`CommitUnknown`](ErrorKind::CommitUnknown) where the commit may have happened and no video can be found; else what Youku
    /// answered.
    pub(crate) async fn commit(&self, youku: &dyn Youku, patience: &Patience) -> Result<String, Error> {
        let mut tries = patience.tries();
        let mut unclear = self.perhaps_committed;
        loop {
            let error = match youku.commit(self.upload_token, self.server_ip).await {
                Ok(id) => return id.or(self.video_id.map(Into::into)).ok_or_else(no_id),
                Err(error) => error,
            };
            let untouched = is_untouched(error.kind());
            if unclear && !untouched && !error.is_retryable() {
                return self.adopt(youku, patience, error).await;
            }
            if error.kind() == ErrorKind::SessionOver {
                // Nobody had asked for the commit before, so a video that Youku shows need not be one: no adoption by guess.
                return Err(self.unknown(error));
            }
            unclear |= !untouched;
            // Where Youku fails until patience ends, a later run asks again: `show` may know a video that was never committed.
            tries.after(error).await?;
        }
    }

    async fn adopt(&self, youku: &dyn Youku, patience: &Patience, error: Error) -> Result<String, Error> {
        if let Some(id) = self.video_id
            && patience.retrying(|| youku.show(id)).await?.is_some()
        {
            tracing::info!(video_id = id, "adopted the video: an earlier commit had gone through");
            return Ok(id.into());
        }
        Err(self.unknown(error))
    }

    fn unknown(&self, error: Error) -> Error {
        let message = "the session ended and nobody can tell whether the video was committed: look before uploading again";
        let unknown = Error::new(ErrorKind::CommitUnknown, "commit", message);
        unknown.with("video_id", self.video_id.unwrap_or("unknown")).caused_by(error)
    }
}

/// Whether Youku did nothing about the call: it refused rate or token, or was not asked because there was no token to ask with. What
/// became of an earlier call shows when it can be asked again.
fn is_untouched(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::RateLimited
            | ErrorKind::Unauthorised
            | ErrorKind::Reauthorise
            | ErrorKind::InProgress
            | ErrorKind::Ledger
    )
}

fn no_id() -> Error {
    Error::new(ErrorKind::Youku, "commit", "Youku committed the video and did not tell its id")
}
