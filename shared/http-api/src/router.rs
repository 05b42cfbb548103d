//! The routes.

use crate::{
    auth::{authenticate, require},
    base_path::with_base_path,
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

const UPLOADS: &str = "/uploads";
const UPLOAD: &str = "/uploads/{id}";
const HEALTH: &str = "/healthz";

/// Whether a path is one of the HTTP API's own, whatever its method; the base path of the settings is not among them.
#[must_use]
pub fn has_route(path: &str) -> bool {
    let is_below = |rest: &str| rest.strip_prefix('/').is_some_and(|id| !id.is_empty() && !id.contains('/'));
    path == HEALTH || path.strip_prefix(UPLOADS).is_some_and(|rest| rest.is_empty() || is_below(rest))
}

/// Builds the routes, which are also there below the settings' `http.base_path`. Every request but `/healthz` must be let in by the settings' section `http`, and each route names the right it needs.
pub fn router(app: Arc<App>) -> Router {
    let (create, list) = (post(create_upload), get(list_uploads));
    let base_path = app.settings().http.base_path.clone();
    let routes = Router::new()
        .route(UPLOADS, require(Right::Submit, create).merge(require(Right::Read, list)))
        .route(UPLOAD, require(Right::Read, get(show_upload)))
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
        .route(HEALTH, get(async || Json(serde_json::json!({"status": "ok"}))))
        .with_state(app);
    with_base_path(routes, base_path)
}
