//! `GET /console/limits`: Youku's limits, by which the form counts.

use app::core::metadata::{CATEGORIES, LIMITS, Limits, TAG_SEPARATORS};
use axum::Json;
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct FormLimits {
    #[serde(flatten)]
    limits: Limits,
    categories: &'static [&'static str],
    /// What parts tags in a text.
    tag_separators: String,
}

pub(crate) async fn show_limits() -> Json<FormLimits> {
    let tag_separators = TAG_SEPARATORS.iter().collect();
    Json(FormLimits { limits: LIMITS, categories: CATEGORIES, tag_separators })
}
