//! `--wait`: waits until a video can be watched.

use crate::{
    error::CliError,
    ui::messages::upload::{describe_not_playable, describe_rejected},
};
use app::core::{ErrorKind, VideoState};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longest time that `--wait` waits for a video.
const MAX_WAIT: Duration = Duration::from_secs(3600);
/// Time between two queries of the state.
const POLL_INTERVAL: Duration = Duration::from_secs(10);

/// Queries a video's state until it can be watched.
///
/// # Errors
/// Where the video is rejected, or cannot be watched after [`MAX_WAIT`].
pub(super) async fn wait_until_playable(
    query: impl AsyncFn() -> Option<VideoState>,
) -> Result<VideoState, CliError> {
    let end = Instant::now() + MAX_WAIT;
    loop {
        let last = match query().await {
            Some(state @ (VideoState::Normal | VideoState::Limited)) => return Ok(state),
            Some(VideoState::Failed | VideoState::Blocked) => {
                return Err(CliError::local(ErrorKind::Failed, describe_rejected()));
            }
            last => last,
        };
        if Instant::now() + POLL_INTERVAL > end {
            return Err(CliError::local(ErrorKind::Deadline, describe_not_playable(last)));
        }
        sleep(POLL_INTERVAL).await;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::{exit_code, ui::messages::errors::describe};
    use std::cell::Cell;

    /// Waits for a video that has these states, the last one for ever. Returns the result and how many seconds it takes.
    async fn wait_for(states: &[Option<VideoState>]) -> (Result<VideoState, CliError>, u64) {
        let (begun, queries) = (Instant::now(), Cell::new(0));
        let query = async || {
            let at = queries.replace(queries.get() + 1);
            states[at.min(states.len() - 1)]
        };
        let ended = wait_until_playable(query).await;
        (ended, begun.elapsed().as_secs())
    }

    /// The wait ends when the video can be watched, when it is rejected, or after an hour.
    #[tokio::test(start_paused = true)]
    async fn the_wait_ends_with_the_video_or_after_an_hour() {
        use VideoState::{Absent, Blocked, Encoding, Failed, InReview, Limited, Normal};
        let (ended, took) = wait_for(&[Some(Encoding), None, Some(InReview), Some(Normal)]).await;
        assert_eq!((ended.unwrap(), took), (Normal, 3 * POLL_INTERVAL.as_secs()));
        assert_eq!(wait_for(&[Some(Limited)]).await.0.unwrap(), Limited);

        for rejected in [Failed, Blocked] {
            let (ended, took) = wait_for(&[Some(Absent), Some(rejected)]).await;
            assert_eq!(
                (exit_code::classify(&ended.unwrap_err()), took),
                (exit_code::FAILED, POLL_INTERVAL.as_secs())
            );
        }

        for (state, words) in
            [(Some(InReview), "in review"), (Some(Encoding), "cannot be watched yet"), (None, "cannot")]
        {
            let (ended, took) = wait_for(&[state]).await;
            let error = ended.unwrap_err();
            assert_eq!(
                (exit_code::classify(&error), took),
                (exit_code::NOT_NOW, MAX_WAIT.as_secs()),
                "{error:?}"
            );
            assert!(describe(&error).contains(words), "{error:?}");
        }
    }
}
