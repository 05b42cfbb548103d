//! Who may come in: whoever has an accepted token, or everybody where the gateway has checked them already.

use crate::answer::Answer;
use app::{App, HttpSettings};
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(crate) async fn check(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let settings = &app.settings().http;
    match refusal(settings, request.headers()) {
        None => next.run(request).await,
        Some(reason) => {
            tracing::warn!(method = %request.method(), path = request.uri().path(), reason, "refused");
            // The reason is the operator's matter.
            let text = "a valid bearer token is needed";
            let mut response =
                Answer::refusal(StatusCode::UNAUTHORIZED, "unauthorised", text).into_response();
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
    }
}

/// Why a request is not let in; `None` lets it in.
fn refusal(settings: &HttpSettings, headers: &HeaderMap) -> Option<&'static str> {
    if settings.trust_gateway {
        return None;
    }
    if !settings.is_open_to_any() {
        return Some("nobody may come in: neither http.tokens nor http.trust_gateway is set");
    }
    match bearer(headers) {
        None => Some("no bearer token"),
        Some(token) if settings.accepts(token) => None,
        Some(_) => Some("not an accepted token"),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
