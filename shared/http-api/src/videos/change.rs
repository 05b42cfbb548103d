//! `POST /videos/{id}/update`, `hide` and `schedule`: changes the video of an upload.

use crate::{
    body::read_body, caller::Caller, deadline::with_deadline, manage::refuse,
    request_context::RequestContext, response::JsonResponse, upload_id::RequestedUpload,
};
use app::{
    App, VideoRequest,
    core::{Error, RunContext, UploadId},
};
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// For a change: a little less than what the caller waits for an answer.
const TIME: Duration = Duration::from_secs(17);

pub(crate) async fn update_video(
    State(app): State<Arc<App>>,
    context: RequestContext,
    caller: Caller,
    RequestedUpload(id): RequestedUpload,
    body: Body,
) -> Response {
    match read_request(&app, body, VideoRequest::read_update).await {
        Ok(request) => change(&app, &context, &caller, &id, request).await,
        Err(response) => response.about(&id).into_response(),
    }
}

pub(crate) async fn schedule_video(
    State(app): State<Arc<App>>,
    context: RequestContext,
    caller: Caller,
    RequestedUpload(id): RequestedUpload,
    body: Body,
) -> Response {
    match read_request(&app, body, VideoRequest::read_schedule).await {
        Ok(request) => change(&app, &context, &caller, &id, request).await,
        Err(response) => response.about(&id).into_response(),
    }
}

pub(crate) async fn hide_video(
    State(app): State<Arc<App>>,
    context: RequestContext,
    caller: Caller,
    RequestedUpload(id): RequestedUpload,
) -> Response {
    change(&app, &context, &caller, &id, VideoRequest::Hide).await
}

async fn read_request(
    app: &App,
    body: Body,
    read: impl Fn(&[u8]) -> Result<VideoRequest, Error>,
) -> Result<VideoRequest, JsonResponse> {
    let limit = usize::from(app.settings().http.body_limit_kib) << 10;
    read(&read_body(body, limit).await?).map_err(JsonResponse::from_unnamed)
}

async fn change(
    app: &App,
    context: &RequestContext,
    caller: &Caller,
    id: &UploadId,
    request: VideoRequest,
) -> Response {
    // Before the answer is due, so that what was done is on record.
    let end = Instant::now() + TIME;
    let deadline = Some(context.deadline.map_or(end, |deadline| deadline.min(end)));
    let run = RunContext { deadline, ..context.run() };
    let changing = app.change_video(id, request, &caller.0, context.credentials.clone(), &run);
    match with_deadline(context, changing).await {
        Ok(status) => Json(status).into_response(),
        Err(error) => refuse(id, error).into_response(),
    }
}
