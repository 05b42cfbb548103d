//! The HTTP door: tasks in, outcomes out, with progress on the way for those who ask.
//!
//! | request | answer |
//! |---|---|
//! | `POST /uploads` | the task's outcome; `Accept: text/event-stream` or `application/x-ndjson`: progress, then the outcome |
//! | `GET /uploads/{id}` | what the ledger knows of an upload |
//! | `GET /uploads?state=open\|finished&limit=1..100&after=` | the open uploads, then the latest that ended; `next` is the next page's `after` |
//! | `GET /healthz` | `{"status":"ok"}`, to anybody |
//!
//! Function Compute's HTTP trigger and Lambda's function URL serve the same [`router`]; what only they know of a request they put
//! into its extensions as a [`Call`].

mod access;
mod answer;
mod body;
mod call;
mod progress;
mod status;
mod uploads;

pub use call::Call;

use answer::Answer;
use app::App;
use axum::{
    Json, Router,
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use std::sync::Arc;

/// The door's routes. Every request but `/healthz` must be let in by the settings' section `http`.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/uploads", post(uploads::create).get(status::list))
        .route("/uploads/{id}", get(status::one))
        .method_not_allowed_fallback(async || {
            Answer::refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this path has other methods",
            )
        })
        .fallback(async || Answer::refusal(StatusCode::NOT_FOUND, "no_such_path", "there is no such path"))
        .layer(from_fn_with_state(app.clone(), access::check))
        .route("/healthz", get(async || Json(serde_json::json!({"status": "ok"}))))
        .with_state(app)
}

#[cfg(test)]
mod tests;
