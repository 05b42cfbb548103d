//! `POST /uploads/{id}/retry`: goes on with an upload at once, while its caller waits.

use super::refusal::refuse;
use crate::{
    progress::{ProgressFormat, ProgressReport, stream_progress},
    request_context::RequestContext,
    response::JsonResponse,
    upload_id::RequestedUpload,
};
use app::{
    App, Continuation,
    core::{RunContext, UploadError as _, UploadId, ledger::Reopening},
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use tracing::Instrument;

/// The fields of the query. A list, so that an unknown one is told.
type Fields = Vec<(String, String)>;

pub(crate) async fn retry_upload(
    State(app): State<Arc<App>>,
    mut context: RequestContext,
    RequestedUpload(id): RequestedUpload,
    query: Result<Query<Fields>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let fields = query.map_err(|_| "the query is not in the form of a URL's");
    let reopening = match fields.and_then(|Query(fields)| read_query(&fields)) {
        Ok(reopening) => reopening,
        Err(text) => {
            return JsonResponse::from_error(StatusCode::BAD_REQUEST, "invalid_query", text).into_response();
        }
    };
    let (span, run) = (context.begin_span(), context.run());
    let progress = run.progress.clone();
    let work = async move {
        let deadline = run.deadline;
        let response = retry(app, id, reopening, context, run).instrument(span).await;
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

fn read_query(fields: &[(String, String)]) -> Result<Reopening, &'static str> {
    let mut reopening = Reopening::default();
    for (name, value) in fields {
        reopening.new_session = match (name.as_str(), value.as_str()) {
            ("new_session", "true") => true,
            ("new_session", "false") => false,
            ("new_session", _) => return Err("new_session must be true or false"),
            _ => return Err("there is new_session, and nothing else"),
        };
    }
    Ok(reopening)
}

async fn retry(
    app: Arc<App>,
    id: UploadId,
    reopening: Reopening,
    context: RequestContext,
    run: RunContext,
) -> JsonResponse {
    match app.retry(&id, reopening, context.credentials, &run).await {
        Ok(Continuation::Ran { key, result }) => {
            let result = result.map_err(|error| error.with_upload_id(&id));
            if let Err(error) = &result {
                tracing::error!(upload_id = %id, ?error, code = error.kind().code(), "failed");
            }
            JsonResponse::from_result(&key, &result)
        }
        Ok(Continuation::Published(outcome)) => JsonResponse::from_outcome(outcome),
        Err(error) => {
            tracing::warn!(upload_id = %id, ?error, code = error.kind().code(), "not retried");
            refuse(&id, error)
        }
    }
}
