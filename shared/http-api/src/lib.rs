//! The HTTP door: tasks in, outcomes out, with progress on the way for those who ask.
//!
//! | request | answer |
//! |---|---|
//! | `POST /uploads` (right `submit`) | the task's outcome; `Accept: text/event-stream` or `application/x-ndjson`: progress, then the outcome |
//! | `GET /uploads/{id}` (right `read`) | what the ledger knows of an upload |
//! | `GET /uploads?state=open\|finished&limit=1..100&after=` (right `read`) | the open uploads, then the latest that ended; `next` is the next page's `after` |
//! | `GET /healthz` | `{"status":"ok"}`, to anybody |
//!
//! What changes uploads that others asked for needs the right `manage`; there is no such route yet.
//!
//! Function Compute's HTTP trigger and Lambda's function URL serve the same [`router`]; what only they know of a request they put
//! into its extensions as a [`Call`].

mod auth;
mod body;
mod progress;
mod request_context;
mod response;
mod status;
mod uploads;

pub use request_context::RequestContext;

use app::{App, Right};
use auth::require;
use axum::{
    Json, Router,
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use response::JsonResponse;
use std::sync::Arc;

/// The door's routes. Every request but `/healthz` must be let in by the settings' section `http`, and each route names the right it needs.
pub fn router(app: Arc<App>) -> Router {
    let (create, list) = (post(uploads::create), get(status::list));
    Router::new()
        .route("/uploads", require(Right::Submit, create).merge(require(Right::Read, list)))
        .route("/uploads/{id}", require(Right::Read, get(status::one)))
        .method_not_allowed_fallback(async || {
            JsonResponse::from_error(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this path has other methods",
            )
        })
        .fallback(async || {
            JsonResponse::from_error(StatusCode::NOT_FOUND, "no_such_path", "there is no such path")
        })
        .layer(from_fn_with_state(app.clone(), auth::authenticate))
        .route("/healthz", get(async || Json(serde_json::json!({"status": "ok"}))))
        .with_state(app)
}

#[cfg(test)]
mod tests;
