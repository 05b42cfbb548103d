//! The routes.

use crate::{
    auth::{authenticate, require},
    create_upload::create_upload,
    response::JsonResponse,
    upload_list::list_uploads,
    upload_status::show_upload,
};
use app::{App, Right};
use axum::{
    Json, Router,
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use std::sync::Arc;

/// Builds the routes. Every request but `/healthz` must be let in by the settings' section `http`, and each route names the right it needs.
pub fn router(app: Arc<App>) -> Router {
    let (create, list) = (post(create_upload), get(list_uploads));
    Router::new()
        .route("/uploads", require(Right::Submit, create).merge(require(Right::Read, list)))
        .route("/uploads/{id}", require(Right::Read, get(show_upload)))
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
        .layer(from_fn_with_state(app.clone(), authenticate))
        .route("/healthz", get(async || Json(serde_json::json!({"status": "ok"}))))
        .with_state(app)
}
