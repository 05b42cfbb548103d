//! `sweep`: does by hand what the timer does.

use super::{missing_ledger, settings};
use crate::{
    args::SweepArgs,
    error::CliError,
    exit_code::{classify_app, combine},
    shutdown::Shutdown,
    ui::{
        i18n::tr_static,
        messages::{
            self,
            sweep::Origin,
            sweep_preview::{Planned, describe_planned, describe_preview},
        },
        output::{print_error, print_json, print_line, without_nulls},
        wait_line::show_waits,
    },
};
use app::{
    App, SweepOptions,
    core::{
        DueUpload, Error, ErrorKind, Location, PlannedUpload, PublishedVideo, RunContext, ScanError,
        StopReason, SweepPreview, SweepReport, UploadId,
    },
};
use serde_json::json;
use std::process::ExitCode;

/// Sweeps once; fails where an upload failed, or something could not be read, with the code that all failures share.
pub(super) async fn sweep(args: SweepArgs, shutdown: Shutdown) -> Result<ExitCode, CliError> {
    let SweepArgs { since, limit, dry_run, json } = args;
    let app = settings::open_app()?;
    let options = SweepOptions { since, limit };
    if dry_run {
        missing_ledger::refuse(&app)?;
        return shutdown.guard(Box::pin(preview(&app, options, json))).await;
    }
    let run = RunContext::default();
    let sweeping = Box::pin(async { Ok::<_, CliError>(app.sweep_as(options, None, &run).await?) });
    let sweeping = show_waits(json, Some(tr_static!("sweeping", "正在巡检")), shutdown.guard(sweeping));
    let sweep = sweeping.await.inspect_err(|error| {
        if let CliError::Interrupted { .. } = error {
            print_error(messages::sweep::describe_stopped());
        }
    })?;
    let mut failures = Vec::new();
    for (id, ended) in &sweep.resumed {
        let object = find_object(&app, id).await;
        failures.extend(report_upload(Origin::Resumed, id, object.as_deref().unwrap_or("?"), ended, json));
    }
    for found in &sweep.discovered.uploads {
        let object = found.location.to_string();
        failures.extend(report_upload(Origin::Found, &found.id, &object, &found.result, json));
    }
    failures.extend(report_errors(&sweep.errors, &sweep.discovered.errors, json));
    if json {
        print_json(summarize(&sweep));
    } else {
        messages::sweep::describe_report(&sweep).iter().for_each(print_line);
    }
    Ok(conclude(&failures, json))
}

/// Reports what a sweep would do, and changes nothing.
async fn preview(app: &App, options: SweepOptions, json: bool) -> Result<ExitCode, CliError> {
    let run = RunContext::default();
    let looking = app.preview_sweep(options, None, &run);
    let preview = show_waits(json, Some(tr_static!("looking", "正在查看")), looking).await?;
    for DueUpload { id, location, action } in &preview.due {
        if json {
            print_json(
                json!({"event": "planned", "action": action.code(), "upload_id": id.as_str(), "object": location.to_string()}),
            );
        } else {
            print_line(describe_planned(Planned::Due(*action), id, location));
        }
    }
    for PlannedUpload { id, location } in &preview.discovered.planned {
        if json {
            print_json(
                json!({"event": "planned", "action": "upload", "upload_id": id.as_str(), "object": location.to_string()}),
            );
        } else {
            print_line(describe_planned(Planned::Found, id, location));
        }
    }
    let failures = report_errors(&preview.errors, &preview.discovered.errors, json);
    if json {
        print_json(summarize_preview(&preview));
    } else {
        describe_preview(&preview).iter().for_each(print_line);
    }
    Ok(conclude(&failures, json))
}

/// Prints what can be done about the failures, each way out once, and returns the exit code that they share.
fn conclude(failures: &[&Error], json: bool) -> ExitCode {
    if !json {
        messages::sweep::describe_ways_out(failures).iter().for_each(print_line);
    }
    ExitCode::from(combine(failures.iter().map(|error| classify_app(error))))
}

/// Prints what could not be read, and returns it.
fn report_errors<'a>(marks: &'a [Error], objects: &'a [ScanError], json: bool) -> Vec<&'a Error> {
    let objects = objects.iter().map(|ScanError { location, error }| (location.as_ref(), error));
    let all = marks.iter().map(|error| (None, error)).chain(objects);
    let report = |(location, error): (Option<&Location>, &'a Error)| {
        report_error(location.map(ToString::to_string).as_deref(), error, json);
        error
    };
    all.map(report).collect()
}

/// Prints how one upload ended, and returns why it failed.
fn report_upload<'a>(
    origin: Origin,
    id: &UploadId,
    object: &str,
    ended: &'a Result<PublishedVideo, Error>,
    json: bool,
) -> Option<&'a Error> {
    if json {
        let (video, error) = (ended.as_ref().ok(), ended.as_ref().err());
        print_json(without_nulls(json!({
            "event": origin.as_str(), "upload_id": id.as_str(), "object": object,
            "video_id": video.map(|published| &published.video_id), "link": video.map(PublishedVideo::link),
            "error": error.map(|error| error.kind().code()), "message": error.map(ToString::to_string),
        })));
    } else {
        print_line(messages::sweep::describe_upload(origin, id, object, ended));
    }
    ended.as_ref().err().filter(|error| !is_postponed(error))
}

/// Whether the upload has not ended: it is in progress elsewhere, or waits for its time.
fn is_postponed(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InProgress | ErrorKind::RateLimited | ErrorKind::Deadline)
}

fn report_error(object: Option<&str>, error: &Error, json: bool) {
    if json {
        let (code, message) = (error.kind().code(), error.to_string());
        print_json(without_nulls(
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

fn summarize_preview(preview: &SweepPreview) -> serde_json::Value {
    let found = &preview.discovered;
    without_nulls(json!({
        "event": "previewed", "due": preview.due.len(), "left": preview.skipped, "local_files": preview.carried,
        "more": preview.has_more, "found": found.planned.len(), "known": found.known, "older": found.older,
        "young": found.young, "junk": found.junk, "troubles": found.errors.len() + preview.errors.len(),
        "requests": found.requests, "stopped": found.stopped.map(StopReason::code),
    }))
}

fn summarize(sweep: &SweepReport) -> serde_json::Value {
    let found = &sweep.discovered;
    without_nulls(json!({
        "event": "swept", "resumed": sweep.resumed.len(), "told": sweep.callbacks_delivered, "untold": sweep.callbacks_undelivered,
        "left": sweep.skipped, "local_files": sweep.carried, "cleared": sweep.marks_cleared,
        "made_public": sweep.made_public, "sidecars": found.sidecars,
        "found": found.uploads.len(), "known": found.known, "older": found.older, "young": found.young,
        "junk": found.junk,
        "troubles": found.errors.len() + sweep.errors.len(), "requests": found.requests,
        "stopped": found.stopped.map(StopReason::code),
        "next_open": sweep.next.as_ref().map(UploadId::as_str),
        "next_object": found.next.as_ref().map(ToString::to_string),
    }))
}
