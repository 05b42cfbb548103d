//! What the ledger knows of uploads.

use crate::{answer::Answer, call::Call};
use app::{
    App,
    core::{Error, ErrorKind, UploadId},
};
use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

/// For an answer about what is known already: a few reads of the ledger.
const TIME: Duration = Duration::from_secs(20);

/// `GET /uploads/{id}`.
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    call: Option<Extension<Call>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let call = call.map(|Extension(call)| call).unwrap_or_default();
    let Some(id) = id.ok().and_then(|Path(id)| UploadId::parse(&id)) else {
        let text = "an upload id has 32 digits, 0 to 9 and a to f";
        return Answer::refusal(StatusCode::BAD_REQUEST, "invalid_upload_id", text).into_response();
    };
    match in_time(&call, app.status(&id, call.credentials.clone())).await {
        Ok(Some(status)) => Json(status).into_response(),
        Ok(None) => {
            let text = "the ledger knows no such upload";
            Answer::refusal(StatusCode::NOT_FOUND, "no_such_upload", text).into_response()
        }
        Err(error) => Answer::of("", &Err(error)).into_response(),
    }
}

/// What the ledger answers, as long as the caller may be kept waiting.
async fn in_time<T>(call: &Call, asked: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let latest = Instant::now() + TIME;
    let latest = call.deadline.map_or(latest, |deadline| deadline.min(latest));
    let span = tracing::info_span!("request", request_id = call.request_id);
    let late = || Error::new(ErrorKind::Deadline, "status", "the ledger did not answer in time").retryable();
    let asked = async {
        let answered = timeout_at(latest, asked).await.unwrap_or_else(|_| Err(late()));
        answered.inspect_err(|error| tracing::error!(?error, code = error.kind().code(), "could not tell"))
    };
    asked.instrument(span).await
}
