//! Watches what becomes of published videos: Youku is asked about many at once, after the uploads have had their turn.
//!
//! The open marks state which uploads wait for their video's event, so that no chain is read for a video about which nothing is decided.

mod account;
mod note;

pub use note::Watching;

use super::resume::resume_open;
use crate::{
    Error, RunContext, SweepReport, UploadId, Uploader,
    ledger::{Ledger, OpenMark, OpenUpload, PendingMessage},
};
use account::AccountWatch;
use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    time::SystemTime,
};

/// The part of Youku's calls that watching may take: a tenth.
pub(crate) const SHARE: u32 = 10;

/// The uploads whose video's event is due, by account.
#[derive(Debug, Default)]
pub struct DueVideos(BTreeMap<String, Vec<DueVideo>>);

/// An upload whose video's event is due.
#[derive(Debug)]
struct DueVideo {
    upload: OpenUpload,
    mark: OpenMark,
    video_id: String,
    /// When the upload ended, by the store's clock.
    ended: SystemTime,
}

impl DueVideos {
    /// Takes an upload for which its video's event is due and nothing else; gives any other back.
    pub(super) fn take(
        &mut self,
        upload: OpenUpload,
        mark: OpenMark,
        now: SystemTime,
    ) -> Option<(OpenUpload, OpenMark)> {
        let is_hour_due = mark.publication.as_ref().is_some_and(|publication| publication.at.get() <= now);
        let event = mark.callback.as_ref().filter(|callback| callback.message == PendingMessage::Event);
        let video = event.and_then(|callback| Some((callback.video_id.clone()?, callback.ended.get())));
        let Some((video_id, ended)) =
            video.filter(|_| !is_hour_due && !upload.is_paused() && mark.paused.is_none())
        else {
            return Some((upload, mark));
        };
        let due = DueVideo { upload, video_id, ended, mark };
        self.0.entry(due.mark.account.clone()).or_default().push(due);
        None
    }

    /// Leaves an account's videos to a later sweep; returns how many there were.
    pub(super) fn leave(&mut self, account: &str) -> usize {
        self.0.remove(account).map_or(0, |videos| videos.len())
    }

    fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

/// Asks Youku about the videos that a sweep found due, and delivers the events that are decided, `limit` of them at most and until the
/// run's deadline. The rest stays due, and all of them while more uploads are due than the sweep had room for.
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
    let due = std::mem::take(&mut report.due_videos);
    if due.len() == 0 || report.uploads_wait() {
        report.skip(due.len());
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
                    report.record_result(ledger, &upload, mark, result).await?;
                }
            }
        }
    }
    Ok(())
}
