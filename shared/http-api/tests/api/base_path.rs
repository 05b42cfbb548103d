//! The settings' `http.base_path`.

use crate::{build_api, read_whole};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_api::has_route;
use tower::ServiceExt;

async fn status_of(base_path: &str, path: &str) -> (StatusCode, String) {
    let settings = format!("[http]\ntrust_gateway = true\nbase_path = '{base_path}'");
    let request = Request::get(path).body(Body::empty()).unwrap();
    let (status, _, body) = read_whole(build_api(&settings).oneshot(request).await.unwrap()).await;
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn the_routes_are_below_the_base_path_and_without_it() {
    for path in ["/uploads?limit=1", "/video/api/uploads?limit=1", "/healthz", "/video/api/healthz"] {
        assert_eq!(status_of("/video/api/", path).await.0, StatusCode::OK, "{path}");
    }
    for path in
        ["/video/uploads", "/video/apis/uploads", "/video/api", "/video/api?uploads", "/video/apiuploads"]
    {
        let (status, body) = status_of("/video/api", path).await;
        assert!(status == StatusCode::NOT_FOUND && body.contains("no_such_path"), "{path}: {body}");
    }
    assert_eq!(status_of("", "/video/uploads").await.0, StatusCode::NOT_FOUND);
}

#[test]
fn the_paths_of_the_api_are_its_own() {
    for path in
        ["/uploads", "/uploads/ab12", "/uploads/ab12/retry", "/uploads/a/callback", "/probe", "/healthz"]
    {
        assert!(has_route(path), "{path}");
    }
    for path in [
        "",
        "/",
        "/uploads/",
        "/uploads/a/b",
        "/uploads//retry",
        "/uploads/a/retry/b",
        "/uploadsx",
        "/prod/uploads",
        "/healthz/x",
        "/probe/x",
        "uploads",
    ] {
        assert!(!has_route(path), "{path}");
    }
}
