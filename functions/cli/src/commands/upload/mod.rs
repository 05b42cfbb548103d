//! `upload`: publishes files and objects now, and resumes what an earlier run, or a function, has begun.

mod batch;
pub(super) mod file_id;
mod folder_walk;
mod for_console;
pub(super) mod local_file;
mod metadata;
mod plan;
mod preflight;
mod prepare;
mod publish;
mod skipped;
mod throttle;
mod title;
mod totals;
mod video_source;
mod wait;

pub(super) use for_console::ConsoleUploads;

use super::settings;
use crate::{
    args::UploadArgs,
    error::{CliError, Stopped},
    exit_code,
    shutdown::Shutdown,
    ui::{
        i18n::tr_static,
        messages::{
            errors::{describe, describe_failure, describe_refused_callback},
            upload::describe_resume,
        },
        reporter::Reporter,
        wait_line::show_waits,
    },
};
use app::{
    App, LogLevel,
    core::{Error, ErrorKind, RunContext, UploadError as _, UploadId},
};
use batch::Batch;
use futures_util::{StreamExt, stream};
use serde_json::json;
use skipped::Skipped;
use std::{cell::Cell, process::ExitCode, sync::Arc, time::Instant};
use throttle::Throttle;
use totals::{Outcome, Totals};
pub(super) use video_source::VideoSource;

/// Below this rate in bytes per second, fewer and smaller parts are in flight: a stop then loses little.
const SLOW_RATE: u64 = 4 << 20;

/// Uploads all videos of the command; the exit code is the one that all failures share.
pub(super) async fn upload(args: UploadArgs, shutdown: Shutdown) -> Result<ExitCode, CliError> {
    let begun = Instant::now();
    let app = open_app(&args)?;
    let stated = metadata::read(&args)?;
    if let Some(Err(why)) = args.callback.as_ref().map(|url| app.accepts_callback(&url.as_str().into())) {
        return Err(CliError::usage(describe_refused_callback(why)));
    }
    let throttle = Arc::new(Throttle::new(args.limit_rate));
    let mut skipped = Skipped::default();
    let finding = Box::pin(video_source::expand(&app, &args, &mut skipped, &shutdown));
    let videos = show_waits(args.json, Some(tr_static!("looking for videos", "查找视频")), finding).await;
    let reporter = Reporter::new(args.json, videos.as_ref().map_or(0, Vec::len));
    skipped.report(&reporter);
    let videos = videos?;
    let opening = Box::pin(async { Ok::<_, CliError>(app.ledger(None).await?) });
    let ledger = shutdown.guard(show_waits(args.json, None, opening)).await?;
    let has_accepted = Cell::new(false);
    let batch = Batch {
        app: &app,
        ledger,
        args: &args,
        stated,
        throttle,
        shutdown,
        reporter: &reporter,
        has_accepted,
    };
    let numbered = videos.iter().enumerate();
    let processing = stream::iter(numbered).map(|(at, video)| batch.process(at + 1, video));
    let ended: Vec<(u8, Outcome)> = processing.buffer_unordered(args.parallel.into()).collect().await;
    if !args.dry_run && !batch.shutdown.is_requested() {
        // Within a second; what is left is told by the next command or sweep.
        app.tell_robots(None, &RunContext::default()).await;
    }
    let mut totals = Totals::default();
    ended.iter().for_each(|(_, outcome)| totals.add(*outcome));
    let codes = ended.iter().map(|(code, _)| *code);
    if !args.dry_run && (ended.len() > 1 || skipped.count() > 0) {
        totals.report(&reporter, &skipped, begun.elapsed());
    }
    if totals.stopped > 0 {
        let ledger = app.settings().ledger.location.as_deref().unwrap_or_default();
        reporter.print_note(describe_resume(totals.stopped, ended.len(), batch.has_accepted.get(), ledger));
    }
    if codes.clone().any(|code| code == exit_code::INTERRUPTED) {
        return Ok(ExitCode::from(exit_code::INTERRUPTED));
    }
    let missed = skipped.has_missed().then_some(exit_code::FAILED);
    Ok(ExitCode::from(exit_code::combine(codes.chain(missed))))
}

/// Opens the application with the settings adjusted to a terminal and to a low rate.
fn open_app(args: &UploadArgs) -> Result<App, Error> {
    let mut settings = settings::load()?;
    settings::start_logs(&settings, LogLevel::Warn);
    if args.limit_rate.is_some_and(|rate| rate < SLOW_RATE) {
        settings.transfer.in_flight.get_or_insert(2);
        settings.transfer.part_mib.get_or_insert(1);
    }
    App::from_settings(settings)
}

impl Batch<'_> {
    /// Processes one video, reports how it ended, and returns its exit code and what became of it.
    async fn process(&self, number: usize, video: &VideoSource) -> (u8, Outcome) {
        let source = video.to_string();
        let mut outcome = Outcome::Failed;
        let ended = if self.shutdown.is_requested() {
            Err(Stopped.into())
        } else if self.args.dry_run {
            Box::pin(self.plan(number, video)).await
        } else {
            Box::pin(self.publish(number, video, &mut outcome)).await
        };
        // A prefix may have more files than there is room for their spans.
        app::flush_traces(None).await;
        self.reporter.count_ended();
        let Err(error) = ended.map_err(|error| self.recognize_interruption(error)) else {
            return (0, outcome);
        };
        let upload_id = error.upload_id().map(UploadId::as_str);
        if let CliError::Interrupted { .. } = error {
            self.reporter.print_event(json!({"event": "stopped", "source": source, "upload_id": upload_id,
                "published": outcome.is_published().then_some(true)}));
            if !outcome.is_published() {
                outcome = Outcome::Stopped;
            }
        } else {
            self.reporter.print_event(json!({"event": "failed", "source": source, "error": error.code(),
                "message": describe(&error), "upload_id": upload_id,
                "findings": error.preflight().map(|report| &report.findings)}));
            self.reporter.print_note(describe_failure(&source, &error));
        }
        (exit_code::classify(&error), outcome)
    }

    /// The core answers a shutdown with the deadline that the throttled source ended with.
    fn recognize_interruption(&self, error: CliError) -> CliError {
        match error {
            CliError::App(error) if self.shutdown.is_requested() && error.kind() == ErrorKind::Deadline => {
                CliError::Interrupted { upload_id: error.upload_id().cloned() }
            }
            other => other,
        }
    }
}
