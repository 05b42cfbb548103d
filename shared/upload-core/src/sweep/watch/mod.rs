//! Watches what becomes of published videos: Youku is asked about many at once, after the uploads have had their turn.
//!
//! The open marks state which uploads wait for their video's event, so that no chain is read for a video about which nothing is decided.

mod account;
mod note;

pub(crate) use note::SHARE;
pub use note::Watching;

use super::{due_videos::DueVideo, resume::resume_open};
use crate::{
    Error, RunContext, SweepReport, UploadId, Uploader,
    ledger::{Ledger, OpenMark},
};
use account::AccountWatch;
use std::{collections::BTreeSet, future::Future};

/// Asks Youku about the videos that a sweep found due, delivers the events that are decided and makes public what waited for it, `limit` of
/// them at most and until the run's deadline. The rest stays due, and all events while more uploads are due than the sweep had room for.
///
/// # Errors
/// [`Ledger`](crate::ErrorKind::Ledger) if the store fails; the results of single uploads are part of the report.
pub async fn watch_videos<F, Fut>(
    ledger: &Ledger,
    uploader_of: F,
    report: &mut SweepReport,
    limit: usize,
    run: &RunContext,
) -> Result<(), Error>
where
    F: Fn(UploadId, OpenMark) -> Fut,
    Fut: Future<Output = Result<Uploader, Error>>,
{
    let mut due = std::mem::take(&mut report.due_videos);
    if report.uploads_wait() {
        // What a person set for an hour is not put off by a backlog; it keeps to the same share of the calls.
        report.skip(due.keep_hours());
    }
    if due.len() == 0 {
        return Ok(());
    }
    let now = ledger.times().await?.now;
    let limit = report.calls_made().saturating_add(limit);
    let mut limited_clients = BTreeSet::new();
    for (account, videos) in due.0 {
        let Some(first) = videos.first() else { continue };
        let opened = uploader_of(first.upload.id.clone(), first.mark.clone()).await;
        let watch = match opened {
            Ok(uploader) => AccountWatch::open(uploader, &account, now, limit).await?,
            Err(_) => None,
        };
        match watch {
            Some(watch) => Box::pin(watch.run(videos, &mut limited_clients, report, run)).await?,
            // What keeps the account from being watched is each upload's own error.
            None => {
                for DueVideo { upload, mark, .. } in videos {
                    if report.calls_made() >= limit {
                        break;
                    }
                    let result = Box::pin(resume_open(ledger, &uploader_of, &upload, &mark, run)).await;
                    report.record_result(ledger, &upload, mark, result, now).await?;
                }
            }
        }
    }
    Ok(())
}
