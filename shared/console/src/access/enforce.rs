//! Lets requests in, or says why not.

use super::judge::{Access, Verdict};
use crate::response::error_response;
use axum::{
    extract::{Request, State},
    http::{
        StatusCode,
        header::{CONTENT_TYPE, LOCATION, SET_COOKIE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// For a person who opens the page without its token.
const HOW_TO_ENTER: &str = "\
This is the console of oss2youku. To enter it, open the address that `oss2youku console` (or `oss2youku dev`) printed when it started: it has a token.
A browser that has been restarted, or a console that has, needs the address again.

这是 oss2youku 的控制台。请打开 `oss2youku console`（或 `oss2youku dev`）启动时打印的地址，其中带有令牌。
浏览器或控制台重新启动后，需要再次打开打印的地址。
";

/// Answers only the requests that [`Access`] lets in, and exchanges the token for the cookie.
pub(crate) async fn enforce_access(
    State(access): State<Arc<Access>>,
    request: Request,
    next: Next,
) -> Response {
    let verdict = access.judge(request.method(), request.uri(), request.headers());
    let (status, code, text) = match verdict {
        Verdict::Allowed => return next.run(request).await,
        Verdict::Exchanged => {
            let headers = [(LOCATION, "/".to_owned()), (SET_COOKIE, access.set_cookie())];
            return (StatusCode::SEE_OTHER, headers).into_response();
        }
        Verdict::Unknown if request.uri().path() == "/" => {
            let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
            return (StatusCode::UNAUTHORIZED, headers, HOW_TO_ENTER).into_response();
        }
        Verdict::Unknown => (
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "open the address that the command printed: it has a token",
        ),
        Verdict::ForeignHost => {
            (StatusCode::FORBIDDEN, "foreign_host", "the request names another host than the console's")
        }
        Verdict::ForeignOrigin => {
            (StatusCode::FORBIDDEN, "foreign_origin", "the request does not come from the console's own page")
        }
    };
    tracing::warn!(method = %request.method(), path = request.uri().path(), reason = code, "refused");
    error_response(status, code, text)
}
