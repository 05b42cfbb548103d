//! The HTTP API, for the owner of this process.

use crate::response::error_response;
use app::App;
use axum::{
    Router,
    extract::Request,
    http::{Method, StatusCode, header::ACCEPT},
    response::Response,
};
use std::sync::Arc;
use tower::ServiceExt as _;

/// The API's routes, without the prefix under which they are served.
pub(crate) fn api_routes(app: Arc<App>) -> Router {
    let routes = http_api::owner_router(app);
    Router::new().fallback(move |request| answer(routes.clone(), request))
}

/// Answers a request. What changes something is carried out even if the page that asked for it is closed or loaded again meanwhile, and is
/// answered by its outcome alone: its progress is in the rows.
async fn answer(routes: Router, mut request: Request) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let Ok(response) = routes.oneshot(request).await;
        return response;
    }
    request.headers_mut().remove(ACCEPT);
    match tokio::spawn(routes.oneshot(request)).await {
        Ok(Ok(response)) => response,
        Err(_) => {
            error_response(StatusCode::INTERNAL_SERVER_ERROR, "interrupted", "the request was interrupted")
        }
    }
}
