//! Which notices a message counts, and which it shows.

use super::messenger::NoticeDigest;
use crate::{
    Error, NoticeEvent,
    ledger::{Ledger, ListedKey, NoticeName},
};
use futures_util::{StreamExt, TryStreamExt, stream};

/// The most notices that a message shows; the vendors' cards have room for no more.
const MAX_SHOWN: usize = 10;
/// The most notices of one message: later ones wait for the next.
const MAX_TOLD: usize = 5000;
/// Entries read at once.
const CONCURRENT_READS: usize = 5;

/// The notices of a robot, sorted by urgency and time.
pub(super) async fn list(ledger: &Ledger, robot: &str) -> Result<Vec<(NoticeName, ListedKey)>, Error> {
    let (mut all, mut after) = (Vec::new(), None);
    while all.len() < MAX_TOLD {
        let (page, next) = ledger.notices(robot, after.as_deref()).await?;
        all.extend(page);
        after = next;
        if after.is_none() {
            break;
        }
    }
    all.sort_by(|(one, listed), (other, also)| {
        (one.event, listed.modified, one).cmp(&(other.event, also.modified, other))
    });
    Ok(all)
}

/// Counts the notices and reads the first of them.
pub(super) async fn compose(
    ledger: &Ledger,
    robot: &str,
    names: &[&NoticeName],
) -> Result<NoticeDigest, Error> {
    let count = |event: NoticeEvent| names.iter().filter(|name| name.event == event).count() as u64;
    let counts = NoticeEvent::ALL.into_iter().map(|event| (event, count(event)));
    let first: Vec<NoticeName> = names.iter().take(MAX_SHOWN).map(|name| NoticeName::clone(name)).collect();
    let reads = stream::iter(first).map(|name| async move { ledger.notice(robot, &name).await });
    let shown: Vec<_> = reads.buffered(CONCURRENT_READS).try_collect().await?;
    Ok(NoticeDigest {
        counts: counts.filter(|(_, times)| *times > 0).collect(),
        shown: shown.into_iter().flatten().collect(),
    })
}
