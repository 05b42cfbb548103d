//! `upload`: publishes files and objects now, and goes on with what an earlier run, or a function, has begun.

mod brakes;
mod local;
mod meta;
mod plan;
mod ready;
pub(crate) mod show;
mod sources;
mod wait;

pub(crate) use sources::Place;

use crate::{
    args::Upload,
    exit::{self, OPERATOR},
    lang::say,
    operate::{self, words},
};
use app::{
    App, LogLevel,
    core::{
        Error, ErrorKind, Job, PublishedVideo, RetryAdvice, RunContext, Source, UploadError as _, UploadId,
        Uploader, VideoState,
        ledger::{Ledger, Reopening, UploadRequest},
        metadata::VideoMetadata,
    },
};
use brakes::{Brakes, stopped};
use futures_util::{StreamExt, stream};
use ready::Ready;
use serde_json::json;
use show::{Show, State, Watch};
use std::{
    io::{IsTerminal, stderr},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::{sleep, timeout},
};

/// How often bars move.
const FRAME: Duration = Duration::from_millis(100);
/// What an upload has after a signal to put itself aside.
const GRACE: Duration = Duration::from_secs(10);
/// A holder that has just died is replaced this long after its lease.
const BEHIND_LEASE: Duration = Duration::from_millis(300);
/// Below this rate (bytes a second) fewer and smaller parts are on their way at once: what a stop loses stays small.
const SLOW: u64 = 4 << 20;

/// What all uploads of one command share.
struct Command<'a> {
    app: &'a App,
    ledger: Ledger,
    arguments: &'a Upload,
    stated: VideoMetadata,
    brakes: Arc<Brakes>,
    show: &'a Show,
}

pub(crate) async fn upload(arguments: Upload) -> Result<ExitCode, Error> {
    let mut settings = operate::settings()?;
    if settings.log.level == LogLevel::Info {
        // What ends an upload is told anyway; other lines would tear the bars.
        settings.log.level = if stderr().is_terminal() { LogLevel::Error } else { LogLevel::Warn };
    }
    app::start_logging(&settings.log);
    if arguments.limit_rate.is_some_and(|rate| rate < SLOW) {
        settings.transfer.in_flight.get_or_insert(2);
        settings.transfer.part_mib.get_or_insert(1);
    }
    let app = App::from_settings(settings)?;
    let stated = meta::stated(&arguments)?;
    if let Some(Err(why)) = arguments.callback.as_ref().map(|url| app.accepts_callback(&url.as_str().into()))
    {
        return Err(Error::new(ErrorKind::InvalidJob, OPERATOR, words::callback_refused(why)));
    }
    let (pull, stop) = watch::channel(false);
    let brakes = Arc::new(Brakes::new(arguments.limit_rate, stop));
    listen(pull)?;
    let places = sources::expand(&app, &arguments.sources, arguments.recursive, &brakes).await?;
    let ledger = brakes.unless_pulled(app.ledger(None)).await?;
    let show = Show::new(arguments.json, places.len());
    let command = Command { app: &app, ledger, arguments: &arguments, stated, brakes, show: &show };
    let numbered = places.iter().enumerate();
    let codes = stream::iter(numbered).map(|(at, place)| command.one(at + 1, place));
    let codes: Vec<u8> = codes.buffer_unordered(arguments.parallel.into()).collect().await;
    let unfinished = codes.iter().filter(|code| **code == exit::INTERRUPTED).count();
    if unfinished > 0 {
        let place = app.settings().ledger.location.as_deref().unwrap_or_default();
        show.note(words::go_on(unfinished, codes.len(), place));
        return Ok(ExitCode::from(exit::INTERRUPTED));
    }
    Ok(ExitCode::from(exit::shared(codes)))
}

/// Pulls the brakes at the first Ctrl-C or SIGTERM; the second one ends the program at once.
fn listen(pull: watch::Sender<bool>) -> Result<(), Error> {
    let unusable =
        |error| Error::new(ErrorKind::Config, "signal", "cannot listen for signals").with_source(error);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unusable)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(unusable)?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if pull.send_replace(true) {
                std::process::exit(exit::INTERRUPTED.into());
            }
        }
    });
    Ok(())
}

impl Command<'_> {
    /// Deals with one video, tells of it, and answers its exit code.
    async fn one(&self, number: usize, place: &Place) -> u8 {
        let source = place.to_string();
        let ended = if self.brakes.are_pulled() {
            Err(stopped())
        } else if self.arguments.dry_run {
            Box::pin(self.plan(number, place)).await
        } else {
            Box::pin(self.publish(number, place)).await
        };
        self.show.ended();
        let Err(error) = ended else { return 0 };
        let code = exit::code(&error);
        if code == exit::INTERRUPTED {
            self.show.event(json!({"event": "stopped", "source": source,
                "upload_id": error.upload_id().map(UploadId::as_str)}));
            return code;
        }
        self.show.event(json!({"event": "failed", "source": source, "error": error.kind().code(),
            "message": error.to_string(), "upload_id": error.upload_id().map(UploadId::as_str)}));
        self.show.note(words::failed(&source, &error));
        code
    }

    async fn publish(&self, number: usize, place: &Place) -> Result<(), Error> {
        let mut watch = self.show.watch(place.to_string());
        let Ready { work, uploader } = self.ready(number, place, &mut watch).await?;
        let id = UploadId::new(&work.object, &work.job);
        let published =
            self.carry_out(&uploader, &work, &id, &mut watch).await.map_err(|e| e.with_upload_id(&id))?;
        drop(watch);
        let PublishedVideo { upload_id, video_id, size, md5, audience, warning } = &published;
        self.show.event(
            json!({"event": "published", "source": place.to_string(), "upload_id": upload_id.as_str(),
            "video_id": video_id, "link": published.link(), "size": size, "md5": md5.to_string(),
            "public_type": audience.public_type, "public_type_from": audience.from, "warning": warning}),
        );
        self.show.text(words::published(&place.to_string(), &published));
        if self.arguments.wait {
            self.playable(&work.job.account, &published).await?;
        }
        Ok(())
    }

    fn uploader(&self, work: &UploadRequest, source: Arc<dyn Source>) -> Result<Uploader, Error> {
        self.app.uploader(&work.job.account, source, self.ledger.clone())
    }

    /// Uploads, and waits where somebody else is at it.
    async fn carry_out(
        &self,
        uploader: &Uploader,
        work: &UploadRequest,
        id: &UploadId,
        watch: &mut Watch<'_>,
    ) -> Result<PublishedVideo, Error> {
        let mut told = false;
        loop {
            let failed = self.arguments.retry
                && self.app.upload_details(id).await?.is_some_and(|story| story.has_failed());
            let run = RunContext::default();
            let mut working: std::pin::Pin<Box<dyn Future<Output = _>>> = if failed {
                Box::pin(uploader.retry(id, Reopening::default(), &run))
            } else {
                Box::pin(uploader.upload(work, &run))
            };
            let ended = tokio::select! {
                ended = watched(&mut working, &run, watch) => ended,
                () = self.out_of_grace() => Err(stopped()),
            };
            drop(working);
            let rest = match ended {
                Err(error) if matches!(error.kind(), ErrorKind::InProgress | ErrorKind::Superseded) => {
                    match error.advice() {
                        RetryAdvice::Retry { retry_after: Some(rest) } => rest,
                        _ => Duration::from_secs(1),
                    }
                }
                ended => return ended,
            };
            if !std::mem::replace(&mut told, true) {
                self.show.note(words::elsewhere(id));
            }
            let waiting = async {
                sleep(rest + BEHIND_LEASE).await;
                Ok(())
            };
            self.brakes.unless_pulled(waiting).await?;
        }
    }

    async fn out_of_grace(&self) {
        self.brakes.pulled().await;
        sleep(GRACE).await;
    }

    /// Waits until the video can be watched.
    async fn playable(&self, account: &str, published: &PublishedVideo) -> Result<(), Error> {
        let Some(video_id) = &published.video_id else {
            self.show.note(words::nobody_can_ask());
            return Ok(());
        };
        let ask = async || {
            let asked = self.app.video_state(account, video_id, &self.ledger).await;
            // One answer that is missing decides nothing.
            asked.inspect_err(|error| note_silence(self.show, error)).unwrap_or_default()
        };
        let state = self.brakes.unless_pulled(wait::until_playable(ask)).await;
        let state = state
            .map_err(|error| error.with_context("video", video_id).with_upload_id(&published.upload_id))?;
        self.show.event(json!({"event": "playable", "video_id": video_id,
            "limited": (state == VideoState::Limited).then_some(true)}));
        self.show.text(words::playable(video_id, state));
        Ok(())
    }
}

/// The id of the upload of a file of this machine.
pub(crate) async fn id_of_file(app: &App, path: &Path, account: Option<&str>) -> Result<UploadId, Error> {
    let brakes = Arc::new(Brakes::new(None, watch::channel(false).1));
    let (object, _) = local::open(path, Arc::default(), &brakes).await?;
    let location = object.location.clone();
    let account = app.account_for(&location, account)?;
    let (video, mode) = (VideoMetadata::default(), app.settings().transfer.mode);
    Ok(UploadId::new(&object, &Job { location, account, video, mode, md5: None, force_nonce: None }))
}

fn note_silence(show: &Show, error: &Error) {
    show.note(say!("Youku did not say how the video fares: {error}", "优酷未答复视频状态：{error}"));
}

/// Drives the work, and tells how far it is.
async fn watched(
    mut working: impl Future<Output = Result<PublishedVideo, Error>> + Unpin,
    run: &RunContext,
    watch: &mut Watch<'_>,
) -> Result<PublishedVideo, Error> {
    let progress = &run.progress;
    loop {
        let ended = timeout(FRAME, &mut working).await;
        if progress.total() > 0 {
            watch.update(State {
                stage: progress.stage(),
                read: progress.read(),
                accepted: progress.accepted(),
                total: progress.total(),
            });
        }
        if let Ok(ended) = ended {
            return ended;
        }
    }
}
