//! Reads the ledger again and again.

use super::{finished::FinishedUploads, open::OpenUploads};
use crate::{rows::Table, watching::Watching};
use app::core::{Error, ErrorKind, ledger::Ledger};
use futures_util::future::BoxFuture;
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until, timeout};

/// From one look at the open uploads to the next.
const PERIOD: Duration = Duration::from_secs(2);
/// The longest pause where the ledger cannot be read.
const LONGEST_PAUSE: Duration = Duration::from_secs(32);
/// After this time without an answer the page is told.
const PATIENCE: Duration = Duration::from_secs(15);
/// Looks at the open uploads for each at the ends.
const LOOKS_PER_HEAD: u64 = 2;

/// Opens the ledger for reading; `None` where it is a folder that is not there yet.
pub(crate) type OpenLedger = Box<dyn Fn() -> BoxFuture<'static, Result<Option<Ledger>, Error>> + Send + Sync>;

/// Reads the ledger into the table.
pub(crate) struct LedgerReader {
    table: Arc<Table>,
    open: OpenUploads,
    finished: FinishedUploads,
    looks: u64,
    /// The ends could not be read the last time.
    ends_failed: bool,
    /// Lists that the last look at the open uploads took: many uploads are looked at less often.
    lists: u32,
}

impl LedgerReader {
    /// Creates the reader of a table.
    pub(crate) fn new(table: Arc<Table>) -> Self {
        Self {
            table,
            open: OpenUploads::default(),
            finished: FinishedUploads::default(),
            looks: 0,
            ends_failed: false,
            lists: 1,
        }
    }

    /// Reads until it is dropped: all that is there once, and then what changes while a page is open.
    pub(crate) async fn run(mut self, open: OpenLedger, watching: Arc<Watching>) {
        let (mut ledger, mut failures) = (None, 0_u32);
        loop {
            let begun = Instant::now();
            let mut result = self.look_aloud(&open, &mut ledger).await;
            watching.note_look();
            if result.is_ok() {
                self.table.note_pass(Ok(()));
                let until = begun + PERIOD * self.lists;
                result = self.read_backlog(&ledger, until).await;
            }
            failures = if result.is_ok() { 0 } else { failures.saturating_add(1) };
            if let Err(error) = result {
                tracing::warn!(?error, "the ledger could not be read for the console");
                self.table.note_pass(Err(error));
            }
            let pause = (PERIOD * self.lists).saturating_mul(2_u32.saturating_pow(failures));
            sleep_until(begun + pause.min(LONGEST_PAUSE)).await;
            if self.finished.is_read() || failures > 0 {
                watching.wait().await;
            }
        }
    }

    /// Looks through the ledger, and tells meanwhile where it does not answer: its calls are retried for minutes.
    async fn look_aloud(&mut self, open: &OpenLedger, ledger: &mut Option<Ledger>) -> Result<(), Error> {
        let table = self.table.clone();
        let mut passes = table.passes();
        passes.mark_unchanged();
        let mut looking = pin!(self.look(open, ledger));
        if let Ok(result) = timeout(PATIENCE, &mut looking).await {
            return result;
        }
        if !passes.has_changed().unwrap_or(false) {
            let why = "the ledger did not answer in time";
            table.note_pass(Err(Error::new(ErrorKind::Deadline, "console", why).retryable()));
        }
        looking.await
    }

    async fn look(&mut self, open: &OpenLedger, ledger: &mut Option<Ledger>) -> Result<(), Error> {
        if ledger.is_none() {
            *ledger = open().await?;
        }
        match ledger {
            Some(ledger) => self.read(ledger).await,
            // A folder that is not there yet: nothing was uploaded.
            None => {
                self.table.note_finished(None, true);
                Ok(())
            }
        }
    }

    /// Looks through the ledger once: the open uploads, and from time to time the latest ends.
    pub(super) async fn read(&mut self, ledger: &Ledger) -> Result<(), Error> {
        let Self { table, open, finished, .. } = self;
        let (gone, lists) = open.list(ledger, table).await?;
        self.lists = lists;
        let is_first = self.looks == 0;
        let mut finished_read = Ok(());
        if is_first {
            finished_read = finished.read_next(ledger, table, open).await;
            // The first list is answered from these.
            table.note_pass(Ok(()));
        }
        for id in &gone {
            open.settle(id, ledger, table).await?;
        }
        open.inspect(ledger, table).await?;
        let is_due = self.looks.is_multiple_of(LOOKS_PER_HEAD) || !gone.is_empty() || self.ends_failed;
        if !is_first && is_due {
            finished_read = finished.read_new(ledger, table, open).await;
        }
        self.looks += 1;
        self.ends_failed = finished_read.is_err();
        // A foreign entry among the ends is told, and hides no open upload.
        finished_read
    }

    /// Reads older ends until all are read, or the open uploads are to be looked at again.
    async fn read_backlog(&mut self, ledger: &Option<Ledger>, until: Instant) -> Result<(), Error> {
        let Some(ledger) = ledger else { return Ok(()) };
        while !self.finished.is_read() && Instant::now() < until {
            self.finished.read_next(ledger, &self.table, &self.open).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
