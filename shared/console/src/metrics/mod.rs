//! `GET /metrics`: what a Prometheus scrapes, on a listener of its own.
//!
//! It has neither the page's token nor its cookie: a scraper keeps no secret that changes with each start. So it tells numbers alone, under
//! names of states, error codes and accounts, and no title, file or id.

mod figures;
mod text;

use crate::{Backend, shared::Shared};
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use figures::Figures;
use std::{sync::Arc, time::SystemTime};

/// The media type of OpenMetrics 1.0, which the answer is.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The one route.
pub(crate) fn metrics_router(shared: Arc<Shared>) -> Router {
    Router::new().route("/metrics", get(show_metrics)).with_state(shared)
}

/// Answers from what was read for the page, which a scrape keeps being read, and from a few entries of the ledger.
async fn show_metrics(State(shared): State<Arc<Shared>>) -> Response {
    shared.watching.note_request();
    shared.wait_for_rows().await;
    let now = SystemTime::now().into();
    let mut figures = shared.table.with_rows(|rows| Figures::of_rows(rows, now));
    figures.is_readable = shared.table.is_readable();
    if let Backend::Ledger(app) = &shared.backend {
        figures.read_tokens(app).await;
        figures.read_last_sweep(app).await;
    }
    match text::encode(&figures, now) {
        Ok(text) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        // Writing to a string does not fail.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
