//! Deletes notices that were sent, or that have expired.

use crate::{
    Error, UploadId,
    ledger::{FinishedKey, Ledger, ListedKey, NoticeName},
};
use futures_util::{StreamExt, stream};
use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

/// For how long a notice is kept that its robot does not accept, as callbacks are.
pub(super) const LIFE: Duration = Duration::from_secs(3 * 86_400);
/// Entries deleted at once.
const CONCURRENT_CALLS: usize = 8;
/// Ends that are looked up one by one, since they are not among the latest thousand.
const MAX_LOOKUPS: usize = 50;
/// Notices that are deleted unsent in one go.
const MAX_EXPIRED: usize = 500;

/// Deletes notices that were sent, as far as no holder would write them again.
pub(super) async fn delete_told(ledger: &Ledger, robot: &str, told: &[NoticeName]) -> Result<(), Error> {
    let recorded = recorded_ends(ledger, told).await?;
    let watched = watched_videos(ledger, told).await?;
    let hours = recorded_hours(ledger, told).await?;
    let is_over = |name: &&NoticeName| {
        name.end().is_none_or(|end| recorded.contains(&end))
            && name.failed_hour().is_none_or(|end| hours.contains(&end))
            && name.video().is_none_or(|video| !watched.contains(&video))
    };
    delete(ledger, robot, told.iter().filter(is_over)).await
}

/// The ends among these that the list of finished uploads has, or no longer keeps: their notices are not written again.
async fn recorded_ends(ledger: &Ledger, told: &[NoticeName]) -> Result<BTreeSet<FinishedKey>, Error> {
    let asked: BTreeSet<_> = told.iter().filter_map(NoticeName::end).collect();
    if asked.is_empty() {
        return Ok(asked);
    }
    let latest: BTreeSet<_> = ledger.finished_keys(None, 1000).await?.keys.into_iter().collect();
    let mut recorded: BTreeSet<_> = asked.intersection(&latest).cloned().collect();
    let mut missing = Vec::new();
    for end in asked.difference(&latest).take(MAX_LOOKUPS) {
        match ledger.finished_upload(end).await? {
            Some(_) => drop(recorded.insert(end.clone())),
            None => missing.push(end.clone()),
        }
    }
    recorded.extend(ledger.find_forgotten(missing).await?);
    Ok(recorded)
}

/// The ends whose entry knows what became of the video's hour, or is no longer kept: that it failed is not queued again.
async fn recorded_hours(ledger: &Ledger, told: &[NoticeName]) -> Result<BTreeSet<FinishedKey>, Error> {
    let (mut recorded, mut missing) = (BTreeSet::new(), Vec::new());
    for end in told.iter().filter_map(NoticeName::failed_hour).take(MAX_LOOKUPS) {
        match ledger.finished_upload(&end).await? {
            Some(finished) if finished.publish_at.is_none() => drop(recorded.insert(end)),
            Some(_) => {}
            None => missing.push(end),
        }
    }
    recorded.extend(ledger.find_forgotten(missing).await?);
    Ok(recorded)
}

/// The videos that are still watched, if any of these is about one.
async fn watched_videos(ledger: &Ledger, told: &[NoticeName]) -> Result<BTreeSet<UploadId>, Error> {
    if !told.iter().any(|name| name.video().is_some()) {
        return Ok(BTreeSet::new());
    }
    Ok(ledger.watched_videos().await?.into_iter().map(|video| video.id).collect())
}

/// Deletes the notices that are too old to be sent, and returns how many.
pub(super) async fn delete_expired(
    ledger: &Ledger,
    robot: &str,
    listed: &[(NoticeName, ListedKey)],
    now: SystemTime,
) -> Result<usize, Error> {
    let is_old = |at: SystemTime| now.duration_since(at).is_ok_and(|age| age >= LIFE);
    let expired: Vec<_> =
        listed.iter().filter(|(_, listed)| is_old(listed.modified)).map(|(name, _)| name).collect();
    let expired = &expired[..expired.len().min(MAX_EXPIRED)];
    delete(ledger, robot, expired.iter().copied()).await?;
    Ok(expired.len())
}

async fn delete(ledger: &Ledger, robot: &str, names: impl Iterator<Item = &NoticeName>) -> Result<(), Error> {
    let names: Vec<_> = names.cloned().collect();
    let deleting = stream::iter(names).map(|name| async move { ledger.delete_notice(robot, &name).await });
    let results: Vec<_> = deleting.buffer_unordered(CONCURRENT_CALLS).collect().await;
    results.into_iter().collect()
}
