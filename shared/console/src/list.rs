//! `GET /console/uploads`: rows, filtered and paged.

use crate::{
    Obstacle,
    assets::is_known,
    query::{Fields, invalid_query},
    rows::{Page, Reading, RowQuery},
    shared::Shared,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header::ETAG},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct List {
    revision: u64,
    #[serde(flatten)]
    reading: Reading,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble>,
    #[serde(flatten)]
    page: Page,
}

/// Why the ledger cannot be read now: the rows are old.
#[derive(Serialize)]
struct Trouble {
    error: &'static str,
    msg: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

/// Answers from what was read; what the page has already, by its revision, is not sent again.
pub(crate) async fn list_rows(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Fields(fields): Fields,
) -> Response {
    // Only what is in trouble is told in a language.
    let (language, fields): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == "lang");
    let language = match Fields(language).language() {
        Ok(language) => language.unwrap_or(shared.settings.language),
        Err(why) => return invalid_query(why),
    };
    let query = match RowQuery::parse(&fields) {
        Ok(query) => query,
        Err(why) => return invalid_query(why),
    };
    shared.watching.note_request();
    shared.wait_for_rows().await;
    let (revision, reading, page) = shared.table.page(&query);
    let etag = format!("\"{revision}\"");
    let tag = [(ETAG, etag.as_str())];
    if is_known(&headers, &etag) {
        return (StatusCode::NOT_MODIFIED, tag).into_response();
    }
    let trouble = shared.table.trouble().map(|error| {
        let Obstacle { error, message, advice } = shared.advisor.describe(&error, language);
        Trouble { error, msg: message, advice }
    });
    (tag, Json(List { revision, reading, trouble, page })).into_response()
}
