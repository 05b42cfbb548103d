//! The path that a gateway puts before the API's own paths.

use app::BasePath;
use axum::{
    Router,
    extract::Request,
    http::{Uri, uri::PathAndQuery},
    middleware::map_request,
};

/// Serves the routes below the base path as well. Requests without it are served nevertheless: the gateway may put it only before those
/// that come by one of its domains. The settings refuse a base path that begins like a route.
pub(crate) fn with_base_path(routes: Router, base_path: BasePath) -> Router {
    if base_path.as_str().is_empty() {
        return routes;
    }
    // The routes are inside, since a router's own middleware runs only after the route has been found.
    Router::new().fallback_service(routes).layer(map_request(move |mut request: Request| {
        if let Some(uri) = strip(request.uri(), base_path.as_str()) {
            *request.uri_mut() = uri;
        }
        std::future::ready(request)
    }))
}

/// The URI without the base path; `None` where it has none.
fn strip(uri: &Uri, base_path: &str) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(base_path)?;
    let rest = match rest.chars().next() {
        None | Some('?') => format!("/{rest}"),
        Some('/') => rest.to_owned(),
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(rest).ok()?);
    Uri::from_parts(parts).ok()
}
