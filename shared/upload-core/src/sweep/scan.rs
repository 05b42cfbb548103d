//! One run's share of one rule's pass.

mod examination;
mod selection;
mod upload;

use super::{
    cursor::RequestedScan,
    discovery::{Discovery, DiscoveryReport, ScanError, StopReason, run_until_deadline},
    round::RuleScan,
};
use crate::{
    Error, Location, RunContext, SourceEntry, SourcePage, Uploader, ledger::StoreTimes, retry::RetryBudget,
};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// The longest that a run examines objects without saving how far it came: what a run that is killed leaves to be examined again.
const SAVE_INTERVAL: Duration = Duration::from_secs(5);

/// One run's share of one rule's pass.
pub(super) struct Scan<'p, 'a, F> {
    discovery: &'p Discovery<'a>,
    uploader_of: &'p F,
    run: &'p RunContext,
    times: StoreTimes,
    rule_scan: &'p mut RuleScan<'a>,
    report: &'p mut DiscoveryReport,
    /// Older objects are skipped.
    from: SystemTime,
    /// The key after which the pass continues.
    after: Option<String>,
    /// Failures of the source in a row.
    failures: u32,
    /// When the cursor was last saved, or the run began.
    saved: Instant,
    /// Whether the current object was recorded as one that cannot be handled.
    is_failure_recorded: bool,
}

/// What follows an object.
enum NextAction {
    /// Continue with the next object.
    NextObject,
    /// Continue with the next rule; this object is handled.
    NextRule,
    /// Continue with the next rule; this rule's next run begins with this object.
    RetryRule,
    /// End the run; this object is not handled.
    Stop(StopReason),
}

impl<'p, 'a, F> Scan<'p, 'a, F>
where
    F: Fn(&str) -> Result<Uploader, Error>,
{
    pub(super) fn new(
        discovery: &'p Discovery<'a>,
        uploader_of: &'p F,
        run: &'p RunContext,
        times: StoreTimes,
        rule_scan: &'p mut RuleScan<'a>,
        report: &'p mut DiscoveryReport,
    ) -> Self {
        let cursor = &mut rule_scan.cursor;
        let (from, after) = match discovery.bounds.since {
            None => {
                cursor.begin(times.now);
                (times.birth.max(cursor.from.get()), cursor.after.clone())
            }
            Some(since) => {
                let since = since.resolve(times.now);
                let requested =
                    cursor.requested.as_ref().filter(|scan| scan.is_same_request(since, times.now));
                (since, requested.map(|scan| scan.after.clone()))
            }
        };
        Self {
            discovery,
            uploader_of,
            run,
            times,
            rule_scan,
            report,
            from,
            after,
            failures: 0,
            saved: Instant::now(),
            is_failure_recorded: false,
        }
    }

    /// Continues the pass until it is complete, or something stops it. Returns the reason if that ends the whole
    /// run.
    ///
    /// # Errors
    /// If the ledger cannot save the cursor.
    pub(super) async fn run(mut self) -> Result<Option<StopReason>, Error> {
        loop {
            if let Some(stopped) = self.reached_bound() {
                self.save().await?;
                return Ok(Some(stopped));
            }
            let page = match run_until_deadline(self.run, self.fetch_page()).await {
                None => return Ok(Some(StopReason::Deadline)),
                Some(Ok(page)) => page,
                Some(Err(error)) => {
                    self.record_error(self.rule_scan.location.clone(), error);
                    return Ok(None);
                }
            };
            for entry in page.entries {
                match self.process_entry(&entry).await {
                    NextAction::NextObject => {
                        self.after = Some(entry.key);
                        // Runs that never live for a whole page get through it nevertheless.
                        if self.saved.elapsed() >= SAVE_INTERVAL {
                            self.save().await?;
                        }
                    }
                    NextAction::NextRule => {
                        self.after = Some(entry.key);
                        self.save().await?;
                        return Ok(None);
                    }
                    NextAction::RetryRule => {
                        self.save().await?;
                        return Ok(None);
                    }
                    NextAction::Stop(stopped) => {
                        self.save().await?;
                        return Ok(Some(stopped));
                    }
                }
            }
            self.after = page.next;
            if self.after.is_none() {
                self.complete();
            }
            self.save().await?;
            if self.after.is_none() {
                return Ok(None);
            }
        }
    }

    async fn fetch_page(&mut self) -> Result<SourcePage, Error> {
        self.report.requests += 1;
        let (source, location) = (self.discovery.source, &self.rule_scan.location);
        let list = || source.list(location, self.after.as_deref());
        RetryBudget::new(self.discovery.intake.retry).retry(list).await
    }

    async fn process_entry(&mut self, entry: &SourceEntry) -> NextAction {
        if !self.is_wanted(entry) {
            return NextAction::NextObject;
        }
        if let Some(stopped) = self.reached_bound() {
            return NextAction::Stop(stopped);
        }
        let next = self.examine(entry).await;
        if !std::mem::take(&mut self.is_failure_recorded) && !matches!(next, NextAction::Stop(_)) {
            self.rule_scan.cursor.failed_objects.forget(&entry.key);
        }
        next
    }

    fn record_error(&mut self, location: Location, error: Error) {
        self.report.errors.push(ScanError { location: Some(location), error });
    }

    fn reached_bound(&self) -> Option<StopReason> {
        if self.run.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            Some(StopReason::Deadline)
        } else if self.report.requests >= self.discovery.bounds.requests {
            Some(StopReason::Requests)
        } else if self.uploads() >= self.discovery.bounds.uploads {
            Some(StopReason::Uploads)
        } else {
            None
        }
    }

    /// How many uploads the run has started, or would have.
    fn uploads(&self) -> usize {
        self.report.uploads.len() + self.report.planned.len()
    }

    fn complete(&mut self) {
        if self.discovery.bounds.since.is_some() {
            return;
        }
        self.rule_scan.cursor.complete();
    }

    async fn save(&mut self) -> Result<(), Error> {
        self.saved = Instant::now();
        if self.discovery.is_dry {
            return Ok(());
        }
        let (cursor, after) = (&mut self.rule_scan.cursor, self.after.clone());
        match self.discovery.bounds.since {
            None => cursor.after = after,
            Some(_) => {
                let (since, at) = (self.from.into(), self.times.now.into());
                cursor.requested = after.map(|after| RequestedScan { since, at, after });
            }
        }
        self.discovery.ledger.set_note(&self.rule_scan.name, cursor).await
    }
}
