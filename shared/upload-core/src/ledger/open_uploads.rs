//! Open marks in lists: the uploads that are not settled, so that nobody has to walk the whole ledger. Their
//! keys state when they are due: see [`MarkKey`].

use super::{
    Ledger,
    codec::decode,
    codec::unreadable_entry,
    keys,
    mark_key::{Due, MarkKey},
    open_mark::OpenMark,
    queue_place::QueuePlace,
    store::{Access, ListedKey},
};
use crate::{Error, UploadId};
use std::time::{Duration, SystemTime};

/// Marks in one list; both clouds return no more at once.
const PAGE: usize = 1000;
/// Foreign keys among the marks that one page of uploads names at most.
const MAX_FOREIGN: usize = 100;

/// An open upload, as the list of marks shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenUpload {
    /// The upload.
    pub id: UploadId,
    /// When it was last marked.
    pub marked: SystemTime,
    /// Earliest time it may be resumed (store clock); `None`: it is due. Of several marks the earliest counts.
    pub due: Option<SystemTime>,
    /// Keyed hash of the access token that was refused: the upload is also due once its account has another
    /// token.
    pub refused_token: Option<String>,
    /// Its place among those that wait until Youku takes their client's calls again.
    pub(crate) place: Option<Box<QueuePlace>>,
    /// Pauses in a row in which it could not continue.
    pub(super) pauses: u8,
    /// Whether one of its marks is a pause's.
    paused: bool,
    /// The keys of its marks, the one that counts first, each with the time it was written.
    pub(super) keys: Vec<(String, SystemTime)>,
}

impl OpenUpload {
    fn from_key(key: MarkKey, listed: &ListedKey) -> Self {
        let (pauses, refused_token, place) = match &key.due {
            Due::Pause(number) => (*number, None, None),
            Due::Until { refused, .. } => (0, refused.clone(), None),
            Due::InTurn { place, .. } => (0, None, Some(Box::new(place.clone()))),
            Due::Now => (0, None, None),
        };
        Self {
            due: key.due.due_time(listed.modified),
            id: key.id,
            marked: listed.modified,
            refused_token,
            place,
            pauses,
            paused: matches!(key.due, Due::Pause(_)),
            keys: vec![(listed.key.clone(), listed.modified)],
        }
    }

    fn merge(&mut self, mut other: Self) {
        if other.due < self.due {
            std::mem::swap(self, &mut other);
        }
        self.marked = self.marked.max(other.marked);
        self.pauses = self.pauses.max(other.pauses);
        self.paused |= other.paused;
        self.refused_token = self.refused_token.take().or(other.refused_token);
        self.place = self.place.take().or(other.place);
        self.keys.append(&mut other.keys);
    }

    /// When the oldest of its marks was written.
    #[must_use]
    pub fn first_marked(&self) -> SystemTime {
        self.keys.iter().map(|(_, written)| *written).min().unwrap_or(self.marked)
    }

    /// Whether it waits out a pause, or has waited it out: it has no other mark.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused && self.due.is_some()
    }

    /// When its last pause was marked, and its number; `None` where no mark is a pause's.
    pub(super) fn last_pause(&self) -> Option<(SystemTime, u8)> {
        let pauses = self.keys.iter().filter_map(|(key, written)| match MarkKey::parse(key)?.due {
            Due::Pause(number) => Some((*written, number)),
            _ => None,
        });
        pauses.max()
    }

    /// Whether it is due at this time by the store's clock.
    #[must_use]
    pub fn is_due(&self, now: SystemTime) -> bool {
        self.due.is_none_or(|due| due <= now)
    }
}

/// A page of open uploads, in the order of their ids.
#[derive(Debug, Default)]
pub struct OpenPage {
    /// The uploads.
    pub uploads: Vec<OpenUpload>,
    /// Keys among them that are not marks: 100 at most.
    pub foreign: Vec<Error>,
    /// Where the next page begins (`after`); `None` on the last page.
    pub next: Option<UploadId>,
}

impl Ledger {
    /// Lists the uploads with an open mark after `after`, 1 to 1,000 of them. Foreign keys among the marks are
    /// reported and do not fail the list.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn open_marks(&self, after: Option<&UploadId>, limit: usize) -> Result<OpenPage, Error> {
        read_page(&self.access, after, limit).await
    }

    /// Reads how an upload is marked; `None` if it is not.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn open_upload(&self, id: &UploadId) -> Result<Option<OpenUpload>, Error> {
        read_marks(&self.access, id).await
    }

    /// Reads an upload's open mark, of several the one that counts; `None` if it was deleted meanwhile.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger), naming the key, if it is damaged, foreign or newer; if the store
    /// fails.
    pub async fn open_mark(&self, upload: &OpenUpload) -> Result<Option<OpenMark>, Error> {
        let Some((key, _)) = upload.keys.first() else { return Ok(None) };
        let Some(found) = self.access.read(key).await? else { return Ok(None) };
        decode(key, &found.bytes).map(Some)
    }

    /// Deletes the marks of an upload without steps that were written longer than `age` ago by the store's
    /// clock, each by its own time. Returns whether none is left.
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

/// Reads how an upload is marked: one list.
pub(super) async fn read_marks(access: &Access, id: &UploadId) -> Result<Option<OpenUpload>, Error> {
    let listed = access.list_page(&keys::open(id), None, PAGE).await?;
    let mut found: Option<OpenUpload> = None;
    for listed in &listed.keys {
        let Some(key) = MarkKey::parse(&listed.key) else { continue };
        let mark = OpenUpload::from_key(key, listed);
        match &mut found {
            Some(found) => found.merge(mark),
            None => found = Some(mark),
        }
    }
    Ok(found)
}

async fn read_page(access: &Access, after: Option<&UploadId>, limit: usize) -> Result<OpenPage, Error> {
    let mut after = after.map(keys::after_open);
    let mut marks = OpenPage::default();
    loop {
        // One more shows whether there is another page.
        let page = access.list_page(keys::OPEN, after.as_deref(), limit.saturating_add(1).min(PAGE)).await?;
        for listed in &page.keys {
            let Some(key) = MarkKey::parse(&listed.key) else {
                if marks.foreign.len() < MAX_FOREIGN {
                    marks.foreign.push(unreadable_entry(&listed.key, FOREIGN_MARK));
                }
                continue;
            };
            let mark = OpenUpload::from_key(key, listed);
            let full = marks.uploads.len() >= limit;
            match marks.uploads.last_mut() {
                Some(last) if last.id == mark.id => last.merge(mark),
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

const FOREIGN_MARK: &str = "a foreign entry stands among the open marks: remove it";
