//! Polls the function for the rows.

use super::{
    client::Function,
    listed::{FunctionUpload, is_carried},
};
use crate::{
    rows::{Row, Table, Word},
    watching::Watching,
};
use app::core::{
    Error, UploadId,
    ledger::{Timestamp, WaitReason},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::time::sleep;

/// From one look to the next: each costs the function a list of its ledger.
const PERIOD: Duration = Duration::from_secs(10);
/// Uploads of a page; the most that the API gives.
const PAGE: usize = 100;
/// Ends that are read when the console starts.
const MOST_FINISHED: usize = 1000;
/// Ends at the head of the list that are looked through for new ones.
const HEAD: usize = 20;
/// Open uploads whose status is read each time: the function reads a chain for each.
const MOST_STATUSES: usize = 50;
/// Statuses that are read at once.
const READS: usize = 4;

/// A page of `GET /uploads`.
#[derive(Deserialize)]
struct Page {
    uploads: Vec<FunctionUpload>,
    next: Option<String>,
}

/// What a row needs of `GET /uploads/{id}`.
#[derive(Deserialize)]
struct Status {
    state: String,
    size: Option<u64>,
    holder: Option<HolderStatus>,
    waiting: Option<WaitingStatus>,
    #[serde(default)]
    steps: Vec<StepStatus>,
}

#[derive(Deserialize)]
struct HolderStatus {
    live: bool,
}

#[derive(Deserialize)]
struct WaitingStatus {
    reason: Word<WaitReason>,
    not_before: Option<Timestamp>,
}

#[derive(Deserialize)]
struct StepStatus {
    step: String,
    at: Timestamp,
}

/// Reads the function into the table.
pub(crate) struct FunctionReader {
    function: Arc<Function>,
    table: Arc<Table>,
    open: BTreeMap<UploadId, FunctionUpload>,
    /// The ends that were read.
    known: BTreeSet<(UploadId, Timestamp)>,
}

impl FunctionReader {
    /// Creates the reader of a table.
    pub(crate) fn new(function: Arc<Function>, table: Arc<Table>) -> Self {
        Self { function, table, open: BTreeMap::new(), known: BTreeSet::new() }
    }

    /// Polls until it is dropped, while a page is open.
    pub(crate) async fn run(mut self, watching: Arc<Watching>) {
        loop {
            let result = self.look().await;
            if let Err(error) = &result {
                tracing::warn!(?error, "the function could not be read for the console");
            }
            watching.note_look();
            self.table.note_pass(result);
            sleep(PERIOD).await;
            watching.wait().await;
        }
    }

    /// Polls the function once.
    pub(crate) async fn look(&mut self) -> Result<(), Error> {
        let listed = self.list("open", usize::MAX, PAGE, |_| false).await?.0;
        let open: BTreeMap<_, _> =
            listed.into_iter().map(|one| (one.listed.upload_id.clone(), one)).collect();
        let gone: Vec<UploadId> = self.open.keys().filter(|id| !open.contains_key(*id)).cloned().collect();
        self.open = open;
        self.read_finished().await?;
        // An end of an upload that was never begun is in no list.
        let vanished = gone.iter().filter(|id| !self.known.iter().any(|(known, _)| known == *id));
        vanished.for_each(|id| self.table.remove(id));
        self.read_open().await
    }

    /// Reads the statuses of open uploads; beyond the first, a row says what the list says.
    async fn read_open(&self) -> Result<(), Error> {
        let mut open: Vec<_> = self.open.values().cloned().collect();
        // Those of which nothing was heard for longest.
        open.sort_by_key(|one| one.listed.at);
        let rest = open.split_off(open.len().min(MOST_STATUSES));
        let chosen = open;
        let reading = stream::iter(chosen).map(|listed| async move {
            let status =
                self.function.get::<Status>(&format!("/uploads/{}", listed.listed.upload_id)).await?;
            Ok::<_, Error>(build_row(listed, status))
        });
        let mut rows: Vec<_> = reading.buffered(READS).try_collect().await?;
        rows.extend(rest.into_iter().map(|listed| build_row(listed, None)));
        self.table.apply(rows);
        Ok(())
    }

    async fn read_finished(&mut self) -> Result<(), Error> {
        let is_first = self.known.is_empty();
        let (most, page) = if is_first { (MOST_FINISHED, PAGE) } else { (MOST_FINISHED, HEAD) };
        let is_known = |one: &FunctionUpload| self.known.contains(&one.end());
        let (ended, is_whole) = self.list("finished", most, page, is_known).await?;
        if is_first {
            self.table.note_finished(ended.last().map(|one| one.listed.at), is_whole);
        }
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        for one in ended {
            let (id, at) = one.end();
            let is_latest = seen.insert(id.clone());
            let is_new = self.known.insert((id.clone(), at));
            if is_latest && is_new && !self.open.contains_key(&id) {
                rows.push(one.into_row(false));
            }
        }
        self.table.apply(rows);
        Ok(())
    }

    /// Lists uploads page by page, until `is_enough` holds for one of them or there are `most`, and whether these are all.
    async fn list(
        &self,
        state: &str,
        most: usize,
        page: usize,
        is_enough: impl Fn(&FunctionUpload) -> bool,
    ) -> Result<(Vec<FunctionUpload>, bool), Error> {
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let after_field = after.map(|after| format!("&after={after}")).unwrap_or_default();
            let path = format!("/uploads?state={state}&limit={page}{after_field}");
            let Some(Page { uploads, next }) = self.function.get(&path).await? else {
                return Ok((all, true));
            };
            let has_enough = uploads.iter().any(&is_enough);
            all.extend(uploads);
            after = next;
            if after.is_none() || has_enough || all.len() >= most {
                return Ok((all, after.is_none()));
            }
        }
    }
}

/// The row of an upload, by the list and, where it was read, its status.
fn build_row(listed: FunctionUpload, status: Option<Status>) -> Row {
    let Some(status) = status else { return listed.into_row(false) };
    let is_held = status.holder.is_some_and(|holder| holder.live);
    let reason = status.waiting.as_ref().map(|waiting| waiting.reason.clone());
    let until = status.waiting.and_then(|waiting| waiting.not_before);
    let (begun, reopened) =
        (status.steps.first(), status.steps.iter().rev().find(|step| step.step == "reopened"));
    let (begun, opened) = (begun.map(|step| step.at), reopened.or(begun).map(|step| step.at));
    let is_carried = is_carried(&listed.listed.object);
    let row = listed.into_row(is_held).with_status(&status.state, is_held, is_carried, reason);
    Row { size: status.size.or(row.size), begun, opened, not_before: until.or(row.not_before), ..row }
}

/// The row of an upload that no list named, such as one that ended long ago, by its status alone.
pub(super) fn row_from_status(id: &UploadId, status: &Value) -> Row {
    let listed = FunctionUpload::from_status(id, status);
    let read = Status::deserialize(status).ok().filter(|_| listed.is_open());
    build_row(listed, read)
}
