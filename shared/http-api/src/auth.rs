//! Which callers are let in, and with what rights: those with an accepted token, or everybody where the gateway has checked them already.

use crate::{caller::Caller, response::JsonResponse};
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

/// Lets in the callers that the settings accept, and puts their rights into the request.
pub(crate) async fn authenticate(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match find_rights(&app.settings().http, request.headers()) {
        Ok(rights) => {
            let caller = Caller::from_token(&app, bearer_token(request.headers()));
            request.extensions_mut().insert(rights);
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(reason) => {
            log_refusal(&request, reason);
            // The reason is for the operator alone.
            let text = "a valid bearer token is needed";
            error_response(StatusCode::UNAUTHORIZED, "unauthorized", text, "Bearer")
        }
    }
}

/// Limits the handlers to callers that have this right; the refusal of others names the right.
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

/// The refusals' challenges in RFC 6750's words.
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

/// Finds the caller's rights.
///
/// Callers that the gateway has checked have the usual rights; a token that they show as well may grant more.
///
/// # Errors
/// Why the caller is not let in.
fn find_rights(settings: &HttpSettings, headers: &HeaderMap) -> Result<Rights, &'static str> {
    if !settings.is_open_to_any() {
        return Err("nobody may come in: neither http.tokens nor http.trust_gateway is set");
    }
    let token = bearer_token(headers);
    let shown = token.and_then(|token| settings.rights_of(token));
    match (settings.trust_gateway, shown, token) {
        (true, shown, _) => Ok(Rights::usual().and(shown.unwrap_or(Rights::NONE))),
        (false, Some(rights), _) => Ok(rights),
        (false, None, None) => Err("no bearer token"),
        (false, None, Some(_)) => Err("not an accepted token"),
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
