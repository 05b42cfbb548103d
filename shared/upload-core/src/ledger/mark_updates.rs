//! Keeps the entry of a finished upload and the open marks in line with the upload's record.

use super::{
    chain::is_same_chain, finished_uploads, marks::Marks, notices, published_content, record::Record,
    state::State, store::Access,
};
use crate::Error;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Longest time after a commit in which its entry is written without reading the present one: after a longer freeze another version may be newer.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Updates the list of finished uploads and the open mark after a step, acknowledged at `acknowledged`, that ends the
/// work.
pub(super) async fn update_marks(
    access: &Access,
    record: &Record,
    acknowledged: Instant,
    marks: &mut Marks,
) -> Result<(), Error> {
    // What is appended later may open the upload again.
    marks.settled = false;
    // A step after the end says nothing about the end.
    let is_end = record.end().is_some_and(|end| record.is_last(end.sequence));
    let content = async {
        match record.state {
            // Nothing newer can be expected so soon.
            State::Committed if is_end && acknowledged.elapsed() < AT_ONCE => {
                published_content::write(access, record).await
            }
            // The holder that committed may have died before it wrote this; another version may be published since.
            State::Committed => published_content::write_if_newer(access, record).await,
            _ if record.is_settled() => published_content::write_if_newer(access, record).await,
            _ => Ok(()),
        }
    };
    let standing = async {
        match record.is_settled() {
            true => stands(access, record, acknowledged).await,
            false => Ok(false),
        }
    };
    // None of them needs another. The marks go last, with the lease: while there is one, a sweep makes up for what is missing.
    let now = record.history.last().map_or(SystemTime::UNIX_EPOCH, |last| last.at.get());
    let ((), (), stands) = tokio::try_join!(record_end(access, record, now), content, standing)?;
    match record.waiting {
        _ if record.is_settled() => {
            marks.settled = stands;
            // Another holder's step replaced the end, or follows it: the finder of the mark writes the entry of what the chain amounts to.
            if stands || !is_end { Ok(()) } else { withdraw_end(access, record).await }
        }
        Some(waiting) => {
            Box::pin(notices::queue_wait(access, record)).await?;
            marks.wait(&record.request, waiting.not_before, Some(waiting.reason)).await
        }
        None => Ok(()),
    }
}

/// Queues for the robots how the upload ended and whether its hour failed, and lists it among the finished ones; nothing if it has not ended.
/// `now` is by the store's clock.
pub(super) async fn record_end(access: &Access, record: &Record, now: SystemTime) -> Result<(), Error> {
    let Some(end) = record.end() else { return Ok(()) };
    // That the list no longer has an end of long ago does not show that nobody was told of it: of such a one only its own step is news.
    let is_news = record.is_last(end.sequence) || finished_uploads::is_kept(end.at, now);
    if is_news {
        Box::pin(notices::queue_end(access, record)).await?;
    }
    if is_news || record.failed_hour().is_some_and(|(failed, _)| record.is_last(failed)) {
        Box::pin(notices::queue_failed_hour(access, record)).await?;
        finished_uploads::write(access, record).await?;
    }
    Ok(())
}

/// Takes back what was recorded of an end that does not stand.
async fn withdraw_end(access: &Access, record: &Record) -> Result<(), Error> {
    Box::pin(notices::withdraw_end(access, record)).await?;
    finished_uploads::withdraw(access, record).await
}

/// Deletes the known open marks of an upload once its last step stands for a window of the store after
/// `acknowledged`. If another step replaced it, the marks stay for the sweep, which finds out.
pub(super) async fn clear_marks(
    access: &Access,
    record: &Record,
    acknowledged: Instant,
    marks: &mut Marks,
) -> Result<(), Error> {
    if stands(access, record, acknowledged).await? { marks.clear().await } else { Ok(()) }
}

/// Whether the record's last step stands a window of the store after `acknowledged`.
async fn stands(access: &Access, record: &Record, acknowledged: Instant) -> Result<bool, Error> {
    access.wait_for_window(acknowledged).await;
    Ok(access.store.window().is_zero() || is_same_chain(access, record).await?)
}
