//! The sweep: goes on with what is open and nobody holds.
//!
//! The list of marks tells who is due; nothing more is asked about the others. One mark that cannot be read, one upload whose steps are damaged
//! or that cannot go on, is trouble of its own, and the rest goes on.

use crate::{
    DiscoveryReport, Error, ErrorKind, PublishedVideo, RunContext, UploadError as _, UploadId, Uploader,
    ledger::{Ledger, OpenMark, OpenUpload, Record, is_lacking_means},
};
use std::{
    collections::BTreeSet,
    future::Future,
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// An open mark without steps is deleted after this time: its first holder died before it said what it was about, and the event has
/// come again since.
const STRAY: Duration = Duration::from_secs(3600);
/// Uploads that are listed at once.
const PAGE: usize = 999;

/// What a sweep did.
#[derive(Debug, Default)]
pub struct SweepReport {
    /// Uploads that it went on with, and how that ended.
    pub resumed: Vec<(UploadId, Result<PublishedVideo, Error>)>,
    /// Uploads that had ended, and whose callback was tried.
    pub callbacks_delivered: usize,
    /// Uploads that somebody works on, or that wait for their time.
    pub skipped: u32,
    /// Marks of uploads that were at rest already, or never began.
    pub marks_cleared: u32,
    /// Marks that cannot be read, and what stands among them and is none: each names its key.
    pub errors: Vec<Error>,
    /// It ended before it had looked at every mark; the next one begins behind this.
    pub next: Option<UploadId>,
    /// What was found beside them.
    pub discovered: DiscoveryReport,
    /// Tries that were not to be counted as uploads gone on with, and cost as much.
    tried: usize,
}

impl SweepReport {
    /// How many of the uploads that it may go on with it did.
    #[must_use]
    pub fn calls_made(&self) -> usize {
        self.resumed.len() + self.callbacks_delivered + self.tried
    }
}

/// Goes on with open uploads, one after the other, from behind `after`, with at most `limit` of them and until the run's deadline.
///
/// An account whose calls Youku refuses for now is left alone for the rest of the sweep.
///
/// # Errors
/// [`Ledger`](ErrorKind::Ledger) where the marks cannot be listed, or the store fails; how single uploads end is in the answer.
pub async fn sweep<F, Fut>(
    ledger: &Ledger,
    uploader_of: F,
    after: Option<UploadId>,
    limit: usize,
    run: &RunContext,
) -> Result<SweepReport, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    sweep_with(ledger, uploader_of, &BTreeSet::new(), after, limit, run).await
}

/// The same where the access tokens in use are known by their [keyed hashes](Ledger::token_hash): an upload that waits because Youku
/// refuses another token than these is due.
///
/// # Errors
/// As [`sweep`].
pub async fn sweep_with<F, Fut>(
    ledger: &Ledger,
    uploader_of: F,
    tokens: &BTreeSet<String>,
    after: Option<UploadId>,
    limit: usize,
    run: &RunContext,
) -> Result<SweepReport, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    let mut swept = SweepReport::default();
    let mut refused = BTreeSet::new();
    let mut clock = StoreClock::default();
    let mut after = after;
    loop {
        let page = ledger.open_marks(after.as_ref(), PAGE).await?;
        swept.errors.extend(page.foreign);
        for upload in page.uploads {
            let late = run.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            if swept.calls_made() >= limit || late {
                swept.next = after;
                return Ok(swept);
            }
            after = Some(upload.id.clone());
            let renewed = |token: &String| !tokens.is_empty() && !tokens.contains(token);
            let due = upload.due.is_none()
                || upload.refused_token.as_ref().is_some_and(renewed)
                || upload.is_due(clock.now(ledger).await?);
            if !due {
                swept.skipped += 1;
                continue;
            }
            let mark = match ledger.open_mark(&upload).await {
                Ok(Some(mark)) => mark,
                Ok(None) => continue,
                Err(error) if is_lacking_means(&error) => {
                    swept.errors.push(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if refused.contains(&mark.account) {
                swept.skipped += 1;
                continue;
            }
            let ended = Box::pin(resume_open(ledger, &uploader_of, &upload, &mark, run)).await;
            if let Err(error) | Ok(ResumeResult::Untold(error)) = &ended
                && error.kind() == ErrorKind::RateLimited
            {
                refused.insert(mark.account.clone());
            }
            swept.record_result(ledger, &upload, mark, ended).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(swept);
        }
    }
}

/// The store's clock, asked once where a mark names a time.
#[derive(Default)]
struct StoreClock(Option<(SystemTime, Instant)>);

impl StoreClock {
    async fn now(&mut self, ledger: &Ledger) -> Result<SystemTime, Error> {
        let (time, at) = match self.0 {
            Some(known) => known,
            None => *self.0.insert((ledger.times().await?.now, Instant::now())),
        };
        Ok(time + at.elapsed())
    }
}

/// What came of one mark.
enum ResumeResult {
    Cleared,
    Told,
    /// The callback waits for another sweep.
    Untold(Error),
    /// It cannot go on yet.
    Still(Error),
    Published(PublishedVideo),
}

async fn resume_open<F, Fut>(
    ledger: &Ledger,
    uploader_of: &F,
    upload: &OpenUpload,
    mark: &OpenMark,
    run: &RunContext,
) -> Result<ResumeResult, Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    let id = &upload.id;
    if upload.is_paused() {
        // Before its steps are read, or Youku is asked: what kept it may keep it still.
        let uploader = match uploader_of(id.clone(), mark.clone()).await {
            Err(error) if is_lacking_means(&error) => return Ok(ResumeResult::Still(error)),
            uploader => uploader?,
        };
        if let Err(error) = uploader.ensure_resumable(id, mark, run).await {
            return Ok(ResumeResult::Still(error));
        }
    }
    let record = match ledger.read(id).await {
        Err(error) if is_lacking_means(&error) => return Ok(ResumeResult::Still(error)),
        record => record?,
    };
    if record.as_ref().is_some_and(Record::is_settled) {
        ledger.resume(id).await?;
        return Ok(ResumeResult::Cleared);
    }
    let uploader = match uploader_of(id.clone(), mark.clone()).await {
        Err(error) if is_lacking_means(&error) => return Ok(ResumeResult::Still(error)),
        uploader => uploader?,
    };
    if record.is_some_and(|record| record.state.has_ended()) {
        return Ok(uploader
            .deliver_callback(id, run)
            .await
            .map_or_else(ResumeResult::Untold, |()| ResumeResult::Told));
    }
    uploader.resume(id, run).await.map(ResumeResult::Published)
}

impl SweepReport {
    async fn record_result(
        &mut self,
        ledger: &Ledger,
        upload: &OpenUpload,
        mark: OpenMark,
        ended: Result<ResumeResult, Error>,
    ) -> Result<(), Error> {
        let id = &upload.id;
        match ended {
            Ok(ResumeResult::Cleared) => self.marks_cleared += 1,
            Ok(ResumeResult::Told) => self.callbacks_delivered += 1,
            Ok(ResumeResult::Untold(error)) => {
                self.tried += 1;
                if is_lacking_means(&error) {
                    return self.postpone(ledger, upload, mark, error).await;
                }
                tracing::warn!(?error, upload_id = %id, "the callback waits for the next sweep");
                self.skipped += 1;
            }
            Ok(ResumeResult::Still(error)) => {
                self.tried += 1;
                return self.postpone(ledger, upload, mark, error).await;
            }
            Ok(ResumeResult::Published(published)) => self.resumed.push((id.clone(), Ok(published))),
            Err(error) if is_expected_wait(&error) => self.skipped += 1,
            // No step when it was looked for; there may be one by now.
            Err(error) if error.kind() == ErrorKind::NoSuchUpload => {
                if ledger.read(id).await?.is_none() && ledger.clear_stray(upload, STRAY).await? {
                    self.marks_cleared += 1;
                } else {
                    self.skipped += 1;
                }
            }
            Err(error) => self.resumed.push((id.clone(), Err(error))),
        }
        Ok(())
    }

    /// Leaves an upload that cannot go on alone for a while. The first time it is told as how the upload went, what this worker lacks each
    /// time; else later in the log alone.
    async fn postpone(
        &mut self,
        ledger: &Ledger,
        upload: &OpenUpload,
        mark: OpenMark,
        error: Error,
    ) -> Result<(), Error> {
        let id = &upload.id;
        // What this worker lacks another may have: the mark stays as it is.
        let is_own = upload.is_paused() && error.kind() == ErrorKind::Config;
        if !is_own
            && (upload.is_paused() || is_lacking_means(&error))
            && let Err(unpaused) = ledger.pause_open(upload, mark, &error).await
        {
            // What is wrong with this one is no reason to leave the others.
            if !is_lacking_means(&unpaused) {
                return Err(unpaused);
            }
            self.errors.push(unpaused);
        }
        if upload.is_paused() && !is_own {
            tracing::warn!(?error, upload_id = %id, "the upload still cannot go on");
            self.skipped += 1;
        } else {
            self.tried = self.tried.saturating_sub(1);
            self.resumed.push((id.clone(), Err(error)));
        }
        Ok(())
    }
}

/// Whether the upload was not taken up because it is held, or not due.
fn is_expected_wait(error: &Error) -> bool {
    // Not taken up, or put down again at once: either way it is the settings that must change first.
    if error.kind() == ErrorKind::Reauthorize {
        return true;
    }
    error.not_taken().is_some()
}
