//! `/healthz` and `/metrics` for those who operate the shim.

use crate::metrics::Metrics;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::get,
};
use std::sync::Arc;

/// Both paths. `/healthz` answers 200 while some gearmand has this worker registered, else 503.
pub(crate) fn router(metrics: Arc<Metrics>) -> Router {
    let healthz = async |State(metrics): State<Arc<Metrics>>| match metrics.is_ready() {
        true => (StatusCode::OK, "ok\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "registered nowhere\n"),
    };
    let text = async |State(metrics): State<Arc<Metrics>>| {
        ([(CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.text())
    };
    Router::new().route("/healthz", get(healthz)).route("/metrics", get(text)).with_state(metrics)
}
