//! `GET /console/videos/{id}`: the bytes that the local Youku holds of a video, for the page's player.

use crate::{faults::not_here, response::error_response, shared::Shared};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE},
    },
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// What is passed on of the answer.
const KEPT: [axum::http::HeaderName; 3] = [ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE];

/// Passes on the range that the player asks for.
pub(crate) async fn play_video(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(clouds) = &shared.clouds else { return not_here() };
    // It becomes part of an address.
    if !id.bytes().all(|one| one.is_ascii_alphanumeric() || b"=_-".contains(&one)) {
        return no_such_video();
    }
    let Ok(client) = app::http_client() else { return no_such_video() };
    let mut request = client.get(clouds.video_url(&id));
    if let Some(range) = headers.get(RANGE) {
        request = request.header(RANGE, range);
    }
    let Ok(found) = request.send().await else { return no_such_video() };
    if found.status() == StatusCode::NOT_FOUND {
        return no_such_video();
    }
    let (status, answered) = (found.status(), found.headers());
    let mut passed: HeaderMap =
        KEPT.into_iter().filter_map(|name| Some((name.clone(), answered.get(&name)?.clone()))).collect();
    // Browsers tell the container by its bytes, as long as it is some video.
    passed.insert(CONTENT_TYPE, HeaderValue::from_static("video/mp4"));
    (status, passed, Body::new(reqwest::Body::from(found))).into_response()
}

fn no_such_video() -> Response {
    error_response(StatusCode::NOT_FOUND, "no_such_video", "the local Youku holds no such video")
}
