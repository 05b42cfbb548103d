//! `retry`: another try for what failed.

use super::{app, line, unknown, usage, words};
use crate::{args::Retry, exit::NOT_NOW};
use app::core::{Error, RunContext, UploadId, ledger::Reopening};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn retry(arguments: Retry) -> Result<ExitCode, Error> {
    let Retry { id: text, new_session, json } = arguments;
    let app = app()?;
    let story = match UploadId::parse(&text) {
        Some(id) => app.upload_details(&id).await?.map(|story| (id, story)),
        None => None,
    };
    let Some((id, story)) = story else { return Ok(unknown(json, &text)) };
    let location = &story.record.request.location;
    if story.has_failed() && location.is_carried() {
        return Err(usage(words::needs_its_file(&location.key)));
    }
    if story.has_failed() {
        let published = app
            .retry(&id, Reopening { new_session, ..Reopening::default() }, None, &RunContext::default())
            .await?;
        tell(json, &id, "published", published.video_id.as_deref());
        return Ok(ExitCode::SUCCESS);
    }
    if story.is_published() {
        tell(json, &id, "published_before", story.record.video_id.as_deref());
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(published) = app.end_pause(&id, None, &RunContext::default()).await? {
        tell(json, &id, "published", published.video_id.as_deref());
        return Ok(ExitCode::SUCCESS);
    }
    if json {
        line(json!({"event": "open", "upload_id": id.as_str(), "message": words::not_failed_yet()}));
    } else {
        line(words::not_failed(&id));
    }
    Ok(ExitCode::from(NOT_NOW))
}

fn tell(json: bool, id: &UploadId, event: &str, video_id: Option<&str>) {
    if json {
        let link = video_id.map(words::link);
        line(json!({"event": event, "upload_id": id.as_str(), "video_id": video_id, "link": link}));
    } else {
        line(words::retried(event == "published", id, video_id));
    }
}
