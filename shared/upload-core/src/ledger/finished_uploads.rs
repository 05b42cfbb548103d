//! Finished uploads: how the latest uploads ended, newest first, so that a list need not walk the whole ledger.
//!
//! An entry is written with the step that ends an upload or, if that was interrupted, before the upload's open
//! mark is deleted. The time of that step names it, so writing it twice gives the same entry. An upload that is
//! reopened keeps the entry of its old end, which records how it ended then, and gets another at its new end.

use super::{
    codec::unreadable_entry,
    codec::{VERSION, decode, encode},
    handle::Ledger,
    key_parts::FinishedKey,
    keys,
    record::Record,
    store::Access,
};
use crate::model::timestamp::Timestamp;
use crate::{Entrypoint, Error, Location, Media, UploadId};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// How long an entry is kept.
const RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long before its entry is deleted an end counts as forgotten: what a holder knows of the store's clock may be a little off.
const MARGIN: Duration = Duration::from_secs(3600);
/// Entries that one sweep deletes at most.
const MAX_DELETIONS: usize = 200;
/// Entries read or deleted concurrently.
const CONCURRENT_CALLS: usize = 8;
/// How an upload ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishedUpload {
    v: u32,
    /// When it ended, by the store's clock.
    pub ended: Timestamp,
    /// The word of the step that ended it: `committed`, `failed` or `cancelled`.
    pub state: String,
    /// Where the object lies.
    pub location: Location,
    /// The account's name in the settings.
    pub account: String,
    /// The video's title; entries of older programs have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Bytes of the object; entries of older programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// How it was asked for; entries of older programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Entrypoint>,
    /// The committed video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
    /// The stable code of the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the object holds, where the preflight looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// Whether its callback still waits for a message.
    #[serde(default, skip_serializing_if = "is_false")]
    pub callback_pending: bool,
    /// The code with which its callback ended without having accepted the message: `410`, `gave_up`, `forbidden` or `invalid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_failed: Option<String>,
    /// When the video, hidden until then, is made public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Timestamp>,
    /// The code of why the video could not be made public at its hour: it stays hidden until a person helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish_failed: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// One page of finished uploads, the latest first.
#[derive(Debug, Clone, Default)]
pub struct FinishedPage {
    /// The uploads with their ids.
    pub uploads: Vec<(UploadId, FinishedUpload)>,
    /// Where the next page begins (`after`); `None` on the last page.
    pub next: Option<FinishedKey>,
}

/// The names of finished uploads, the latest first.
#[derive(Debug, Clone, Default)]
pub struct FinishedKeys {
    /// The names.
    pub keys: Vec<FinishedKey>,
    /// Where the next page begins (`after`); `None` on the last page.
    pub next: Option<FinishedKey>,
}

/// Whether the entry of this end is still kept at `now`, by the store's clock.
pub(super) fn is_kept(ended: Timestamp, now: SystemTime) -> bool {
    now < ended.get() + (RETENTION - MARGIN)
}

/// Writes how the upload ended; writes nothing if it has not ended.
pub(super) async fn write(access: &Access, record: &Record) -> Result<(), Error> {
    let Some(end) = record.end() else { return Ok(()) };
    let entry = FinishedUpload {
        v: VERSION,
        ended: end.at,
        state: end.step.kind().as_str().into(),
        location: record.request.location.clone(),
        account: record.request.account.clone(),
        title: Some(record.request.title()),
        size: Some(record.request.object.size),
        entrypoint: record.request.entrypoint,
        video_id: record.video_id.clone(),
        error: record.failure.as_ref().map(|failure| failure.code.clone()),
        media: record.media().cloned(),
        callback_pending: record.has_pending_callback(),
        callback_failed: record.failed_callback().map(str::to_owned),
        publish_at: record.pending_publication().map(|pending| pending.publication.at),
        publish_failed: record.failed_publication().map(|failure| failure.code.clone()),
    };
    let key = FinishedKey::new(end.at.get(), record.id.clone());
    access.write(&keys::finished_upload(&key), encode(&entry)?).await.map(drop)
}

/// Deletes the entry of an end that does not stand.
pub(super) async fn withdraw(access: &Access, record: &Record) -> Result<(), Error> {
    let Some(end) = record.end() else { return Ok(()) };
    let key = FinishedKey::new(end.at.get(), record.id.clone());
    access.delete(&keys::finished_upload(&key)).await
}

/// Whether the entry says that the video's hour failed. One that cannot be read says nothing: it is written anew.
pub(super) async fn says_hour_failed(access: &Access, key: &FinishedKey) -> Result<bool, Error> {
    let key = keys::finished_upload(key);
    let found = access.read(&key).await?;
    let entry = found.and_then(|found| decode::<FinishedUpload>(&key, &found.bytes).ok());
    Ok(entry.is_some_and(|entry| entry.publish_failed.is_some()))
}

async fn read_page(
    access: &Access,
    after: Option<&FinishedKey>,
    limit: usize,
) -> Result<FinishedPage, Error> {
    let after = after.map(keys::finished_upload);
    let page = access.list_page(keys::FINISHED, after.as_deref(), limit).await?;
    let entries =
        stream::iter(page.keys).map(|listed| read_entry(access, listed.key)).buffered(CONCURRENT_CALLS);
    // An entry that a sweep has deleted since is left out.
    let uploads = entries.try_filter_map(async |read| Ok(read)).try_collect().await?;
    Ok(FinishedPage { uploads, next: page.next.as_deref().map(parse_key).transpose()? })
}

async fn read_entry(access: &Access, key: String) -> Result<Option<(UploadId, FinishedUpload)>, Error> {
    let id = parse_key(&key)?.into_id();
    let Some(found) = access.read(&key).await? else { return Ok(None) };
    Ok(Some((id, decode(&key, &found.bytes)?)))
}

fn parse_key(key: &str) -> Result<FinishedKey, Error> {
    let recent = key.strip_prefix(keys::FINISHED).and_then(FinishedKey::parse);
    recent
        .ok_or_else(|| unreadable_entry(key, "a foreign entry stands among the finished uploads: remove it"))
}

/// Deletes entries of uploads that ended before `time`, at most [`MAX_DELETIONS`], and returns how many.
async fn delete_before(access: &Access, time: SystemTime) -> Result<usize, Error> {
    let after = format!("{}{}", keys::FINISHED, FinishedKey::prefix_at(time));
    let page = access.list_page(keys::FINISHED, Some(&after), MAX_DELETIONS).await?;
    let count = page.keys.len();
    let deleted = stream::iter(page.keys).map(|listed| async move { access.delete(&listed.key).await });
    deleted.buffered(CONCURRENT_CALLS).try_collect::<()>().await?;
    Ok(count)
}

impl Ledger {
    /// Lists how the latest uploads ended, newest first, after `after`, 1 to 1,000 of them.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn finished_uploads(
        &self,
        after: Option<&FinishedKey>,
        limit: usize,
    ) -> Result<FinishedPage, Error> {
        read_page(&self.access, after, limit).await
    }

    /// Lists which uploads ended, newest first, after `after`, 1 to 1,000 of them, without reading how: one list.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn finished_keys(
        &self,
        after: Option<&FinishedKey>,
        limit: usize,
    ) -> Result<FinishedKeys, Error> {
        let after = after.map(keys::finished_upload);
        let page = self.access.list_page(keys::FINISHED, after.as_deref(), limit).await?;
        let names = page.keys.iter().map(|listed| parse_key(&listed.key)).collect::<Result<_, _>>()?;
        Ok(FinishedKeys { keys: names, next: page.next.as_deref().map(parse_key).transpose()? })
    }

    /// Reads how an upload ended; `None` if a sweep has deleted the entry since.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn finished_upload(&self, key: &FinishedKey) -> Result<Option<FinishedUpload>, Error> {
        let key = keys::finished_upload(key);
        let Some(found) = self.access.read(&key).await? else { return Ok(None) };
        decode(&key, &found.bytes).map(Some)
    }

    /// Those of these ends whose entries are no longer kept.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn find_forgotten(&self, ends: Vec<FinishedKey>) -> Result<Vec<FinishedKey>, Error> {
        if ends.is_empty() {
            return Ok(ends);
        }
        let Some(time) = self.times().await?.now.checked_sub(RETENTION) else { return Ok(Vec::new()) };
        let first = FinishedKey::prefix_at(time);
        Ok(ends.into_iter().filter(|end| end.to_string() > first).collect())
    }

    /// Deletes entries of uploads that ended more than 30 days ago, a bounded number, and returns how many.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn forget_finished(&self) -> Result<usize, Error> {
        // The birth mark shows the store's clock.
        let Some(birth) = self.access.read(keys::BIRTH).await? else { return Ok(0) };
        match birth.now.checked_sub(RETENTION) {
            Some(time) => delete_before(&self.access, time).await,
            None => Ok(0),
        }
    }
}
