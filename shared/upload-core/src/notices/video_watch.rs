//! Asks Youku what became of published videos, for the robots that want to know.

use crate::{
    Error, ErrorKind, NoticeEvent, VideoState, Youku,
    ledger::{Ledger, Notice},
};
use futures_util::future::BoxFuture;
use std::{collections::BTreeSet, sync::Arc};
use tokio::time::Instant;

/// Questions of one sweep.
const MAX_QUESTIONS: usize = 100;

/// Asks about the watched videos that are due, and queues what was decided. `youku_of` is Youku as an account sees it.
///
/// # Errors
/// [`Ledger`](ErrorKind::Ledger) if the store fails. What Youku does not tell is asked again later.
pub fn watch_videos<'a>(
    ledger: &'a Ledger,
    youku_of: &'a YoukuOf<'a>,
    until: Option<Instant>,
) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(watch(ledger, youku_of, until))
}

/// Youku as an account of this name sees it.
type YoukuOf<'a> = dyn Fn(&str) -> Result<Arc<dyn Youku>, Error> + Sync + 'a;

async fn watch(ledger: &Ledger, youku_of: &YoukuOf<'_>, until: Option<Instant>) -> Result<(), Error> {
    let watched = ledger.watched_videos().await?;
    if watched.is_empty() {
        return Ok(());
    }
    let now = ledger.times().await?.now;
    let mut silent = BTreeSet::new();
    for video in watched.iter().filter(|video| video.due <= now).take(MAX_QUESTIONS) {
        if until.is_some_and(|until| Instant::now() >= until) {
            break;
        }
        let Some(notice) = ledger.watched_video(video).await? else { continue };
        if silent.contains(&notice.account) {
            continue;
        }
        let state = match youku_of(&notice.account) {
            // A task brought its own token, or the settings have the account no more.
            Err(_) => {
                ledger.unwatch(video).await?;
                continue;
            }
            Ok(youku) => show(ledger, &*youku, &notice).await,
        };
        match state.map(|state| state.and_then(decide)) {
            Ok(Some(event)) => ledger.tell_of_video(video, &notice.with_event(event)).await?,
            Ok(None) => ledger.watch_on(video, &notice).await?,
            Err(error) if error.kind() == ErrorKind::Ledger => return Err(error),
            Err(error) => {
                tracing::warn!(?error, upload_id = %video.id, "Youku does not say what became of a video: it is asked again");
                silent.insert(notice.account);
            }
        }
    }
    Ok(())
}

async fn show(ledger: &Ledger, youku: &dyn Youku, notice: &Notice) -> Result<Option<VideoState>, Error> {
    ledger.ensure_calls_allowed(youku.client_id().unwrap_or(&notice.account)).await?;
    youku.show(notice.video_id.as_deref().unwrap_or_default()).await
}

/// What robots are told of a state; `None` while nothing is decided. `limited` counts as ready, as for callbacks.
fn decide(state: VideoState) -> Option<NoticeEvent> {
    match state {
        VideoState::Normal | VideoState::Limited => Some(NoticeEvent::VideoReady),
        VideoState::Failed | VideoState::Blocked => Some(NoticeEvent::VideoRejected),
        VideoState::Encoding | VideoState::InReview | VideoState::Absent | VideoState::Other => None,
    }
}
