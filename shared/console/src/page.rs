//! `GET /` and `GET /assets/{name}`: the page's files.

use crate::{assets::INDEX, shared::Shared};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use std::sync::Arc;

pub(crate) async fn show_index(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    shared.assets.respond(INDEX, &headers)
}

pub(crate) async fn show_asset(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    shared.assets.respond(&name, &headers)
}
