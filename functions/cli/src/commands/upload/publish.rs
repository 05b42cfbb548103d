//! Uploads one video, and waits where another holder works on it.

use super::{
    batch::Batch, prepare::Prepared, totals::Outcome, video_source::VideoSource, wait::wait_until_playable,
};
use crate::{
    commands::undelivered,
    error::{CliError, Stopped},
    ui::{
        messages::upload::{
            describe_begun_otherwise, describe_held_elsewhere, describe_playable, describe_published,
            describe_published_before, describe_title_cut, describe_unknown_state, describe_unknown_video,
            describe_wait_stopped, describe_waiting,
        },
        messages::waiting::Wait,
        reporter::Reporter,
        tracker::{Snapshot, Tracker},
        wait_line::{FRAME, retrying},
    },
};
use app::{
    UploadDetails,
    core::{
        Error, ErrorKind, Preflight, PublishedVideo, RetryAdvice, RetryWatch, RunContext, Stage, UploadId,
        VideoState, ledger::Reopening,
    },
};
use serde_json::json;
use std::{
    cell::Cell,
    pin::{Pin, pin},
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

/// Time that an upload has after a signal to postpone itself. Whatever it still waits for then, its lease runs out by itself.
const GRACE: Duration = Duration::from_millis(1700);
/// A holder that has just died is replaced this long after its lease ends.
const AFTER_LEASE: Duration = Duration::from_millis(300);
/// Pause where the lease of another holder is unknown.
const UNKNOWN_LEASE: Duration = Duration::from_secs(1);

impl Batch<'_> {
    /// Uploads the `number`th video (1 = first) and reports it. `outcome` says what became of it, also where waiting for it failed.
    pub(super) async fn publish(
        &self,
        number: usize,
        video: &VideoSource,
        outcome: &mut Outcome,
    ) -> Result<(), CliError> {
        let source = video.to_string();
        let mut tracker = Tracker::new(self.reporter, source.clone());
        let prepared = self.prepare(number, video, &mut tracker).await?;
        let request = &prepared.request;
        let id = UploadId::new(&request.object, &request.job);
        self.reporter.note_prepared(&id);
        let published = self.upload_until_done(&prepared, &id, &mut tracker).await;
        let details = self.read_ended(&id, request.callback.is_some(), &published).await;
        let undelivered = details.as_ref().and_then(undelivered::describe);
        let before = details.as_ref().and_then(|details| details.record.end()).map(|end| end.at);
        let (mut published, by_this_run) = match published {
            Ok(published) => published,
            Err(error) => {
                self.report_undelivered(undelivered);
                return Err(error.with_upload_id(&id));
            }
        };
        // A run that found the video only had its callback left to deliver.
        let is_earlier = |details: &UploadDetails| {
            details.record.end().is_some_and(|end| end.epoch < details.record.epoch)
        };
        let by_this_run = by_this_run && !details.as_ref().is_some_and(is_earlier);
        *outcome = match by_this_run {
            true => Outcome::Published { bytes: published.size },
            false => Outcome::Already,
        };
        let before = before.filter(|_| !by_this_run);
        // The ledger has the finished title alone.
        let cut = self.is_template_cut(number, request).then(describe_title_cut);
        let warnings = [published.warning, cut].into_iter().flatten();
        published.warning = warnings.reduce(|all, one| format!("{all}; {one}"));
        drop(tracker);
        let PublishedVideo { upload_id, video_id, size, md5, audience, warning, preflight } = &published;
        let (media, findings) = preflight.as_ref().map(|report| (&report.media, &report.findings)).unzip();
        self.reporter.print_event(
            json!({"event": "published", "source": source, "upload_id": upload_id.as_str(),
            "video_id": video_id, "link": published.link(), "size": size, "md5": md5.map(|md5| md5.to_string()),
            "public_type": audience.public_type, "public_type_from": audience.from, "warning": warning,
            "before": before, "media": media, "findings": findings}),
        );
        let text = match by_this_run {
            true => describe_published(&source, &published),
            false => describe_published_before(&source, &published, before),
        };
        self.reporter.print_text(text);
        self.report_undelivered(undelivered);
        if self.args.wait {
            self.wait_for_video(&source, &request.job.account, &published).await?;
        }
        Ok(())
    }

    /// Reads what the ledger says of an upload that ended, where that is news: it has a callback, or ended before this run. Best effort: the
    /// result is known without it.
    async fn read_ended(
        &self,
        id: &UploadId,
        has_callback: bool,
        published: &Result<(PublishedVideo, bool), CliError>,
    ) -> Option<UploadDetails> {
        let is_news = match published {
            Ok((_, by_this_run)) => has_callback || !by_this_run,
            Err(CliError::App(_)) => has_callback,
            Err(_) => false,
        };
        if !is_news {
            return None;
        }
        let reading = Box::pin(async { Ok::<_, CliError>(self.app.upload_details(id).await?) });
        self.shutdown.guard(reading).await.ok().flatten()
    }

    fn report_undelivered(&self, undelivered: Option<(serde_json::Value, String)>) {
        if let Some((event, line)) = undelivered {
            self.reporter.print_event(event);
            self.reporter.print_text(line);
        }
    }

    /// Uploads, and starts again as long as another holder works on the upload. Returns the video, and whether this run published it.
    async fn upload_until_done(
        &self,
        prepared: &Prepared,
        id: &UploadId,
        tracker: &mut Tracker<'_>,
    ) -> Result<(PublishedVideo, bool), CliError> {
        let Prepared { request, video, uploader, .. } = prepared;
        let preflight_off = self.args.force || request.job.video.preflight == Some(Preflight::Off);
        let (mut announced, mut may_retry) = (false, self.args.retry);
        loop {
            // Once: what a person cancels while another holder is waited for stays cancelled.
            let retries = std::mem::take(&mut may_retry) && self.needs_retry(prepared, id, tracker).await?;
            let run = RunContext::default();
            let reopening = Reopening { preflight_off, ..Reopening::default() };
            let mut uploading: Pin<Box<dyn Future<Output = _>>> = if retries {
                Box::pin(uploader.retry(id, reopening, &run))
            } else {
                Box::pin(uploader.upload_video(request, video.clone(), &run))
            };
            let ended = tokio::select! {
                ended = tracker.follow(|| Snapshot::from(&*run.progress), || self.shutdown.is_requested(), &mut uploading) => Some(ended),
                () = self.wait_for_grace() => None,
            };
            drop(uploading);
            if !matches!(ended, Some(Ok(_))) && run.progress.bytes_accepted() > 0 {
                self.has_accepted.set(true);
            }
            let ended = ended.ok_or(Stopped)?;
            let lease = match ended {
                Err(error) if matches!(error.kind(), ErrorKind::InProgress | ErrorKind::Superseded) => {
                    match error.advice() {
                        RetryAdvice::Retry { retry_after: Some(lease) } => lease,
                        _ => UNKNOWN_LEASE,
                    }
                }
                ended => return Ok((ended?, run.progress.stage() == Stage::Done)),
            };
            tracker.clear();
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

    /// Whether the upload ended without a video, so that it must be reopened.
    ///
    /// # Errors
    /// Where it was begun with other statements: a retry would publish it as those say, perhaps for everybody.
    async fn needs_retry(
        &self,
        Prepared { request, uploader, .. }: &Prepared,
        id: &UploadId,
        tracker: &mut Tracker<'_>,
    ) -> Result<bool, CliError> {
        let reading = Box::pin(async { Ok::<_, CliError>(self.app.upload_details(id).await?) });
        let details = tracker.follow(|| Snapshot::LOOKING, || false, self.shutdown.guard(reading)).await?;
        let Some(details) = details.filter(UploadDetails::has_failed) else { return Ok(false) };
        let unused = uploader.list_unused(&details.record, request)?;
        match unused.is_empty() {
            true => Ok(true),
            false => Err(CliError::usage(describe_begun_otherwise(&unused))),
        }
    }

    /// Waits until the grace after a signal is over.
    async fn wait_for_grace(&self) {
        self.shutdown.wait().await;
        sleep(GRACE).await;
    }

    /// Waits until the video can be watched.
    async fn wait_for_video(
        &self,
        source: &str,
        account: &str,
        published: &PublishedVideo,
    ) -> Result<(), CliError> {
        let Some(video_id) = &published.video_id else {
            self.reporter.print_note(describe_unknown_video());
            return Ok(());
        };
        let last = Cell::new(None);
        let query = async || {
            let state = self.app.video_state(account, video_id, &self.ledger).await;
            // One missing answer decides nothing.
            let note = |error: &Error| self.reporter.print_note(describe_unknown_state(error));
            let state = state.inspect_err(note).unwrap_or_default();
            last.set(state);
            state
        };
        let waiting = self.shutdown.guard(wait_until_playable(query));
        let state = show_waiting(waiting, self.reporter, source, &last).await;
        let state = state.map_err(|error| {
            if let CliError::Interrupted { .. } = error {
                self.reporter.print_note(describe_wait_stopped(source, video_id));
            }
            error.with_context("video", video_id).with_upload_id(&published.upload_id)
        })?;
        self.reporter.print_event(json!({"event": "playable", "video_id": video_id,
            "limited": (state == VideoState::Limited).then_some(true)}));
        self.reporter.print_text(describe_playable(video_id, state));
        Ok(())
    }
}

/// Shows that a video is waited for, and in which state it was last.
async fn show_waiting<T>(
    waiting: impl Future<Output = T>,
    reporter: &Reporter,
    source: &str,
    last: &Cell<Option<VideoState>>,
) -> T {
    let (watch, begun, mut line) = (RetryWatch::default(), Instant::now(), reporter.add_wait_line());
    let mut waiting = pin!(watch.observe(waiting));
    loop {
        let wait = Wait::Playable { state: last.get(), lasts: begun.elapsed() };
        line.show(Some(retrying(&watch).unwrap_or(wait)), |text| {
            reporter.print_note(describe_waiting(source, text));
        });
        if let Ok(ended) = timeout(FRAME, &mut waiting).await {
            return ended;
        }
    }
}
