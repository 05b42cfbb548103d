//! `POST /uploads`: a task is carried out while its caller waits.

use crate::{
    body,
    progress::{self, Format, Report},
    request_context::RequestContext,
    response::JsonResponse,
};
use app::{
    App, Task,
    core::{Error, ErrorKind, RunContext, UploadError as _},
};
use axum::{
    Extension,
    body::Body,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use tracing::Instrument;

pub(crate) async fn create(
    State(app): State<Arc<App>>,
    call: Option<Extension<RequestContext>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let call = call.map(|Extension(call)| call).unwrap_or_default();
    let span = tracing::info_span!("request", request_id = call.request_id);
    let limit = usize::from(app.settings().http.body_limit_kib) << 10;
    let json = match body::read(body, limit).await {
        Ok(json) => json,
        Err(refusal) => return refusal.into_response(),
    };
    let task = match request_key(&headers).and_then(|key| Task::from_request(&json, key, app.settings())) {
        Ok(task) => task,
        Err(error) => {
            span.in_scope(|| tracing::warn!(%error, "not a task"));
            return JsonResponse::from_result("", &Err(error)).into_response();
        }
    };
    let run = RunContext { deadline: call.deadline, ..RunContext::default() };
    let counters = run.progress.clone();
    let work = run_task(app, task, call, run).instrument(span);
    match Format::from_headers(&headers) {
        None => work.await.into_response(),
        Some(format) => {
            progress::stream(format, move || Report::new(&counters), async { work.await.outcome })
        }
    }
}

/// What the caller calls its request.
fn request_key(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return if headers.contains_key("idempotency-key") { Err(no_key()) } else { Ok(None) };
    };
    let fits = (1..=128).contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
    key.to_str().ok().filter(|_| fits).map(Some).ok_or_else(no_key)
}

fn no_key() -> Error {
    let error = Error::new(ErrorKind::InvalidJob, "task", "the request does not fit");
    error
        .with_context("header", "Idempotency-Key")
        .with_context("why", "is not one text of 1 to 128 visible ASCII characters")
}

async fn run_task(app: Arc<App>, task: Task, call: RequestContext, run: RunContext) -> JsonResponse {
    let object = task.job.location.to_string();
    let result = app.run_task(&task, call.credentials, &run).await;
    if let Err(error) = &result {
        let upload_id = error.upload_id().map(tracing::field::display);
        tracing::error!(object, upload_id, ?error, code = error.kind().code(), "failed");
    }
    JsonResponse::from_result(&task.key, &result)
}
