//! Asks Youku what became of published videos, for the robots that want to know.

use super::video_states::{Limits, ask_states};
use crate::{
    Error, NoticeEvent, VideoEvent, VideoState, Youku,
    callback::message::event_for_state,
    ledger::{Ledger, Notice, WatchedVideo, needs_operator},
    sweep::watch::{SHARE, Watching},
};
use futures_util::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// Videos of one sweep.
const MAX_VIDEOS: usize = 500;
/// Entries read or written at once.
const CONCURRENT_CALLS: usize = 8;

/// For how long a due video of an account that the settings do not have is left to installations that have it. After that its question counts
/// as asked, so that it is not watched for ever.
const LEFT_TO_OTHERS: Duration = Duration::from_secs(3600);

/// Asks about the watched videos that are due, many in one call, and queues what was decided. `youku_of` is Youku as an account sees it;
/// of its `calls_per_hour` a tenth is spent on watching. What is not done by `until` is due in the next sweep.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger) if the store fails. What Youku does not tell is asked again later.
pub fn watch_for_robots<'a>(
    ledger: &'a Ledger,
    youku_of: &'a YoukuOf<'a>,
    calls_per_hour: u32,
    until: Option<Instant>,
) -> BoxFuture<'a, Result<(), Error>> {
    Box::pin(watch(ledger, youku_of, (calls_per_hour / SHARE).max(1), until))
}

/// Youku as an account of this name sees it.
type YoukuOf<'a> = dyn Fn(&str) -> Result<Arc<dyn Youku>, Error> + Sync + 'a;

async fn watch(
    ledger: &Ledger,
    youku_of: &YoukuOf<'_>,
    budget: u32,
    until: Option<Instant>,
) -> Result<(), Error> {
    if is_over(until) {
        return Ok(());
    }
    let mut watched = ledger.watched_videos().await?;
    if watched.is_empty() {
        return Ok(());
    }
    let now = ledger.times().await?.now;
    watched.retain(|video| video.due <= now);
    // Those that wait for the longest time, where there is no room for all.
    watched.sort_by_key(|video| video.due);
    watched.truncate(MAX_VIDEOS);
    for (account, videos) in read_by_account(ledger, watched, until).await? {
        if is_over(until) {
            break;
        }
        let Ok(youku) = youku_of(&account) else {
            // A task brought its own token, or the settings have the account no more. Another installation may know it.
            for (video, notice) in videos {
                if now.duration_since(video.due).is_ok_and(|late| late >= LEFT_TO_OTHERS) {
                    ledger.watch_on(&video, &notice).await?;
                }
            }
            continue;
        };
        let ids = videos.iter().filter_map(|(_, notice)| notice.video_id.clone()).collect();
        let states = ask(ledger, &*youku, &account, ids, Limits { budget, until, now }).await?;
        let states = &states;
        let concluding = videos.into_iter().map(|(video, notice)| async move {
            match states.get(notice.video_id.as_deref().unwrap_or_default()) {
                Some(state) => match state.and_then(decide) {
                    Some(event) => ledger.tell_of_video(&video, &notice.with_event(event)).await,
                    None => ledger.watch_on(&video, &notice).await,
                },
                // There was no time to ask: it stays due.
                None if is_over(until) => Ok(()),
                None => ledger.watch_again(&video, &notice).await,
            }
        });
        // Collected: a stream that borrows from the iterator's closure is no future that another thread may run.
        let concluding: Vec<_> = concluding.collect();
        stream::iter(concluding).buffer_unordered(CONCURRENT_CALLS).try_collect::<()>().await?;
    }
    Ok(())
}

fn is_over(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() >= until)
}

/// Reads the videos, as many as there is time for, and sorts them by their accounts.
async fn read_by_account(
    ledger: &Ledger,
    watched: Vec<WatchedVideo>,
    until: Option<Instant>,
) -> Result<BTreeMap<String, Vec<(WatchedVideo, Notice)>>, Error> {
    let mut accounts: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let reads = stream::iter(watched).map(|video| async move {
        let read = ledger.watched_video(&video).await;
        (video, read)
    });
    let mut reads = std::pin::pin!(reads.buffered(CONCURRENT_CALLS));
    while let Some((video, read)) = reads.next().await {
        match read {
            Ok(Some(notice)) => accounts.entry(notice.account.clone()).or_default().push((video, notice)),
            Ok(None) => {}
            Err(error) if needs_operator(&error) => {
                tracing::warn!(?error, upload_id = %video.id, "a watched video cannot be read");
            }
            Err(error) => return Err(error),
        }
        if is_over(until) {
            break;
        }
    }
    Ok(accounts)
}

/// The states that Youku tells of an account's videos; what it does not tell now is left out.
async fn ask(
    ledger: &Ledger,
    youku: &dyn Youku,
    account: &str,
    ids: Vec<String>,
    limits: Limits,
) -> Result<HashMap<String, Option<VideoState>>, Error> {
    let client = youku.client_id().unwrap_or(account);
    if let Err(error) = ledger.ensure_calls_allowed(client).await {
        tracing::debug!(?error, account, "the videos are asked about later");
        return Ok(HashMap::new());
    }
    let mut note = Watching::read(ledger, client, limits.now).await?;
    let (states, asked) = ask_states(youku, ids, &mut note, limits).await;
    note.write(ledger, client).await?;
    if let Err(error) = ledger.spare_calls(client, asked).await {
        tracing::warn!(
            ?error,
            account,
            "Youku does not say what became of videos: they are asked about again"
        );
    }
    Ok(states)
}

/// The event that robots report for a state, as callbacks do; `None` while nothing is decided.
fn decide(state: VideoState) -> Option<NoticeEvent> {
    match event_for_state(state)?.0 {
        VideoEvent::Ready => Some(NoticeEvent::VideoReady),
        VideoEvent::Rejected => Some(NoticeEvent::VideoRejected),
        VideoEvent::UpdateRefused => None,
    }
}
