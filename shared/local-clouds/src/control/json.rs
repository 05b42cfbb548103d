//! JSON bodies of the control endpoints.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

const MAX_BODY: usize = 1024 * 1024;

/// The body as JSON; an empty body is `None`.
pub(crate) async fn json_body<T: DeserializeOwned>(body: Body) -> Result<Option<T>, String> {
    let bytes = axum::body::to_bytes(body, MAX_BODY).await.map_err(|error| error.to_string())?;
    if bytes.is_empty() {
        return Ok(None);
    }
    deserialize(serde_json::from_slice(&bytes).map_err(|error| error.to_string())?).map(Some)
}

/// Deserializes a value; the error names the path that does not fit.
pub(crate) fn deserialize<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| error.to_string())
}

pub(crate) fn json_ok(value: &impl Serialize) -> Response<Body> {
    json_response(StatusCode::OK, value)
}

pub(crate) fn json_response(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut answer = Response::new(Body::from(serde_json::to_vec(value).unwrap_or_default()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
