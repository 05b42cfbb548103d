//! `video`: what is done with a video that is there.

mod list;

use super::{find_upload, settings};
use crate::{
    args::{VideoAction, VideoArgs, VideoIdArgs, VideoScheduleArgs, VideoUpdateArgs},
    error::CliError,
    ui::{
        messages::video::{
            describe, describe_changed, describe_hidden, describe_scheduled, describe_unscheduled,
        },
        output::{print_json, print_line},
        wait_line::show_waits,
    },
};
use app::{
    VideoRequest, VideoStatus,
    core::{
        RunContext, UploadId,
        metadata::{VideoMetadata, split_tags},
    },
};
use serde_json::json;
use std::process::ExitCode;

/// Who asks, in the ledger.
const PERSON: &str = "command";

/// Carries the action out.
pub(super) async fn video(args: VideoArgs) -> Result<ExitCode, CliError> {
    match args.action {
        VideoAction::Show(args) => show(args).await?,
        VideoAction::List(args) => list::list(args).await?,
        VideoAction::Update(args) => update(*args).await?,
        VideoAction::Hide(args) => {
            let (id, status) = change(&args, VideoRequest::Hide).await?;
            report(args.json, "hidden", &status, || describe_hidden(&id, &status));
        }
        VideoAction::Schedule(args) => schedule(args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(args: VideoIdArgs) -> Result<(), CliError> {
    let app = settings::open_app()?;
    let (id, _) = find_upload::find(&app, &args.id).await?;
    let showing = app.show_video(&id, None);
    let status = show_waits(args.json, None, showing).await.map_err(CliError::from_upload_command)?;
    if args.json {
        print_json(event("video", &status));
    } else {
        describe(&status).iter().for_each(print_line);
    }
    Ok(())
}

async fn update(args: VideoUpdateArgs) -> Result<(), CliError> {
    let stated = VideoMetadata {
        title: args.title,
        tags: (!args.tags.is_empty()).then(|| args.tags.iter().flat_map(|text| split_tags(text)).collect()),
        category: args.category,
        description: args.description,
        copyright_type: args.copyright_type.map(Into::into),
        public_type: args.public_type.map(Into::into),
        watch_password: args.watch_password.map(Into::into),
        ..VideoMetadata::default()
    };
    let (id, status) = change(&args.video, VideoRequest::Update(stated)).await?;
    report(args.video.json, "updated", &status, || describe_changed(&id, &status));
    Ok(())
}

async fn schedule(args: VideoScheduleArgs) -> Result<(), CliError> {
    let audience = args.public_type.map(|public_type| VideoMetadata {
        public_type: Some(public_type.into()),
        watch_password: args.watch_password.map(Into::into),
        ..VideoMetadata::default()
    });
    let (id, status) = change(&args.video, VideoRequest::Schedule(args.at, audience)).await?;
    report(args.video.json, "scheduled", &status, || match args.cancel {
        true => describe_unscheduled(&id),
        false => describe_scheduled(&id, &status),
    });
    Ok(())
}

async fn change(args: &VideoIdArgs, request: VideoRequest) -> Result<(UploadId, VideoStatus), CliError> {
    let app = settings::open_app()?;
    app.ensure_manageable()?;
    let (id, _) = find_upload::find(&app, &args.id).await?;
    let run = RunContext::default();
    let changing = app.change_video(&id, request, PERSON, None, &run);
    let status = show_waits(args.json, None, changing).await.map_err(CliError::from_upload_command)?;
    Ok((id, status))
}

fn report(json: bool, event_name: &str, status: &VideoStatus, text: impl FnOnce() -> String) {
    if json { print_json(event(event_name, status)) } else { print_line(text()) }
}

fn event(name: &str, status: &VideoStatus) -> serde_json::Value {
    let mut event = json!(status);
    event["event"] = name.into();
    event
}
