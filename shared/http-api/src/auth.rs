//! Who may come in, and do what: whoever has an accepted token, or everybody where the gateway has checked them already.

use crate::response::JsonResponse;
use app::{App, HttpSettings, Right, Rights};
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, WWW_AUTHENTICATE},
    },
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use std::sync::Arc;

/// Lets in whoever may come in, and notes in the request what they may do.
pub(crate) async fn authenticate(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match rights(&app.settings().http, request.headers()) {
        Ok(rights) => {
            request.extensions_mut().insert(rights);
            next.run(request).await
        }
        Err(reason) => {
            log_refusal(&request, reason);
            // The reason is the operator's matter.
            let text = "a valid bearer token is needed";
            error_response(StatusCode::UNAUTHORIZED, "unauthorized", text, "Bearer")
        }
    }
}

/// The same handlers for those alone who have this right; who lacks it is told so, and which one.
pub(crate) fn require(right: Right, handlers: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    handlers.route_layer(from_fn(move |request: Request, next: Next| async move {
        let rights = request.extensions().get().copied().unwrap_or(Rights::NONE);
        if rights.allow(right) {
            return next.run(request).await;
        }
        let (text, challenge) = match right {
            Right::Submit => ("the token lacks the right submit", INSUFFICIENT[0]),
            Right::Read => ("the token lacks the right read", INSUFFICIENT[1]),
            Right::Manage => ("the token lacks the right manage", INSUFFICIENT[2]),
        };
        log_refusal(&request, text);
        error_response(StatusCode::FORBIDDEN, "forbidden", text, challenge)
    }))
}

/// RFC 6750's words for it.
const INSUFFICIENT: [&str; 3] = [
    r#"Bearer error="insufficient_scope", scope="submit""#,
    r#"Bearer error="insufficient_scope", scope="read""#,
    r#"Bearer error="insufficient_scope", scope="manage""#,
];

fn log_refusal(request: &Request, reason: &str) {
    tracing::warn!(method = %request.method(), path = request.uri().path(), reason, "refused");
}

fn error_response(status: StatusCode, code: &'static str, text: &str, challenge: &'static str) -> Response {
    let mut response = JsonResponse::from_error(status, code, text).into_response();
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

/// What the caller may do, or why it is not let in.
///
/// Whom the gateway has checked may do the usual things; a token that is shown as well may allow more.
fn rights(settings: &HttpSettings, headers: &HeaderMap) -> Result<Rights, &'static str> {
    if !settings.is_open_to_any() {
        return Err("nobody may come in: neither http.tokens nor http.trust_gateway is set");
    }
    let token = bearer(headers);
    let shown = token.and_then(|token| settings.rights_of(token));
    match (settings.trust_gateway, shown, token) {
        (true, shown, _) => Ok(Rights::usual().and(shown.unwrap_or(Rights::NONE))),
        (false, Some(rights), _) => Ok(rights),
        (false, None, None) => Err("no bearer token"),
        (false, None, Some(_)) => Err("not an accepted token"),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
