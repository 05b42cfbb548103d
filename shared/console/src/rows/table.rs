//! All rows, and the revision that counts their changes.

use super::{
    change_log::ChangeLog,
    query::{Page, RowQuery},
    row::Row,
};
use app::core::{Error, UploadId, ledger::Timestamp};
use serde::Serialize;
use std::{
    collections::{BTreeSet, HashMap, hash_map::Values},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, SystemTime},
};
use tokio::sync::watch;

/// How long the ledger tells of an end, and an hour more, since its clock may be another.
const RETENTION: Duration = Duration::from_secs((30 * 24 + 1) * 3600);

/// The rows of every upload that was read.
pub(crate) struct Table {
    inner: RwLock<Inner>,
    revision: watch::Sender<u64>,
    /// How often the ledger has been looked through, in vain or not.
    passes: watch::Sender<u64>,
}

#[derive(Default)]
struct Inner {
    rows: HashMap<UploadId, Row>,
    log: ChangeLog,
    reading: Reading,
    /// Why the ledger could not be looked through the last time.
    trouble: Option<Arc<Error>>,
}

/// What has been read so far, and how current it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Reading {
    /// When the ledger was last looked through (this machine's clock); `None` before.
    pub(crate) as_of: Option<Timestamp>,
    /// Every end of the last 30 days was read.
    pub(crate) complete: bool,
    /// The oldest end that was read.
    pub(crate) since: Option<Timestamp>,
}

impl Default for Table {
    fn default() -> Self {
        Self { inner: RwLock::default(), revision: watch::Sender::new(1), passes: watch::Sender::new(0) }
    }
}

impl Table {
    /// Adds rows, in place of those of the same uploads.
    pub(crate) fn apply(&self, rows: Vec<Row>) {
        let mut inner = self.write();
        let is_new = |row: &Row| inner.rows.get(&row.upload_id) != Some(row);
        let changed: Vec<Row> = rows.into_iter().filter(is_new).collect();
        let ids: Vec<_> = changed.iter().map(|row| row.upload_id.clone()).collect();
        inner.rows.extend(changed.into_iter().map(|row| (row.upload_id.clone(), row)));
        self.count_change(inner, ids);
    }

    /// Removes the rows of uploads that are none: nobody took a first step of them.
    pub(crate) fn remove(&self, id: &UploadId) {
        let mut inner = self.write();
        if inner.rows.remove(id).is_some() {
            self.count_change(inner, vec![id.clone()]);
        }
    }

    fn count_change(&self, mut inner: RwLockWriteGuard<'_, Inner>, ids: Vec<UploadId>) {
        if ids.is_empty() {
            return;
        }
        let revision = self.revision() + 1;
        inner.log.note(revision, ids);
        drop(inner);
        self.revision.send_replace(revision);
    }

    /// Notes how far back the ends were read.
    pub(crate) fn note_finished(&self, since: Option<Timestamp>, complete: bool) {
        let mut inner = self.write();
        let has_changed = inner.reading.complete != complete;
        (inner.reading.since, inner.reading.complete) = (since, complete);
        if has_changed {
            drop(inner);
            self.revision.send_modify(|revision| *revision += 1);
        }
    }

    /// Forgets what ended longer ago than the ledger tells of, so that a console that is never closed does not grow. As of `now`.
    fn forget_old_ends(&self, now: SystemTime) {
        let mut inner = self.write();
        let Some(oldest) = now.checked_sub(RETENTION) else { return };
        let is_old = |row: &Row| !row.is_open() && row.at.get() < oldest;
        let forgotten: Vec<_> = inner.rows.extract_if(|_, row| is_old(row)).map(|(id, _)| id).collect();
        self.count_change(inner, forgotten);
    }

    /// Notes that the ledger was looked through, or why it could not be.
    pub(crate) fn note_pass(&self, result: Result<(), Error>) {
        self.forget_old_ends(SystemTime::now());
        let mut inner = self.write();
        let trouble = result.err().map(Arc::new);
        if trouble.is_none() {
            inner.reading.as_of = Some(SystemTime::now().into());
        }
        let kind = |trouble: &Option<Arc<Error>>| trouble.as_ref().map(|error| error.kind());
        let has_changed = kind(&inner.trouble) != kind(&trouble);
        inner.trouble = trouble;
        drop(inner);
        if has_changed {
            self.revision.send_modify(|revision| *revision += 1);
        }
        self.passes.send_modify(|passes| *passes += 1);
    }

    /// Why the ledger could not be looked through the last time.
    pub(crate) fn trouble(&self) -> Option<Arc<Error>> {
        self.read().trouble.clone()
    }

    /// The row of an upload.
    pub(crate) fn row(&self, id: &UploadId) -> Option<Row> {
        self.read().rows.get(id).cloned()
    }

    /// A page of the rows that match, with the revision at which it was taken and what has been read.
    pub(crate) fn page(&self, query: &RowQuery) -> (u64, Reading, Page) {
        let inner = self.read();
        (self.revision(), inner.reading.clone(), Page::new(inner.rows.values(), query))
    }

    /// Reads all rows.
    pub(crate) fn with_rows<T>(&self, read: impl FnOnce(Values<'_, UploadId, Row>) -> T) -> T {
        read(self.read().rows.values())
    }

    /// Whether the ledger could be looked through the last time.
    pub(crate) fn is_readable(&self) -> bool {
        let inner = self.read();
        inner.trouble.is_none() && inner.reading.as_of.is_some()
    }

    /// The rows that changed after this revision; `None` where that is not known, or they are too many.
    pub(crate) fn changes_since(&self, revision: u64) -> Option<BTreeSet<UploadId>> {
        self.read().log.since(revision, self.revision())
    }

    /// Counts the changes, from 1 on.
    pub(crate) fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    /// Tells of each change of the revision.
    pub(crate) fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Tells of each time that the ledger was looked through.
    pub(crate) fn passes(&self) -> watch::Receiver<u64> {
        self.passes.subscribe()
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}
