//! `/healthz` and `/metrics` for operators.

use crate::metrics::Metrics;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::get,
};
use std::sync::Arc;

/// Both paths. `/healthz` answers 200 while this worker is registered with some gearmand and takes jobs, else 503 with the reason.
pub(crate) fn build_router(metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/healthz", get(report_health))
        .route("/metrics", get(render_metrics))
        .with_state(metrics)
}

async fn report_health(State(metrics): State<Arc<Metrics>>) -> (StatusCode, &'static str) {
    if metrics.is_token_refused() {
        (StatusCode::SERVICE_UNAVAILABLE, "the function refuses the token\n")
    } else if metrics.is_function_missing() {
        (StatusCode::SERVICE_UNAVAILABLE, "what answers at --function-url is not the function\n")
    } else if metrics.is_ready() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "registered nowhere\n")
    }
}

async fn render_metrics(State(metrics): State<Arc<Metrics>>) -> impl axum::response::IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render())
}
