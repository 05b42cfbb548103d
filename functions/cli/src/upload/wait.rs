//! Waiting until a video can be watched.

use crate::{exit::OPERATOR, operate::words};
use app::core::{Error, ErrorKind, VideoState};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long `--wait` waits for a video, and how often it asks.
const PLAYABLE: Duration = Duration::from_secs(3600);
const ASK: Duration = Duration::from_secs(10);

/// Asks for a video's state until it can be watched.
///
/// # Errors
/// Where the video is rejected, or cannot be watched after [`PLAYABLE`].
pub(super) async fn until_playable(ask: impl AsyncFn() -> Option<VideoState>) -> Result<VideoState, Error> {
    let end = Instant::now() + PLAYABLE;
    loop {
        let last = match ask().await {
            Some(state @ (VideoState::Normal | VideoState::Limited)) => return Ok(state),
            Some(VideoState::Failed | VideoState::Blocked) => {
                return Err(Error::new(ErrorKind::Failed, OPERATOR, words::rejected()));
            }
            last => last,
        };
        if Instant::now() + ASK > end {
            return Err(Error::new(ErrorKind::Deadline, OPERATOR, words::not_playable(last)));
        }
        sleep(ASK).await;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::exit;
    use std::cell::Cell;

    /// What waiting for a video comes to that has these states, the last one for ever, and how long it takes.
    async fn waited(states: &[Option<VideoState>]) -> (Result<VideoState, Error>, u64) {
        let (begun, asked) = (Instant::now(), Cell::new(0));
        let ask = async || {
            let at = asked.replace(asked.get() + 1);
            states[at.min(states.len() - 1)]
        };
        let ended = until_playable(ask).await;
        (ended, begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_video_is_waited_for_until_it_can_be_watched_or_is_rejected_and_for_an_hour_at_most() {
        use VideoState::{Absent, Blocked, Encoding, Failed, InReview, Limited, Normal};
        let (ended, took) = waited(&[Some(Encoding), None, Some(InReview), Some(Normal)]).await;
        assert_eq!((ended.unwrap(), took), (Normal, 3 * ASK.as_secs()));
        assert_eq!(waited(&[Some(Limited)]).await.0.unwrap(), Limited);

        for rejected in [Failed, Blocked] {
            let (ended, took) = waited(&[Some(Absent), Some(rejected)]).await;
            assert_eq!((exit::code(&ended.unwrap_err()), took), (exit::FAILED, ASK.as_secs()));
        }

        for (state, words) in
            [(Some(InReview), "in review"), (Some(Encoding), "cannot be watched yet"), (None, "cannot")]
        {
            let (ended, took) = waited(&[state]).await;
            let error = ended.unwrap_err();
            assert_eq!((exit::code(&error), took), (exit::NOT_NOW, PLAYABLE.as_secs()), "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
