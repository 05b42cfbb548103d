//! The open uploads: what is left to do, by their marks.

use super::{
    inspect::{Inspection, inspect, is_damage},
    rate::RateMeter,
};
use crate::rows::{Activity, Row, RowState, Table};
use app::{
    ListedUpload,
    core::{
        Error, UploadId,
        ledger::{Ledger, OpenMark, OpenUpload, Record},
    },
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, VecDeque};

/// Marks in one list; both clouds return no more at once.
const PAGE: usize = 1000;
/// Entries that are read at once.
const READS: usize = 8;
/// Rows that are shown before more are read.
const BATCH: usize = 32;
/// Uploads in progress that are read again each time.
const MOST_LIVE: usize = 8;
/// Uploads that are read again each time whose holder has fallen silent: a process that was killed leaves its lease, one that was suspended
/// works on.
const MOST_SILENT: usize = 1;

/// The open uploads.
#[derive(Default)]
pub(super) struct OpenUploads {
    known: BTreeMap<UploadId, Known>,
    /// Those with a holder, the ones that were read longest ago first.
    held: VecDeque<UploadId>,
}

/// What was read of one open upload.
struct Known {
    marked: OpenUpload,
    mark: Option<OpenMark>,
    /// Its marks have changed since it was read.
    is_stale: bool,
    /// Its record, while it has a holder.
    record: Option<Record>,
    is_live: bool,
    rate: RateMeter,
}

impl OpenUploads {
    /// Whether an upload is open.
    pub(super) fn contains(&self, id: &UploadId) -> bool {
        self.known.contains_key(id)
    }

    /// Lists the marks, reads those that changed, and shows uploads that are new by what they say. Returns the uploads that have no mark any
    /// more, and how many lists it took.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(super) async fn list(
        &mut self,
        ledger: &Ledger,
        table: &Table,
    ) -> Result<(Vec<UploadId>, u32), Error> {
        let (mut marked, mut after, mut lists) = (BTreeMap::new(), None, 0);
        loop {
            let page = ledger.open_marks(after.as_ref(), PAGE).await?;
            lists += 1;
            marked.extend(page.uploads.into_iter().map(|upload| (upload.id.clone(), upload)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let gone = self.known.keys().filter(|id| !marked.contains_key(*id)).cloned().collect();
        let has_changed =
            |marked: &OpenUpload| self.known.get(&marked.id).is_none_or(|known| known.marked != *marked);
        let changed: Vec<_> = marked.into_values().filter(has_changed).collect();
        let mut reading = stream::iter(changed).map(|marked| read_mark(ledger, marked)).buffered(READS);
        let mut rows = Vec::new();
        while let Some((marked, mark)) = reading.try_next().await? {
            let id = marked.id.clone();
            if let (Some(mark), None) = (&mark, self.known.get(&id)) {
                rows.push(row_from_mark(marked.clone(), mark.clone(), false));
            }
            let known = self.known.entry(id).or_insert_with(|| Known::new(marked.clone()));
            (known.marked, known.mark, known.is_stale) = (marked, mark, true);
        }
        table.apply(rows);
        Ok((gone, lists))
    }

    /// Reads the uploads whose marks changed, and of those in progress some: the longest unread.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(super) async fn inspect(&mut self, ledger: &Ledger, table: &Table) -> Result<(), Error> {
        let stale = self.known.iter().filter(|(_, known)| known.is_stale);
        let mut targets: Vec<UploadId> = stale.map(|(id, _)| id.clone()).collect();
        targets.extend(self.choose_held());
        for batch in targets.chunks(BATCH) {
            let inspections = stream::iter(batch.to_vec()).map(|id| {
                let record = self.known.get(&id).and_then(|known| known.record.clone());
                async move { inspect(ledger, &id, record).await.map(|found| (id, found)) }
            });
            let found: Vec<_> = inspections.buffered(READS).try_collect().await?;
            let rows = found.into_iter().filter_map(|(id, found)| self.note(&id, found));
            let rows = rows.collect();
            table.apply(rows);
        }
        Ok(())
    }

    /// Forgets an upload that has no mark any more, and shows how it ended.
    ///
    /// # Errors
    /// Where the ledger cannot be read.
    pub(super) async fn settle(
        &mut self,
        id: &UploadId,
        ledger: &Ledger,
        table: &Table,
    ) -> Result<(), Error> {
        match ledger.read(id).await {
            Ok(Some(record)) => {
                let activity =
                    Activity { moved: record.moved_bytes(&Default::default()), ..Activity::default() };
                table.apply(vec![Row::from_record(&record, activity)]);
            }
            Ok(None) => table.remove(id),
            // The list of ends shows it.
            Err(error) if is_damage(&error) => {}
            Err(error) => return Err(error),
        }
        self.known.remove(id);
        self.held.retain(|held| held != id);
        Ok(())
    }

    /// The uploads with a holder that are to be read now; they go to the end of the queue.
    fn choose_held(&mut self) -> Vec<UploadId> {
        let (mut live, mut silent) = (MOST_LIVE, MOST_SILENT);
        let mut chosen = Vec::new();
        self.held.retain(|id| {
            let Some(known) = self.known.get(id) else { return false };
            let left = if known.is_live { &mut live } else { &mut silent };
            if *left == 0 || known.is_stale {
                return true;
            }
            *left -= 1;
            chosen.push(id.clone());
            false
        });
        self.held.extend(chosen.iter().cloned());
        chosen
    }

    /// Notes what was found of an upload, and returns its row.
    fn note(&mut self, id: &UploadId, found: Inspection) -> Option<Row> {
        let known = self.known.get_mut(id)?;
        let Inspection { lease, record, damage } = found;
        (known.is_stale, known.is_live) = (false, lease.is_live());
        match (lease.holder.is_some(), self.held.contains(id)) {
            (true, false) => self.held.push_back(id.clone()),
            (false, true) => self.held.retain(|held| held != id),
            _ => {}
        }
        let is_held = known.is_live;
        let Some(record) = record else {
            let row = row_from_mark(known.marked.clone(), known.mark.clone()?, is_held);
            return Some(match damage {
                None => row,
                Some(error) => {
                    Row { state: RowState::NeedsYou, error: Some(error.kind().code().into()), ..row }
                }
            });
        };
        let moved = record.moved_bytes(&lease.parts);
        let paused = known.mark.as_ref().and_then(|mark| mark.paused.clone());
        let listed = known.mark.clone().map(|mark| ListedUpload::from_mark(known.marked.clone(), mark));
        let activity = Activity {
            is_held,
            moved,
            rate: known.rate.note(moved),
            marked: Some(known.marked.marked.into()),
            due: known.marked.due.map(Into::into),
            paused,
            callback: listed.and_then(|listed| listed.callback),
        };
        let row = Row::from_record(&record, activity);
        known.record = lease.holder.is_some().then_some(record);
        Some(row)
    }
}

impl Known {
    fn new(marked: OpenUpload) -> Self {
        Self { marked, mark: None, is_stale: true, record: None, is_live: false, rate: RateMeter::default() }
    }
}

/// Reads a mark; a damaged one says nothing.
async fn read_mark(ledger: &Ledger, marked: OpenUpload) -> Result<(OpenUpload, Option<OpenMark>), Error> {
    match ledger.open_mark(&marked).await {
        Err(error) if is_damage(&error) => Ok((marked, None)),
        read => read.map(|mark| (marked, mark)),
    }
}

fn row_from_mark(marked: OpenUpload, mark: OpenMark, is_held: bool) -> Row {
    let is_carried = mark.location.is_carried();
    Row::from_listed(ListedUpload::from_mark(marked, mark), is_held, is_carried && !is_held)
}
