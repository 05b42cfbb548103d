//! `sweep`: what the timer does, by hand.

use super::{app, is_put_aside, line, without_nulls, words};
use crate::{args::Sweep, exit::FAILED};
use app::{
    App, SweepOptions,
    core::{Error, PublishedVideo, RunContext, ScanError, StopReason, SweepReport, UploadId},
};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn sweep(arguments: Sweep) -> Result<ExitCode, Error> {
    let Sweep { since, limit, json } = arguments;
    let app = app()?;
    let swept = app.sweep_as(SweepOptions { since, limit }, None, &RunContext::default()).await?;
    let mut failed = false;
    for (id, ended) in &swept.resumed {
        let object = object(&app, id).await;
        failed |= tell("resumed", id, object.as_deref().unwrap_or("?"), ended, json);
    }
    for found in &swept.discovered.uploads {
        failed |= tell("found", &found.id, &found.location.to_string(), &found.ended, json);
    }
    let marks = swept.errors.iter().map(|error| (None, error));
    let objects =
        swept.discovered.troubles.iter().map(|ScanError { location, error }| (location.as_ref(), error));
    for (location, error) in marks.chain(objects) {
        failed = true;
        let object = location.map(ToString::to_string);
        if json {
            let (code, message) = (error.kind().code(), error.to_string());
            line(without_nulls(
                json!({"event": "trouble", "object": object, "error": code, "message": message}),
            ));
        } else {
            line(words::trouble(object.as_deref(), error));
        }
    }
    if json {
        summary(&swept)
    } else {
        words::swept(&swept).iter().for_each(line)
    }
    Ok(if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// Tells of one upload, and answers whether it failed.
fn tell(event: &str, id: &UploadId, object: &str, ended: &Result<PublishedVideo, Error>, json: bool) -> bool {
    if json {
        let (video, error) = (ended.as_ref().ok(), ended.as_ref().err());
        line(without_nulls(json!({
            "event": event, "upload_id": id.as_str(), "object": object,
            "video_id": video.map(|published| &published.video_id), "link": video.map(PublishedVideo::link),
            "error": error.map(|error| error.kind().code()), "message": error.map(ToString::to_string),
        })));
    } else {
        line(words::upload(event, id, object, ended));
    }
    ended.as_ref().is_err_and(|error| !is_put_aside(error))
}

async fn object(app: &App, id: &UploadId) -> Option<String> {
    let record = app.ledger(None).await.ok()?.read(id).await.ok()??;
    Some(record.request.location.to_string())
}

fn summary(swept: &SweepReport) {
    let found = &swept.discovered;
    line(without_nulls(json!({
        "event": "swept", "resumed": swept.resumed.len(), "told": swept.callbacks_delivered, "left": swept.skipped, "cleared": swept.marks_cleared,
        "found": found.uploads.len(), "known": found.known, "older": found.older, "young": found.young,
        "troubles": found.troubles.len() + swept.errors.len(), "requests": found.requests,
        "stopped": found.stopped.map(StopReason::code),
        "next_open": swept.next.as_ref().map(UploadId::as_str),
        "next_object": found.next.as_ref().map(ToString::to_string),
    })));
}
