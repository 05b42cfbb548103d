//! The last published content of each key under each account, so that the same bytes are not published again.
//!
//! An object that is written again as another version, or copied onto itself, has another upload id. The index
//! knows its content.

use super::{
    Ledger,
    codec::{VERSION, decode, encode},
    keys,
    record::Record,
    store::Access,
};
use crate::model::timestamp::Timestamp;
use crate::{Error, Location, Md5, Object, UploadId};
use serde::{Deserialize, Serialize};

/// The last published upload of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedContent {
    pub(super) v: u32,
    /// The upload.
    pub upload_id: UploadId,
    /// When it was committed, by the store's clock.
    pub(super) committed: Timestamp,
    /// Bytes.
    pub size: u64,
    /// The MD5 that Youku accepted; absent where it was not asked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<Md5>,
    /// CRC-64/XZ of the bytes, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64: Option<u64>,
    /// The video, if Youku returned its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_id: Option<String>,
    /// The last version that was found to be the same: Youku is asked once about each version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<UploadId>,
}

impl PublishedContent {
    /// Derives the content from a published upload's record; `None` if it is not published, or of a file that a
    /// person brings.
    pub(super) fn from_record(record: &Record) -> Option<Self> {
        let (_, session) = record.session.as_ref().filter(|_| record.state.is_published())?;
        let (object, location) = (&record.request.object, &record.request.location);
        let transferred_crc64 = record.transferred.as_ref().and_then(|transferred| transferred.crc64);
        (!location.is_carried()).then_some(())?;
        Some(Self {
            v: VERSION,
            upload_id: record.id.clone(),
            committed: record.end()?.at,
            size: object.size,
            md5: session.md5,
            crc64: object.crc64.or(transferred_crc64).or(session.crc64),
            video_id: record.video_id.clone(),
            decided: None,
        })
    }

    /// Whether the object has the same bytes, as far as its store states.
    #[must_use]
    pub fn matches(&self, object: &Object) -> bool {
        let same_crc = self.crc64.zip(object.crc64).map(|(ours, theirs)| ours == theirs);
        let same_md5 = self.md5.zip(object.md5).map(|(ours, theirs)| ours == theirs);
        self.size == object.size && same_crc.or(same_md5).unwrap_or(false)
    }
}

impl Ledger {
    /// Reads the last published upload of the key at `location` under `account`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn published_content(
        &self,
        location: &Location,
        account: &str,
    ) -> Result<Option<PublishedContent>, Error> {
        read(&self.access, &keys::content(location, account)).await
    }

    /// Records that `decided` is a version of the same content.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn record_same_content(
        &self,
        location: &Location,
        account: &str,
        published: PublishedContent,
        decided: &UploadId,
    ) -> Result<(), Error> {
        let key = keys::content(location, account);
        // What was published meanwhile is the last one by now: the next decision reads it.
        if read(&self.access, &key).await?.is_none_or(|now| now.upload_id != published.upload_id) {
            return Ok(());
        }
        let entry = PublishedContent { decided: Some(decided.clone()), ..published };
        self.access.write(&key, encode(&entry)?).await.map(drop)
    }
}

async fn read(access: &Access, key: &str) -> Result<Option<PublishedContent>, Error> {
    let found = access.read(key).await?;
    found.map(|found| decode(key, &found.bytes)).transpose()
}

/// Records what was just committed.
pub(super) async fn write(access: &Access, record: &Record) -> Result<(), Error> {
    let Some(entry) = PublishedContent::from_record(record) else { return Ok(()) };
    let key = keys::content(&record.request.location, &record.request.account);
    match access.store.write(&key, encode(&entry)?).await {
        Ok(_) => Ok(()),
        // The holder may have stood still meanwhile: what is written again must not replace a newer version's.
        Err(error) => {
            tracing::debug!(?error, upload_id = %record.id, "the published content is written again");
            write_if_newer(access, record).await
        }
    }
}

/// Records a commit of some time ago: what was published since stays, and so does what was decided about later versions.
pub(super) async fn write_if_newer(access: &Access, record: &Record) -> Result<(), Error> {
    let Some(entry) = PublishedContent::from_record(record) else { return Ok(()) };
    let key = keys::content(&record.request.location, &record.request.account);
    let newer = read(access, &key).await?.is_some_and(|known| known.committed >= entry.committed);
    if newer { Ok(()) } else { access.write(&key, encode(&entry)?).await.map(drop) }
}
