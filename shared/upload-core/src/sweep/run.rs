//! The sweep: resumes the open uploads that nobody holds.
//!
//! The list of marks shows which uploads are due; nothing more is read about the others. A mark that cannot be read, or an
//! upload whose steps are damaged or that cannot continue, is an error of its own, and the sweep continues with the rest.

use super::{
    report::SweepReport,
    resume::{ResumeResult, resume_open},
    watch::watch_videos,
};
use crate::{
    Error, ErrorKind, RunContext, UploadId, Uploader,
    ledger::{Ledger, OpenMark, needs_operator},
};
use std::{collections::BTreeSet, future::Future, time::SystemTime};
use tokio::time::Instant;

/// Uploads in one list.
const PAGE: usize = 999;

/// Resumes open uploads, one after the other, from after `after`, at most `limit` of them and until the run's
/// deadline.
///
/// An account whose calls Youku refuses for now is skipped for the rest of the sweep. At its end it [asks](watch_videos) about the videos
/// whose event is due.
///
/// # Errors
/// [`Ledger`](ErrorKind::Ledger) if the marks cannot be listed, or the store fails; the results of single
/// uploads are part of the report.
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
    let mut report = sweep_with(ledger, &uploader_of, &BTreeSet::new(), after, limit, run).await?;
    let limit = limit.saturating_sub(report.calls_made());
    watch_videos(ledger, &uploader_of, &mut report, limit, run).await?;
    Ok(report)
}

/// Sweeps as [`sweep`], and knows the access tokens in use by their [keyed hashes](Ledger::token_hash): an
/// upload that waits because Youku refuses a token other than these is due. Leaves videos whose event is due to [`watch_videos`], so that
/// new uploads can have their turn before.
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
    let mut report = SweepReport::default();
    let mut limited_accounts = BTreeSet::new();
    let mut clock = StoreClock::default();
    let mut after = after;
    loop {
        let page = ledger.open_marks(after.as_ref(), PAGE).await?;
        report.errors.extend(page.foreign);
        for upload in page.uploads {
            let is_past_deadline = run.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            if report.calls_made() >= limit || is_past_deadline {
                report.next = after;
                return Ok(report);
            }
            after = Some(upload.id.clone());
            let is_replaced = |token: &String| !tokens.is_empty() && !tokens.contains(token);
            let is_due = upload.due.is_none()
                || upload.refused_token.as_ref().is_some_and(is_replaced)
                || upload.is_due(clock.now(ledger).await?);
            if !is_due {
                report.skipped += 1;
                continue;
            }
            let mark = match ledger.open_mark(&upload).await {
                Ok(Some(mark)) => mark,
                Ok(None) => continue,
                Err(error) if needs_operator(&error) => {
                    report.errors.push(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if limited_accounts.contains(&mark.account) {
                report.skipped += 1;
                continue;
            }
            let Some((upload, mark)) = report.due_videos.take(upload, mark, clock.now(ledger).await?) else {
                continue;
            };
            let result = Box::pin(resume_open(ledger, &uploader_of, &upload, &mark, run)).await;
            if let Err(error) | Ok(ResumeResult::FollowUpFailed(error)) = &result
                && error.kind() == ErrorKind::RateLimited
            {
                limited_accounts.insert(mark.account.clone());
                let left = report.due_videos.leave(&mark.account);
                report.skip(left);
            }
            report.record_result(ledger, &upload, mark, result).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(report);
        }
    }
}

/// The store's clock, read once if a mark names a time.
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
