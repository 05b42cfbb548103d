//! Open marks: the uploads that are not yet at rest, so that nobody has to walk the whole ledger. Their keys say when they are due: see
//! [`MarkKey`].

use super::{
    Ledger, Timestamp,
    codec::unreadable,
    codec::{VERSION, decode, encode},
    keys,
    mark_key::{Due, MarkKey},
    seal::Sealed,
    store::{Access, ListedKey},
};
use crate::ledger::request::{StoredRequest, StoredVersion};
use crate::{Error, Location, Object, UploadId};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// Marks in one list; both clouds answer no more at once.
const PAGE: usize = 1000;
/// Keys among the marks that are none, which one page of uploads names at most.
const FOREIGN: usize = 100;

/// What an open mark says, for people and for the sweep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenMark {
    pub(super) v: u32,
    /// Where the object lies.
    pub location: Location,
    /// The account's name in the settings.
    pub account: String,
    /// Nobody takes it up before, by the store's clock; of a pause the key alone tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The version that could not be read, of an upload that cannot go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<StoredVersion>,
    /// A secret that its holder could not open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unopened: Option<UndecryptedRequest>,
}

/// A sealed secret of an upload, copied where a run could not open it: whoever can may go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UndecryptedRequest {
    pub(super) field: String,
    pub(super) sealed: Sealed,
}

impl OpenMark {
    pub(super) fn new(work: &StoredRequest) -> Self {
        let (location, account) = (work.location.clone(), work.account.clone());
        Self { v: VERSION, location, account, not_before: None, object: None, unopened: None }
    }

    /// The version that could not be read when the upload was last tried.
    pub(crate) fn unread(&self) -> Option<Object> {
        let StoredVersion { etag, version_id, size, .. } = self.object.clone()?;
        Some(Object { version_id, ..Object::new(self.location.clone(), etag, size) })
    }

    pub(super) fn bytes(&self) -> Result<Bytes, Error> {
        encode(self)
    }
}

/// An open upload, as the list of marks tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenUpload {
    /// The upload.
    pub id: UploadId,
    /// When it was last marked.
    pub marked: SystemTime,
    /// Nobody takes it up before, by the store's clock; `None`: it is due. Of several marks the earliest counts.
    pub due: Option<SystemTime>,
    /// It is not due, unless its account has another access token by now than the one of this keyed hash.
    pub refused_token: Option<String>,
    /// How many pauses in a row it has had in which it could not go on.
    pub(super) pauses: u8,
    /// A pause's mark is among its marks.
    paused: bool,
    /// The keys of its marks, the one that counts first, and when each was written.
    pub(super) keys: Vec<(String, SystemTime)>,
}

impl OpenUpload {
    fn from_key(key: MarkKey, listed: &ListedKey) -> Self {
        let (pauses, refused_token) = match &key.due {
            Due::Pause(number) => (*number, None),
            Due::Until { refused, .. } => (0, refused.clone()),
            Due::Now => (0, None),
        };
        Self {
            due: key.due.time(listed.modified),
            id: key.id,
            marked: listed.modified,
            refused_token,
            pauses,
            paused: matches!(key.due, Due::Pause(_)),
            keys: vec![(listed.key.clone(), listed.modified)],
        }
    }

    fn join(&mut self, mut other: Self) {
        if other.due < self.due {
            std::mem::swap(self, &mut other);
        }
        self.marked = self.marked.max(other.marked);
        self.pauses = self.pauses.max(other.pauses);
        self.paused |= other.paused;
        self.refused_token = self.refused_token.take().or(other.refused_token);
        self.keys.append(&mut other.keys);
    }

    /// Whether it waits out a pause, or has waited it out: nothing else marks it.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused && self.due.is_some()
    }

    /// Whether it is due at this time by the store's clock.
    #[must_use]
    pub fn is_due(&self, now: SystemTime) -> bool {
        self.due.is_none_or(|due| due <= now)
    }
}

/// Open uploads, in the order of their ids.
#[derive(Debug, Default)]
pub struct OpenPage {
    /// The uploads.
    pub uploads: Vec<OpenUpload>,
    /// Keys among them that are no marks: 100 at most.
    pub foreign: Vec<Error>,
    /// Where the next page begins (`after`); `None` at the end.
    pub next: Option<UploadId>,
}

impl Ledger {
    /// The uploads with an open mark behind `after`, 1 to 1,000 of them: what stands among the marks and is none keeps from nothing.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn open_marks(&self, after: Option<&UploadId>, limit: usize) -> Result<OpenPage, Error> {
        page(&self.access, after, limit).await
    }

    /// How an upload is marked; `None` where it is not.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn open_upload(&self, id: &UploadId) -> Result<Option<OpenUpload>, Error> {
        read_marks(&self.access, id).await
    }

    /// What an upload's open mark says, of several the one that counts; `None` where it has gone away.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger), naming the key, where it is damaged, foreign or newer; where the store fails.
    pub async fn open_mark(&self, upload: &OpenUpload) -> Result<Option<OpenMark>, Error> {
        let Some((key, _)) = upload.keys.first() else { return Ok(None) };
        let Some(found) = self.access.read(key).await? else { return Ok(None) };
        decode(key, &found.bytes).map(Some)
    }

    /// Deletes the marks of an upload that has no step which were written longer than `age` ago by the store's clock, each by its own time, and
    /// answers whether none is left.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn clear_stray(&self, upload: &OpenUpload, age: Duration) -> Result<bool, Error> {
        let mut left = false;
        for (key, _) in &upload.keys {
            let Some(mark) = self.access.read(key).await? else { continue };
            if mark.now.duration_since(mark.modified).is_ok_and(|since| since >= age) {
                self.access.delete(key).await?;
            } else {
                left = true;
            }
        }
        Ok(!left)
    }
}

/// How an upload is marked: one list.
pub(super) async fn read_marks(access: &Access, id: &UploadId) -> Result<Option<OpenUpload>, Error> {
    let listed = access.page(&keys::open(id), None, PAGE).await?;
    let mut found: Option<OpenUpload> = None;
    for listed in &listed.keys {
        let Some(key) = MarkKey::parse(&listed.key) else { continue };
        let mark = OpenUpload::from_key(key, listed);
        match &mut found {
            Some(found) => found.join(mark),
            None => found = Some(mark),
        }
    }
    Ok(found)
}

async fn page(access: &Access, after: Option<&UploadId>, limit: usize) -> Result<OpenPage, Error> {
    let mut after = after.map(keys::behind_open);
    let mut marks = OpenPage::default();
    loop {
        // One more tells whether there is another page.
        let page = access.page(keys::OPEN, after.as_deref(), limit.saturating_add(1).min(PAGE)).await?;
        for listed in &page.keys {
            let Some(key) = MarkKey::parse(&listed.key) else {
                if marks.foreign.len() < FOREIGN {
                    marks.foreign.push(unreadable(&listed.key, FOREIGN_MARK));
                }
                continue;
            };
            let mark = OpenUpload::from_key(key, listed);
            let full = marks.uploads.len() >= limit;
            match marks.uploads.last_mut() {
                Some(last) if last.id == mark.id => last.join(mark),
                Some(last) if full => {
                    marks.next = Some(last.id.clone());
                    return Ok(marks);
                }
                _ => marks.uploads.push(mark),
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(marks);
        }
    }
}

const FOREIGN_MARK: &str = "there is something among the open marks that is none: remove it";
