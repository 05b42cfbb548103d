//! Recent ends: how the latest uploads ended, newest first, so that nobody has to walk the whole ledger for a list.
//!
//! An entry is written with the step that ends an upload and, where that was cut short, before its open mark goes away. It is named
//! by that step's own time: written twice, it is the same entry. An upload that is tried again keeps the entry of its old end, which
//! says how it ended then, and gets another at its new end.

use super::{
    codec::{VERSION, decode, encode},
    errors::unreadable,
    fields::Timestamp,
    keys,
    record::Record,
    store::Access,
};
use crate::{Error, Location, UploadId};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How long an entry is kept.
pub(super) const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Entries that one sweep deletes at most.
const DELETED_AT_ONCE: usize = 200;
/// Entries that are read or deleted at once.
const CALLS: usize = 8;
/// Times are counted down from here in milliseconds, the year 2286, since stores list in ascending order only.
const LAST: u64 = 9_999_999_999_999;
const DIGITS: usize = 13;

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

/// Names an entry: the end's time, counted down, and the upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedKey {
    down: u64,
    id: UploadId,
}

/// Recent ends, the latest first.
#[derive(Debug, Clone, Default)]
pub struct FinishedPage {
    /// Each with its upload.
    pub uploads: Vec<(UploadId, FinishedUpload)>,
    /// Where the next page begins (`after`); `None` at the end.
    pub next: Option<FinishedKey>,
}

impl FinishedKey {
    /// A key as it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (down, id) = text.split_once('-')?;
        let well_formed = down.len() == DIGITS && down.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self { down: down.parse().ok().filter(|_| well_formed)?, id: UploadId::parse(id)? })
    }
}

impl fmt::Display for FinishedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0DIGITS$}-{}", self.down, self.id)
    }
}

fn counted_down(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    LAST.saturating_sub(u64::try_from(since).unwrap_or(LAST))
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
    let key = FinishedKey { down: counted_down(end.at.get()), id: record.id.clone() };
    access.write(&keys::recent(&key), encode(&recent)?).await.map(drop)
}

pub(super) async fn page(
    access: &Access,
    after: Option<&FinishedKey>,
    limit: usize,
) -> Result<FinishedPage, Error> {
    let after = after.map(keys::recent);
    let page = access.page(keys::RECENT, after.as_deref(), limit).await?;
    let entries = stream::iter(page.keys).map(|listed| read(access, listed.key)).buffered(CALLS);
    // What a sweep has deleted since is left out.
    let uploads = entries.try_filter_map(async |read| Ok(read)).try_collect().await?;
    Ok(FinishedPage { uploads, next: page.next.as_deref().map(parse).transpose()? })
}

async fn read(access: &Access, key: String) -> Result<Option<(UploadId, FinishedUpload)>, Error> {
    let id = parse(&key)?.id;
    let Some(found) = access.read(&key).await? else { return Ok(None) };
    Ok(Some((id, decode(&key, &found.bytes)?)))
}

fn parse(key: &str) -> Result<FinishedKey, Error> {
    let recent = key.strip_prefix(keys::RECENT).and_then(FinishedKey::parse);
    recent.ok_or_else(|| unreadable(key, "there is something among the recent ends that is none: remove it"))
}

/// Deletes entries of ends before `time`, a bounded number of them, and answers how many.
pub(super) async fn forget(access: &Access, time: SystemTime) -> Result<usize, Error> {
    let behind = format!("{}{:0DIGITS$}", keys::RECENT, counted_down(time));
    let page = access.page(keys::RECENT, Some(&behind), DELETED_AT_ONCE).await?;
    let count = page.keys.len();
    let deleted = stream::iter(page.keys).map(|listed| async move { access.delete(&listed.key).await });
    deleted.buffered(CALLS).try_collect::<()>().await?;
    Ok(count)
}
