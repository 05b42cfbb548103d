//! Passes the page's requests on to the function, with its token.

use super::client::Function;
use crate::response::{error_response, unreadable};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderMap, Method, StatusCode,
        header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// The largest body: a task has a few hundred bytes.
const MOST: usize = 1 << 20;

/// The function's routes, without the prefix under which they are served.
pub(crate) fn function_routes(function: Arc<Function>) -> Router {
    Router::new().fallback(move |request| forward(function.clone(), request))
}

/// Passes on method, path, query and body, and of the headers none but those that say what the body is and what the answer may be.
async fn forward(function: Arc<Function>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !http_api::has_route(parts.uri.path()) {
        return error_response(StatusCode::NOT_FOUND, "no_such_path", "there is no such path");
    }
    let Ok(body) = to_bytes(body, MOST).await else {
        return error_response(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the body is too large");
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let is_read = matches!(parts.method, Method::GET | Method::HEAD);
    let passed = [CONTENT_TYPE, ACCEPT].into_iter().filter(|name| is_read || *name != ACCEPT);
    let headers: HeaderMap =
        passed.filter_map(|name| Some((name.clone(), parts.headers.get(&name)?.clone()))).collect();
    let sending = async move { function.send(parts.method, &path, headers, body).await };
    // What changes something goes on even if the page is left.
    let sent = match is_read {
        true => sending.await,
        false => match tokio::spawn(sending).await {
            Ok(sent) => sent,
            Err(_) => {
                let text = "the request was interrupted";
                return error_response(StatusCode::INTERNAL_SERVER_ERROR, "interrupted", text);
            }
        },
    };
    match sent {
        Ok(response) => {
            let (status, answered) = (response.status(), response.headers());
            let kept = [CONTENT_TYPE, RETRY_AFTER].into_iter();
            let headers: HeaderMap =
                kept.filter_map(|name| Some((name.clone(), answered.get(&name)?.clone()))).collect();
            (status, headers, Body::new(reqwest::Body::from(response))).into_response()
        }
        Err(error) => unreadable(&error),
    }
}
