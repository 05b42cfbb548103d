//! `GET /videos`: an account's own videos at Youku.

use crate::{deadline::with_deadline, request_context::RequestContext, response::JsonResponse};
use app::App;
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// The last page that may be asked for.
const LAST_PAGE: u64 = 10_000;

/// The fields of the query. A list, so that an unknown one is told.
type Fields = Vec<(String, String)>;

pub(crate) async fn list_videos(
    State(app): State<Arc<App>>,
    context: RequestContext,
    query: Result<Query<Fields>, QueryRejection>,
) -> Response {
    let fields = query.map_err(|_| "the query is not in the form of a URL's");
    let (account, page) = match fields.and_then(|Query(fields)| read_query(fields)) {
        Ok(read) => read,
        Err(text) => {
            return JsonResponse::from_error(StatusCode::BAD_REQUEST, "invalid_query", text).into_response();
        }
    };
    let listing = app.list_videos(account.as_deref(), page, context.credentials.clone());
    match with_deadline(&context, listing).await {
        Ok(list) => Json(list).into_response(),
        Err(error) => JsonResponse::from_unnamed(error).into_response(),
    }
}

fn read_query(fields: Fields) -> Result<(Option<String>, u64), &'static str> {
    let (mut account, mut page) = (None, 1);
    for (name, value) in fields {
        match name.as_str() {
            "account" => account = Some(value),
            "page" => {
                let number = value.parse().ok().filter(|page| (1..=LAST_PAGE).contains(page));
                page = number.ok_or("page must be 1 to 10000")?;
            }
            _ => return Err("there are account and page, and nothing else"),
        }
    }
    Ok((account, page))
}
