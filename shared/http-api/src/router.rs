//! The routes.

use crate::{
    auth::{authenticate, require},
    base_path::with_base_path,
    caller::Caller,
    create_upload::create_upload,
    manage::{cancel_upload, replay_callback, retry_upload},
    probe::{count_request, probe},
    response::JsonResponse,
    upload_list::list_uploads,
    upload_status::show_upload,
    videos::{hide_video, list_videos, schedule_video, show_video, update_video},
};
use app::{App, Right, Rights};
use axum::{
    Extension, Json, Router,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use std::sync::Arc;

const UPLOADS: &str = "/uploads";
const UPLOAD: &str = "/uploads/{id}";
/// What may be done to an upload, each a path below its own.
const ACTIONS: [&str; 3] = [RETRY, CANCEL, CALLBACK];
const RETRY: &str = "/uploads/{id}/retry";
const CANCEL: &str = "/uploads/{id}/cancel";
const CALLBACK: &str = "/uploads/{id}/callback";
const VIDEOS: &str = "/videos";
const VIDEO: &str = "/videos/{id}";
/// What may be done to a video, each a path below its own.
const CHANGES: [&str; 3] = [UPDATE, HIDE, SCHEDULE];
const UPDATE: &str = "/videos/{id}/update";
const HIDE: &str = "/videos/{id}/hide";
const SCHEDULE: &str = "/videos/{id}/schedule";
const PROBE: &str = "/probe";
const HEALTH: &str = "/healthz";

/// Whether a path is one of the HTTP API's own, whatever its method; the base path of the settings is not among them.
#[must_use]
pub fn has_route(path: &str) -> bool {
    [HEALTH, PROBE].contains(&path)
        || is_at_or_below(path, UPLOADS, &ACTIONS)
        || is_at_or_below(path, VIDEOS, &CHANGES)
}

/// Whether a path is a collection's own, that of one of its members, or of one of the members' `actions`.
fn is_at_or_below(path: &str, collection: &str, actions: &[&str]) -> bool {
    let is_action = |action: &str| actions.iter().any(|path| path.rsplit('/').next() == Some(action));
    let Some(rest) = path.strip_prefix(collection) else { return false };
    match rest.strip_prefix('/').map(|below| below.split_once('/')) {
        Some(None) => rest.len() > 1,
        Some(Some((id, action))) => !id.is_empty() && is_action(action),
        None => rest.is_empty(),
    }
}

/// Builds the routes, which are also there below the settings' `http.base_path`. Every request but `/healthz` must be let in by the settings' section `http`, and each route names the right it needs.
pub fn router(app: Arc<App>) -> Router {
    let base_path = app.settings().http.base_path.clone();
    let authenticating = from_fn_with_state(app.clone(), authenticate);
    with_base_path(build_routes(app, |routes| routes.layer(authenticating)), base_path)
}

/// Builds the same routes for the owner of this process, who has every right: no token is asked for. The server of these routes must let nobody else
/// in; a function serves [`router`].
pub fn owner_router(app: Arc<App>) -> Router {
    build_routes(app, |routes| {
        routes.layer(Extension(Rights::new(&Right::ALL))).layer(Extension(Caller::owner()))
    })
}

/// The routes, behind what `guard` puts before all of them but `/healthz`: it decides the caller's rights.
fn build_routes(app: Arc<App>, guard: impl FnOnce(Router<Arc<App>>) -> Router<Arc<App>>) -> Router {
    let (create, list) = (post(create_upload), get(list_uploads));
    let probing = match app.settings().http.probe {
        true => Router::new().route(PROBE, require(Right::Manage, get(probe))),
        false => Router::new(),
    };
    let routes = probing
        .route(UPLOADS, require(Right::Submit, create).merge(require(Right::Read, list)))
        .route(UPLOAD, require(Right::Read, get(show_upload)))
        .route(RETRY, require(Right::Manage, post(retry_upload)))
        .route(CANCEL, require(Right::Manage, post(cancel_upload)))
        .route(CALLBACK, require(Right::Manage, post(replay_callback)))
        .route(VIDEOS, require(Right::Manage, get(list_videos)))
        .route(VIDEO, require(Right::Manage, get(show_video)))
        .route(UPDATE, require(Right::Manage, post(update_video)))
        .route(HIDE, require(Right::Manage, post(hide_video)))
        .route(SCHEDULE, require(Right::Manage, post(schedule_video)))
        .method_not_allowed_fallback(async || {
            JsonResponse::from_error(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this path has other methods",
            )
        })
        .fallback(async || {
            JsonResponse::from_error(StatusCode::NOT_FOUND, "no_such_path", "there is no such path")
        });
    let routes = match app.settings().http.probe {
        true => guard(routes).layer(from_fn(count_request)),
        false => guard(routes),
    };
    routes.route(HEALTH, get(async || Json(serde_json::json!({"status": "ok"})))).with_state(app)
}
