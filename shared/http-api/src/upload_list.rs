//! `GET /uploads`: the open uploads, then the latest that ended.

use crate::{deadline::with_deadline, request_context::RequestContext, response::JsonResponse};
use app::{App, ListQuery, ListState, PageToken};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Uploads of a page where the query does not say.
const LIMIT: usize = 20;
/// What is wrong with an `after` that begins no page of the query.
const FOREIGN_TOKEN: &str = "after must be the next of an earlier answer to the same query";

pub(crate) async fn list_uploads(
    State(app): State<Arc<App>>,
    context: RequestContext,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    let fields = query.map_err(|_| "the query is not in the form of a URL's");
    let query = match fields.and_then(|Query(fields)| read_query(&fields)) {
        Ok(query) => query,
        Err(text) => {
            return JsonResponse::from_error(StatusCode::BAD_REQUEST, "invalid_query", text).into_response();
        }
    };
    match with_deadline(&context, app.list(&query, context.credentials.clone())).await {
        Ok(list) => Json(list).into_response(),
        Err(error) => JsonResponse::from_unnamed(error).into_response(),
    }
}

fn read_query(fields: &[(String, String)]) -> Result<ListQuery, &'static str> {
    let mut query = ListQuery { state: None, limit: LIMIT, after: None };
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
            ("after", text) => query.after = Some(PageToken::parse(text).ok_or(FOREIGN_TOKEN)?),
            _ => return Err("there is state, limit and after, and nothing else"),
        }
    }
    match (&query.after, query.state) {
        (Some(after), Some(state)) if after.state() != state => Err(FOREIGN_TOKEN),
        _ => Ok(query),
    }
}
