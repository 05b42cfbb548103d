//! `sweep`: does by hand what the timer does.

use super::settings;
use crate::{
    args::SweepArgs,
    error::CliError,
    exit_code::FAILED,
    ui::{
        messages::{self, sweep::Origin},
        output::{print_line, without_nulls},
    },
};
use app::{
    App, SweepOptions,
    core::{Error, ErrorKind, PublishedVideo, RunContext, ScanError, StopReason, SweepReport, UploadId},
};
use serde_json::json;
use std::process::ExitCode;

/// Sweeps once; fails where an upload failed, or something could not be read.
pub(super) async fn sweep(args: SweepArgs) -> Result<ExitCode, CliError> {
    let SweepArgs { since, limit, json } = args;
    let app = settings::open_app()?;
    let sweep = app.sweep_as(SweepOptions { since, limit }, None, &RunContext::default()).await?;
    let mut failed = false;
    for (id, ended) in &sweep.resumed {
        let object = find_object(&app, id).await;
        failed |= report_upload(Origin::Resumed, id, object.as_deref().unwrap_or("?"), ended, json);
    }
    for found in &sweep.discovered.uploads {
        failed |= report_upload(Origin::Found, &found.id, &found.location.to_string(), &found.result, json);
    }
    let marks = sweep.errors.iter().map(|error| (None, error));
    let objects =
        sweep.discovered.errors.iter().map(|ScanError { location, error }| (location.as_ref(), error));
    for (location, error) in marks.chain(objects) {
        failed = true;
        report_error(location.map(ToString::to_string).as_deref(), error, json);
    }
    if json {
        print_line(summarize(&sweep));
    } else {
        messages::sweep::describe_report(&sweep).iter().for_each(print_line);
    }
    Ok(if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// Prints how one upload ended, and returns whether it failed.
fn report_upload(
    origin: Origin,
    id: &UploadId,
    object: &str,
    ended: &Result<PublishedVideo, Error>,
    json: bool,
) -> bool {
    if json {
        let (video, error) = (ended.as_ref().ok(), ended.as_ref().err());
        print_line(without_nulls(json!({
            "event": origin.as_str(), "upload_id": id.as_str(), "object": object,
            "video_id": video.map(|published| &published.video_id), "link": video.map(PublishedVideo::link),
            "error": error.map(|error| error.kind().code()), "message": error.map(ToString::to_string),
        })));
    } else {
        print_line(messages::sweep::describe_upload(origin, id, object, ended));
    }
    ended.as_ref().is_err_and(|error| !is_postponed(error))
}

/// Whether the upload has not ended: it is in progress elsewhere, or waits for its time.
fn is_postponed(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InProgress | ErrorKind::RateLimited | ErrorKind::Deadline)
}

fn report_error(object: Option<&str>, error: &Error, json: bool) {
    if json {
        let (code, message) = (error.kind().code(), error.to_string());
        print_line(without_nulls(
            json!({"event": "trouble", "object": object, "error": code, "message": message}),
        ));
    } else {
        print_line(messages::sweep::describe_error(object, error));
    }
}

async fn find_object(app: &App, id: &UploadId) -> Option<String> {
    let record = app.ledger(None).await.ok()?.read(id).await.ok()??;
    Some(record.request.location.to_string())
}

fn summarize(sweep: &SweepReport) -> serde_json::Value {
    let found = &sweep.discovered;
    without_nulls(json!({
        "event": "swept", "resumed": sweep.resumed.len(), "told": sweep.callbacks_delivered, "left": sweep.skipped, "cleared": sweep.marks_cleared,
        "found": found.uploads.len(), "known": found.known, "older": found.older, "young": found.young,
        "junk": found.junk,
        "troubles": found.errors.len() + sweep.errors.len(), "requests": found.requests,
        "stopped": found.stopped.map(StopReason::code),
        "next_open": sweep.next.as_ref().map(UploadId::as_str),
        "next_object": found.next.as_ref().map(ToString::to_string),
    }))
}
