//! Recent ends: how the latest uploads ended, newest first, so that nobody has to walk the whole ledger for a list.
//!
//! An entry is written with the step that ends an upload and, where that was cut short, before its open mark goes away. It is named
//! by that step's own time: written twice, it is the same entry. An upload that is tried again keeps the entry of its old end, which
//! says how it ended then, and gets another at its new end.

use super::{
    codec::unreadable,
    codec::{VERSION, decode, encode},
    handle::Ledger,
    key_parts::FinishedKey,
    keys,
    record::Record,
    store::Access,
};
use crate::ledger::timestamp::Timestamp;
use crate::{Error, Location, UploadId};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// How long an entry is kept.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Entries that one sweep deletes at most.
const DELETED_AT_ONCE: usize = 200;
/// Entries that are read or deleted at once.
const CALLS: usize = 8;
/// How an upload ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishedUpload {
    v: u32,
    /// When, by the store's clock.
    pub ended: Timestamp,
    /// The word for the step that ended it: `committed`, `failed` or `cancelled`.
    pub state: String,
    /// Where the object lies.
    pub location: Location,
    /// The account's name in the settings.
    pub account: String,
    /// The committed video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
    /// The stable code of the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Recent ends, the latest first.
#[derive(Debug, Clone, Default)]
pub struct FinishedPage {
    /// Each with its upload.
    pub uploads: Vec<(UploadId, FinishedUpload)>,
    /// Where the next page begins (`after`); `None` at the end.
    pub next: Option<FinishedKey>,
}

/// Writes how the upload ended; nothing where it did not.
pub(super) async fn write(access: &Access, record: &Record) -> Result<(), Error> {
    let Some(end) = record.end() else { return Ok(()) };
    let recent = FinishedUpload {
        v: VERSION,
        ended: end.at,
        state: end.step.kind().as_str().into(),
        location: record.request.location.clone(),
        account: record.request.account.clone(),
        video_id: record.video_id.clone(),
        error: record.failure.as_ref().map(|failure| failure.code.clone()),
    };
    let key = FinishedKey::new(end.at.get(), record.id.clone());
    access.write(&keys::recent(&key), encode(&recent)?).await.map(drop)
}

async fn page(access: &Access, after: Option<&FinishedKey>, limit: usize) -> Result<FinishedPage, Error> {
    let after = after.map(keys::recent);
    let page = access.page(keys::RECENT, after.as_deref(), limit).await?;
    let entries = stream::iter(page.keys).map(|listed| read(access, listed.key)).buffered(CALLS);
    // What a sweep has deleted since is left out.
    let uploads = entries.try_filter_map(async |read| Ok(read)).try_collect().await?;
    Ok(FinishedPage { uploads, next: page.next.as_deref().map(parse).transpose()? })
}

async fn read(access: &Access, key: String) -> Result<Option<(UploadId, FinishedUpload)>, Error> {
    let id = parse(&key)?.into_id();
    let Some(found) = access.read(&key).await? else { return Ok(None) };
    Ok(Some((id, decode(&key, &found.bytes)?)))
}

fn parse(key: &str) -> Result<FinishedKey, Error> {
    let recent = key.strip_prefix(keys::RECENT).and_then(FinishedKey::parse);
    recent.ok_or_else(|| unreadable(key, "there is something among the recent ends that is none: remove it"))
}

/// Deletes entries of ends before `time`, a bounded number of them, and answers how many.
async fn forget(access: &Access, time: SystemTime) -> Result<usize, Error> {
    let behind = format!("{}{}", keys::RECENT, FinishedKey::prefix_at(time));
    let page = access.page(keys::RECENT, Some(&behind), DELETED_AT_ONCE).await?;
    let count = page.keys.len();
    let deleted = stream::iter(page.keys).map(|listed| async move { access.delete(&listed.key).await });
    deleted.buffered(CALLS).try_collect::<()>().await?;
    Ok(count)
}

impl Ledger {
    /// How the latest uploads ended, the newest first, behind `after`, 1 to 1,000 of them.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn finished_uploads(
        &self,
        after: Option<&FinishedKey>,
        limit: usize,
    ) -> Result<FinishedPage, Error> {
        page(&self.access, after, limit).await
    }

    /// Deletes what is listed of uploads that ended more than 30 days ago, a bounded number of entries, and answers how many.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn forget_finished(&self) -> Result<usize, Error> {
        // The birth mark tells the store's clock.
        let Some(birth) = self.access.read(keys::BIRTH).await? else { return Ok(0) };
        match birth.now.checked_sub(KEPT) {
            Some(time) => forget(&self.access, time).await,
            None => Ok(0),
        }
    }
}
