//! The sweep: resumes the open uploads that nobody holds.
//!
//! The list of marks shows which uploads are due, and [in which order](super::survey); nothing more is read about the others. A mark that
//! cannot be read, or an upload whose steps are damaged or that cannot continue, is an error of its own, and the sweep continues with the
//! rest.

use super::{
    report::SweepReport,
    resume::{ResumeResult, is_limited, resume_open},
    survey::{StoreClock, Survey},
    watch::watch_videos,
};
use crate::{
    Error, ErrorKind, RunContext, UploadId, Uploader,
    ledger::{Ledger, OpenMark, PendingMessage, needs_operator},
};
use std::{collections::BTreeSet, future::Future};
use tokio::time::Instant;

/// Resumes open uploads, one after the other, at most `limit` of them and until the run's deadline: those that wait until Youku takes
/// calls again by when they landed, alternating with the others, in the order of their ids from after `after`.
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
    let (mut limited_accounts, mut asked_clients) = (BTreeSet::new(), BTreeSet::new());
    let mut clock = StoreClock::default();
    let mut survey = Survey::take(ledger, tokens, after, &mut clock).await?;
    report.errors.append(&mut survey.foreign);
    report.skip(survey.skipped);
    while !survey.is_empty() {
        let is_past_deadline = run.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if report.calls_made() >= limit || is_past_deadline {
            break;
        }
        let Some(upload) = survey.pop() else { break };
        let mark = match ledger.open_mark(&upload).await {
            Ok(Some(mark)) => mark,
            Ok(None) => continue,
            Err(error) if needs_operator(&error) => {
                report.errors.push(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        // A message about an upload's outcome takes no call of Youku.
        let takes_calls =
            mark.callback.as_ref().is_none_or(|callback| callback.message == PendingMessage::Event);
        if takes_calls && limited_accounts.contains(&mark.account) {
            // Nor has any other its turn that waits for the same client.
            let left = upload.place.as_ref().map_or(0, |place| survey.leave(&place.client));
            report.skip(left + 1);
            continue;
        }
        if let Some(place) = &upload.place
            && !asked_clients.contains(&place.client)
            && let Some(is_limited) = is_limited(ledger, &uploader_of, &upload, &mark).await?
            && asked_clients.insert(place.client.clone())
            && is_limited
        {
            limited_accounts.insert(mark.account.clone());
            let left = survey.leave(&place.client) + report.due_videos.leave(&mark.account);
            report.skip(left + 1);
            continue;
        }
        let now = clock.now(ledger).await?;
        let Some((upload, mark)) = report.due_videos.take(upload, mark, now) else {
            continue;
        };
        let result = Box::pin(resume_open(ledger, &uploader_of, &upload, &mark, run)).await;
        if let Err(error) | Ok(ResumeResult::FollowUpFailed(error)) = &result
            && error.kind() == ErrorKind::RateLimited
        {
            limited_accounts.insert(mark.account.clone());
            let waiting = upload.place.as_ref().map_or(0, |place| survey.leave(&place.client));
            let videos = report.due_videos.leave(&mark.account);
            report.skip(waiting + videos);
        }
        report.record_result(ledger, &upload, mark, result, now).await?;
    }
    report.leaves_queue = survey.has_queue();
    report.next = survey.into_next();
    Ok(report)
}
