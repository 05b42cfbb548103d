//! How uploads ended: read once, the latest first, and then what is new.

use super::{inspect::is_damage, open::OpenUploads};
use crate::rows::{Row, Table};
use app::{
    ListedUpload,
    core::{
        Error,
        ledger::{FinishedKey, FinishedUpload, Ledger, Timestamp},
    },
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeSet, HashSet, VecDeque};

/// Ends that are read at most: more than a page can show sensibly, in a few MiB.
const MOST: usize = 10_000;
/// Names in one list; both clouds return no more at once.
const PAGE: usize = 1000;
/// Ends that are read between two looks at the open uploads.
const BATCH: usize = 250;
/// Names at the head of the list that are looked through for new ones.
const HEAD: usize = 100;
/// Entries that are read at once.
const READS: usize = 8;

/// The ends that were read.
#[derive(Default)]
pub(super) struct FinishedUploads {
    known: HashSet<FinishedKey>,
    /// Names that were listed and not read yet.
    listed: VecDeque<FinishedKey>,
    after: Option<FinishedKey>,
    /// The last page was listed, or enough.
    is_listed: bool,
    oldest: Option<Timestamp>,
}

impl FinishedUploads {
    /// Whether all has been read.
    pub(super) fn is_read(&self) -> bool {
        self.is_listed && self.listed.is_empty()
    }

    /// Reads the next few.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(super) async fn read_next(
        &mut self,
        ledger: &Ledger,
        table: &Table,
        open: &OpenUploads,
    ) -> Result<(), Error> {
        if self.listed.is_empty() && !self.is_listed {
            let page = ledger.finished_keys(self.after.as_ref(), PAGE).await?;
            self.listed.extend(page.keys.into_iter().filter(|key| !self.known.contains(key)));
            self.is_listed = page.next.is_none() || self.known.len() + self.listed.len() >= MOST;
            self.after = page.next;
        }
        let batch: Vec<_> = self.listed.iter().take(BATCH).cloned().collect();
        let read = read_entries(ledger, &batch).await?;
        self.oldest = read.last().map(|(_, entry)| entry.ended).or(self.oldest);
        self.listed.drain(..batch.len());
        self.show(table, open, batch, read);
        let is_complete = self.is_read() && self.after.is_none();
        table.note_finished(self.oldest, is_complete);
        Ok(())
    }

    /// Reads what is new at the head of the list.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(super) async fn read_new(
        &mut self,
        ledger: &Ledger,
        table: &Table,
        open: &OpenUploads,
    ) -> Result<(), Error> {
        let (mut after, mut new) = (None, Vec::new());
        loop {
            let page = ledger.finished_keys(after.as_ref(), HEAD).await?;
            let listed = page.keys.len();
            new.extend(page.keys.into_iter().filter(|key| !self.known.contains(key)));
            after = page.next;
            // Beyond a name that is known, all are.
            if after.is_none() || new.len() < listed || new.len() >= MOST {
                break;
            }
        }
        let read = read_entries(ledger, &new).await?;
        self.show(table, open, new, read);
        Ok(())
    }

    /// Shows ends: of an upload that ended twice the later one, and none of one that is open again.
    fn show(
        &mut self,
        table: &Table,
        open: &OpenUploads,
        keys: Vec<FinishedKey>,
        read: Vec<(FinishedKey, FinishedUpload)>,
    ) {
        self.known.extend(keys);
        let mut seen = BTreeSet::new();
        let is_latest = |(key, entry): &(FinishedKey, FinishedUpload)| {
            let shown = table.row(key.id());
            seen.insert(key.id().clone())
                && !open.contains(key.id())
                && shown.is_none_or(|row| row.at < entry.ended)
        };
        let rows = read.into_iter().filter(is_latest).map(|(key, entry)| {
            Row::from_listed(ListedUpload::from_finished(key.id().clone(), entry, None), false, false)
        });
        table.apply(rows.collect());
    }
}

/// Reads entries; those that a sweep has deleted since, and damaged ones, are left out.
async fn read_entries(
    ledger: &Ledger,
    keys: &[FinishedKey],
) -> Result<Vec<(FinishedKey, FinishedUpload)>, Error> {
    let reading = stream::iter(keys.to_vec()).map(|key| async move {
        match ledger.finished_upload(&key).await {
            Err(error) if is_damage(&error) => Ok(None),
            read => read.map(|entry| Some((key, entry?))),
        }
    });
    let read = reading.buffered(READS);
    read.try_filter_map(|one| std::future::ready(Ok(one))).try_collect().await
}
