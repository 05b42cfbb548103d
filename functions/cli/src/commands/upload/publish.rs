//! Uploads one video, and waits where another holder works on it.

use super::{
    batch::{Batch, FRAME},
    prepare::Prepared,
    video_source::VideoSource,
    wait::wait_until_playable,
};
use crate::{
    error::{CliError, Stopped},
    ui::{
        messages::upload::{
            describe_held_elsewhere, describe_playable, describe_published, describe_title_cut,
            describe_unknown_state, describe_unknown_video,
        },
        reporter::{Snapshot, Tracker},
    },
};
use app::core::{
    Error, ErrorKind, PublishedVideo, RetryAdvice, RunContext, UploadId, VideoState, ledger::Reopening,
};
use serde_json::json;
use std::{pin::Pin, time::Duration};
use tokio::time::{sleep, timeout};

/// Time that an upload has after a signal to postpone itself.
const GRACE: Duration = Duration::from_secs(10);
/// A holder that has just died is replaced this long after its lease ends.
const AFTER_LEASE: Duration = Duration::from_millis(300);
/// Pause where the lease of another holder is unknown.
const UNKNOWN_LEASE: Duration = Duration::from_secs(1);

impl Batch<'_> {
    /// Uploads the `number`th video (1 = first) and reports it.
    pub(super) async fn publish(&self, number: usize, video: &VideoSource) -> Result<(), CliError> {
        let source = video.to_string();
        let mut tracker = self.reporter.track(source.clone());
        let prepared = self.prepare(number, video, &mut tracker).await?;
        let request = &prepared.request;
        let id = UploadId::new(&request.object, &request.job);
        let published = self.upload_until_done(&prepared, &id, &mut tracker).await;
        let mut published = published.map_err(|error| error.with_upload_id(&id))?;
        // The ledger has the finished title alone.
        let cut = self.is_template_cut(number, request).then(describe_title_cut);
        let warnings = [published.warning, cut].into_iter().flatten();
        published.warning = warnings.reduce(|all, one| format!("{all}; {one}"));
        drop(tracker);
        let PublishedVideo { upload_id, video_id, size, md5, audience, warning } = &published;
        self.reporter.print_event(
            json!({"event": "published", "source": source, "upload_id": upload_id.as_str(),
            "video_id": video_id, "link": published.link(), "size": size, "md5": md5.to_string(),
            "public_type": audience.public_type, "public_type_from": audience.from, "warning": warning}),
        );
        self.reporter.print_text(describe_published(&source, &published));
        if self.args.wait {
            self.wait_for_video(&request.job.account, &published).await?;
        }
        Ok(())
    }

    /// Uploads, and starts again as long as another holder works on the upload.
    async fn upload_until_done(
        &self,
        Prepared { request, video, uploader }: &Prepared,
        id: &UploadId,
        tracker: &mut Tracker<'_>,
    ) -> Result<PublishedVideo, CliError> {
        let mut announced = false;
        loop {
            let has_failed = self.args.retry
                && self.app.upload_details(id).await?.is_some_and(|details| details.has_failed());
            let run = RunContext::default();
            let mut uploading: Pin<Box<dyn Future<Output = _>>> = if has_failed {
                Box::pin(uploader.retry(id, Reopening::default(), &run))
            } else {
                Box::pin(uploader.upload_video(request, video.clone(), &run))
            };
            let ended = tokio::select! {
                ended = report_progress(&mut uploading, &run, tracker) => ended,
                () = self.wait_for_grace() => return Err(Stopped.into()),
            };
            drop(uploading);
            let lease = match ended {
                Err(error) if matches!(error.kind(), ErrorKind::InProgress | ErrorKind::Superseded) => {
                    match error.advice() {
                        RetryAdvice::Retry { retry_after: Some(lease) } => lease,
                        _ => UNKNOWN_LEASE,
                    }
                }
                ended => return Ok(ended?),
            };
            if !std::mem::replace(&mut announced, true) {
                self.reporter.print_note(describe_held_elsewhere(id));
            }
            let waiting = async {
                sleep(lease + AFTER_LEASE).await;
                Ok::<_, CliError>(())
            };
            self.shutdown.guard(waiting).await?;
        }
    }

    /// Waits until the grace after a signal is over.
    async fn wait_for_grace(&self) {
        self.shutdown.wait().await;
        sleep(GRACE).await;
    }

    /// Waits until the video can be watched.
    async fn wait_for_video(&self, account: &str, published: &PublishedVideo) -> Result<(), CliError> {
        let Some(video_id) = &published.video_id else {
            self.reporter.print_note(describe_unknown_video());
            return Ok(());
        };
        let query = async || {
            let state = self.app.video_state(account, video_id, &self.ledger).await;
            // One missing answer decides nothing.
            let note = |error: &Error| self.reporter.print_note(describe_unknown_state(error));
            state.inspect_err(note).unwrap_or_default()
        };
        let state = self.shutdown.guard(wait_until_playable(query)).await;
        let state = state
            .map_err(|error| error.with_context("video", video_id).with_upload_id(&published.upload_id))?;
        self.reporter.print_event(json!({"event": "playable", "video_id": video_id,
            "limited": (state == VideoState::Limited).then_some(true)}));
        self.reporter.print_text(describe_playable(video_id, state));
        Ok(())
    }
}

/// Drives an upload and reports its progress.
async fn report_progress(
    mut uploading: impl Future<Output = Result<PublishedVideo, Error>> + Unpin,
    run: &RunContext,
    tracker: &mut Tracker<'_>,
) -> Result<PublishedVideo, Error> {
    let progress = &run.progress;
    loop {
        let ended = timeout(FRAME, &mut uploading).await;
        if progress.bytes_total() > 0 {
            tracker.update(Snapshot {
                stage: progress.stage(),
                read: progress.bytes_read(),
                accepted: progress.bytes_accepted(),
                total: progress.bytes_total(),
            });
        }
        if let Ok(ended) = ended {
            return ended;
        }
    }
}
