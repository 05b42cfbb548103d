//! Single uploads on the console's behalf: prepared and published as those of a command, and reported to the page.

use super::{batch::Batch, throttle::Throttle, totals::Outcome, video_source::VideoSource};
use crate::{
    args::UploadArgs,
    commands::runner::SETTLE_TIME,
    error::CliError,
    shutdown::Shutdown,
    ui::{
        i18n::{Lang, tr, with_language},
        messages::errors::{describe, find_way_out_of_form},
        reporter::Reporter,
    },
};
use app::{
    App, Settings,
    core::{
        ErrorKind, Preflight, RetryAdvice, UploadId,
        access_token::settle_refreshes,
        metadata::{PublicTypeOrigin, StatedMetadata},
    },
};
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::{cell::Cell, path::PathBuf, sync::Arc};
use tokio::task::spawn_blocking;
use web_console::{
    FileProgress, Language, LocalProgress, LocalUploads, Prospect, ReportProgress, UploadFailure, UploadForm,
    UploadPlan, UploadSource,
};

/// Plans and uploads with these settings. Each upload runs on a thread of its own, in the language of its form.
pub(in crate::commands) struct ConsoleUploads {
    pub(in crate::commands) settings: Settings,
    pub(in crate::commands) shutdown: Shutdown,
}

impl LocalUploads for ConsoleUploads {
    fn plan(
        &self,
        source: UploadSource,
        form: UploadForm,
    ) -> BoxFuture<'static, Result<UploadPlan, UploadFailure>> {
        self.run(form, false, Box::new(|_| {}), async move |batch: &Batch<'_>, number| {
            let video = match source {
                UploadSource::File(path) => VideoSource::File(path),
                UploadSource::Object(url) => VideoSource::parse(url.as_ref())?,
            };
            batch.inspect(number, &video).await?.into_plan()
        })
    }

    fn upload(
        &self,
        file: PathBuf,
        form: UploadForm,
        retry: bool,
        report: ReportProgress,
    ) -> BoxFuture<'static, Result<(), UploadFailure>> {
        let listener = move |event: Value| {
            if let Some(progress) = read_progress(&event) {
                report(progress);
            }
        };
        self.run(form, retry, Box::new(listener), async move |batch: &Batch<'_>, number| {
            batch.publish(number, &VideoSource::File(file), &mut Outcome::Failed).await
        })
    }
}

impl ConsoleUploads {
    fn run<T, Work>(
        &self,
        form: UploadForm,
        retry: bool,
        listener: Box<dyn Fn(Value) + Send>,
        work: Work,
    ) -> BoxFuture<'static, Result<T, UploadFailure>>
    where
        T: Send + 'static,
        Work: AsyncFnOnce(&Batch<'_>, usize) -> Result<T, CliError> + Send + 'static,
    {
        let (settings, shutdown) = (self.settings.clone(), self.shutdown.clone());
        let lang = match form.language {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        };
        let running =
            move || with_language(lang, || run_alone(settings, shutdown, form, retry, listener, work));
        Box::pin(async move {
            let interrupted = |_| describe_failure(&interruption(), Prospect::Later);
            let ended = spawn_blocking(running).await;
            // Here, since connections to the collector end with the runtime that opened them.
            app::flush_traces(None).await;
            ended.map_err(interrupted)?
        })
    }
}

/// Does `work` on this thread; what a batch holds is not shared between threads.
fn run_alone<T>(
    settings: Settings,
    shutdown: Shutdown,
    form: UploadForm,
    retry: bool,
    listener: Box<dyn Fn(Value) + Send>,
    work: impl AsyncFnOnce(&Batch<'_>, usize) -> Result<T, CliError>,
) -> Result<T, UploadFailure> {
    let refused = |error: CliError| describe_failure(&error, Prospect::Refused);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|_| describe_failure(&interruption(), Prospect::Later))?;
    let metadata = form.metadata().map_err(|wrong| refused(CliError::usage(wrong)))?;
    let preflight = form.preflight();
    let force = preflight == Some(Preflight::Off);
    let args = UploadArgs { account: form.account, force, retry, ..UploadArgs::default() };
    let app = App::from_settings(settings).map_err(|error| refused(error.into()))?;
    let reporter = Reporter::with_listener(listener);
    let ended = runtime.block_on(async {
        let opening = Box::pin(async { Ok::<_, CliError>(app.ledger(None).await?) });
        let ledger = match shutdown.guard(opening).await {
            Ok(ledger) => ledger,
            Err(error) => return Err(describe_failure(&error, Prospect::Later)),
        };
        let batch = Batch {
            app: &app,
            ledger,
            args: &args,
            stated: StatedMetadata::new(metadata, PublicTypeOrigin::Flag).with_preflight(preflight),
            throttle: Arc::new(Throttle::new(None)),
            shutdown,
            reporter: &reporter,
            has_accepted: Cell::new(false),
        };
        let ended = match Box::pin(work(&batch, form.number)).await {
            Ok(done) => Ok(done),
            Err(error) => Err(describe_failure(&error, find_prospect(&app, &error).await)),
        };
        // It runs on this thread alone.
        settle_refreshes(SETTLE_TIME).await;
        ended
    });
    runtime.shutdown_background();
    ended
}

/// Whether the upload has ended, may still succeed, or never began.
async fn find_prospect(app: &App, error: &CliError) -> Prospect {
    // Whatever became of an earlier upload: with another form there may be a video.
    if let CliError::Usage(_) = error {
        return Prospect::Refused;
    }
    let known = match error.upload_id() {
        Some(id) => app.upload_details(id).await,
        None => Ok(None),
    };
    match (known, error) {
        (Ok(Some(details)), _) if details.record.state.has_ended() => Prospect::Ended,
        (Ok(Some(_)) | Err(_), _) => Prospect::Later,
        (Ok(None), CliError::Local(error) | CliError::App(error))
            if error.advice() == RetryAdvice::Permanent =>
        {
            Prospect::Refused
        }
        (Ok(None), _) => Prospect::Later,
    }
}

fn describe_failure(error: &CliError, prospect: Prospect) -> UploadFailure {
    UploadFailure {
        error: error.code(),
        message: describe(error),
        advice: find_way_out_of_form(error),
        prospect,
    }
}

fn interruption() -> CliError {
    CliError::local(ErrorKind::Deadline, tr!("the upload was interrupted", "上传被中断"))
}

/// What an event of `--json` says of the progress.
fn read_progress(event: &Value) -> Option<LocalProgress> {
    match event["event"].as_str()? {
        "prepared" => Some(LocalProgress::Began(UploadId::parse(event["upload_id"].as_str()?)?)),
        "progress" => {
            let stage = event["stage"].as_str()?.to_owned();
            let field = if stage == "reading" { "read" } else { "accepted" };
            let (done, total) = (event[field].as_u64()?, event["total"].as_u64()?);
            Some(LocalProgress::Moved(FileProgress { stage, done: done.min(total), total }))
        }
        _ => None,
    }
}
