//! What the ledger knows of uploads.

use crate::{request_context::RequestContext, response::JsonResponse};
use app::{
    App, ListQuery, ListState, PageToken,
    core::{Error, ErrorKind, UploadId},
};
use axum::{
    Extension, Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
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
    call: Option<Extension<RequestContext>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let call = call.map(|Extension(call)| call).unwrap_or_default();
    let Some(id) = id.ok().and_then(|Path(id)| UploadId::parse(&id)) else {
        let text = "an upload id has 32 digits, 0 to 9 and a to f";
        return JsonResponse::from_error(StatusCode::BAD_REQUEST, "invalid_upload_id", text).into_response();
    };
    match with_deadline(&call, app.status(&id, call.credentials.clone())).await {
        Ok(Some(status)) => Json(status).into_response(),
        Ok(None) => {
            let text = "the ledger knows no such upload";
            JsonResponse::from_error(StatusCode::NOT_FOUND, "no_such_upload", text).into_response()
        }
        Err(error) => JsonResponse::from_result("", &Err(error)).into_response(),
    }
}

/// `GET /uploads`.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    call: Option<Extension<RequestContext>>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    let call = call.map(|Extension(call)| call).unwrap_or_default();
    let query = query.map_err(|_| "the query is not in the form of a URL's").and_then(|Query(q)| read(&q));
    let query = match query {
        Ok(query) => query,
        Err(text) => {
            return JsonResponse::from_error(StatusCode::BAD_REQUEST, "invalid_query", text).into_response();
        }
    };
    match with_deadline(&call, app.list(&query, call.credentials.clone())).await {
        Ok(list) => Json(list).into_response(),
        Err(error) => JsonResponse::from_result("", &Err(error)).into_response(),
    }
}

fn read(fields: &[(String, String)]) -> Result<ListQuery, &'static str> {
    let mut query = ListQuery { state: None, limit: 20, after: None };
    for (name, value) in fields {
        match (name.as_str(), value.as_str()) {
            ("state", "open") => query.state = Some(ListState::Open),
            ("state", "finished") => query.state = Some(ListState::Finished),
            ("state", _) => return Err("state must be open or finished"),
            ("limit", text) => {
                let limit = text.parse().ok().filter(|limit| (1..=100).contains(limit));
                query.limit = limit.ok_or("limit must be 1 to 100")?;
            }
            ("after", "") => {}
            ("after", text) => query.after = Some(PageToken::parse(text).ok_or(NO_PLACE)?),
            _ => return Err("there is state, limit and after, and nothing else"),
        }
    }
    match (&query.after, query.state) {
        (Some(after), Some(state)) if after.state() != state => Err(NO_PLACE),
        _ => Ok(query),
    }
}

const NO_PLACE: &str = "after must be the next of an earlier answer to the same query";

/// What the ledger answers, as long as the caller may be kept waiting.
async fn with_deadline<T>(
    call: &RequestContext,
    asked: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
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
