//! `retry`: retries an upload that failed for good or was cancelled.

use super::{find_upload, settings, undelivered};
use crate::{
    args::RetryArgs,
    error::CliError,
    exit_code::NOT_NOW,
    shutdown::Shutdown,
    ui::{
        messages,
        output::{print_json, print_line, print_text},
        reporter::Reporter,
        tracker::{Snapshot, Tracker},
        wait_line::show_waits,
    },
};
use app::{
    Continuation,
    core::{RunContext, UploadId, ledger::Reopening},
};
use serde_json::json;
use std::process::ExitCode;

/// Retries the upload; one that waits is resumed before its time.
pub(super) async fn retry(args: RetryArgs, shutdown: Shutdown) -> Result<ExitCode, CliError> {
    let app = settings::open_app()?;
    let finding = shutdown.guard(Box::pin(find_upload::find(&app, &args.id)));
    let (id, details) = show_waits(args.json, None, finding).await?;
    let location = &details.record.request.location;
    if details.has_failed() && location.is_carried() {
        return Err(CliError::usage(messages::upload::describe_missing_file(&location.key)));
    }
    if details.is_published() {
        report(args.json, &id, false, details.record.video_id.as_deref());
        return Ok(ExitCode::SUCCESS);
    }
    if location.is_carried() {
        return Ok(report_open_file(args.json, &id));
    }
    let run = RunContext::default();
    let reopening = Reopening { new_session: args.new_session, ..Reopening::default() };
    let retrying = async {
        match app.retry(&id, reopening, None, &run).await.map_err(CliError::from_upload_command)? {
            Continuation::Ran { result, .. } => Ok::<_, CliError>((true, result?.video_id)),
            // Another holder published it meanwhile.
            Continuation::Published(outcome) => Ok((false, outcome.data.videoid.filter(|id| !id.is_empty()))),
        }
    };
    let retrying = shutdown.guard(Box::pin(retrying));
    let retried = if args.json {
        retrying.await
    } else {
        let reporter = Reporter::new(false, 1);
        let mut tracker = Tracker::new(&reporter, location.to_string());
        tracker.follow(|| Snapshot::from(&*run.progress), || false, retrying).await
    };
    let (now, video_id) = retried.map_err(|error| error.with_upload_id(&id))?;
    report(args.json, &id, now, video_id.as_deref());
    // Best effort: the video is published.
    let undelivered = app.upload_details(&id).await.ok().flatten();
    if let Some((event, line)) = undelivered.as_ref().and_then(undelivered::describe) {
        if args.json { print_json(event) } else { print_text(line) }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reports that only someone who has the file can resume its upload.
fn report_open_file(json: bool, id: &UploadId) -> ExitCode {
    let message = messages::upload::describe_open_file();
    if json {
        print_json(json!({"event": "open", "upload_id": id.as_str(), "message": message}));
    } else {
        print_line(format_args!("{id}  {message}"));
    }
    ExitCode::from(NOT_NOW)
}

/// Reports the video; `now`: this retry published it.
fn report(json: bool, id: &UploadId, now: bool, video_id: Option<&str>) {
    if json {
        let event = if now { "published" } else { "published_before" };
        let link = video_id.map(messages::names::video_page);
        print_json(json!({"event": event, "upload_id": id.as_str(), "video_id": video_id, "link": link}));
    } else {
        print_line(messages::upload::describe_retry(now, id, video_id));
    }
}
