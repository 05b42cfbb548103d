//! `POST /uploads`: runs a task while its caller waits.

use crate::{
    body::read_body,
    idempotency_key::read_idempotency_key,
    progress::{ProgressFormat, ProgressReport, stream_progress},
    request_context::RequestContext,
    response::JsonResponse,
};
use app::{
    App, Task,
    core::{RunContext, UploadError as _},
    requested_key,
};
use axum::{
    body::Body,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use tracing::Instrument;

pub(crate) async fn create_upload(
    State(app): State<Arc<App>>,
    mut context: RequestContext,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let limit = usize::from(app.settings().http.body_limit_kib) << 10;
    let json = match read_body(body, limit).await {
        Ok(json) => json,
        Err(response) => return response.into_response(),
    };
    let key = read_idempotency_key(&headers);
    let task = key.and_then(|key| Task::from_request(&json, key, app.settings()));
    context.set_task_trace(task.as_ref().ok().and_then(|task| task.trace));
    let span = context.begin_span();
    let task = match task {
        Ok(task) => task,
        Err(error) => {
            span.in_scope(|| tracing::warn!(%error, "not a task"));
            let key = requested_key(&error).to_owned();
            return JsonResponse::from_result(&key, &Err(error)).into_response();
        }
    };
    let run = context.run();
    let progress = run.progress.clone();
    let work = async move {
        let deadline = run.deadline;
        let response = run_task(app, task, context, run).instrument(span).await;
        app::flush_traces(deadline).await;
        response
    };
    match ProgressFormat::from_headers(&headers) {
        None => work.await.into_response(),
        Some(format) => {
            stream_progress(format, move || ProgressReport::new(&progress), async { work.await.outcome })
        }
    }
}

async fn run_task(app: Arc<App>, task: Task, context: RequestContext, run: RunContext) -> JsonResponse {
    let object = task.job.location.to_string();
    let result = app.run_task(&task, context.credentials, &run).await;
    if let Err(error) = &result {
        let upload_id = error.upload_id().map(tracing::field::display);
        tracing::error!(object, upload_id, ?error, code = error.kind().code(), "failed");
    }
    JsonResponse::from_result(&task.key, &result)
}
