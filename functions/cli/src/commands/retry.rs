//! `retry`: retries an upload that failed for good or was cancelled.

use super::{find_upload, settings};
use crate::{
    args::RetryArgs,
    error::CliError,
    exit_code::NOT_NOW,
    ui::{messages, output::print_line},
};
use app::core::{RunContext, UploadId, ledger::Reopening};
use serde_json::json;
use std::process::ExitCode;

/// Retries the upload; one that waits is resumed before its time.
pub(super) async fn retry(args: RetryArgs) -> Result<ExitCode, CliError> {
    let app = settings::open_app()?;
    let (id, details) = find_upload::find(&app, &args.id).await?;
    let location = &details.record.request.location;
    if details.has_failed() && location.is_carried() {
        return Err(CliError::usage(messages::upload::describe_missing_file(&location.key)));
    }
    let run = RunContext::default();
    if details.has_failed() {
        let reopening = Reopening { new_session: args.new_session, ..Reopening::default() };
        let published = app.retry(&id, reopening, None, &run).await?;
        report(args.json, &id, true, published.video_id.as_deref());
        return Ok(ExitCode::SUCCESS);
    }
    if details.is_published() {
        report(args.json, &id, false, details.record.video_id.as_deref());
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(published) = app.end_pause(&id, None, &run).await? {
        report(args.json, &id, true, published.video_id.as_deref());
        return Ok(ExitCode::SUCCESS);
    }
    let message = messages::upload::describe_still_open();
    if args.json {
        print_line(json!({"event": "open", "upload_id": id.as_str(), "message": message}));
    } else {
        print_line(format_args!("{id}  {message}"));
    }
    Ok(ExitCode::from(NOT_NOW))
}

/// Reports the video; `now`: this retry published it.
fn report(json: bool, id: &UploadId, now: bool, video_id: Option<&str>) {
    if json {
        let event = if now { "published" } else { "published_before" };
        let link = video_id.map(messages::names::video_page);
        print_line(json!({"event": event, "upload_id": id.as_str(), "video_id": video_id, "link": link}));
    } else {
        print_line(messages::upload::describe_retry(now, id, video_id));
    }
}
