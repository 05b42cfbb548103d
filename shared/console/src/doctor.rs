//! `GET /console/doctor`: what `oss2youku doctor` finds.

use crate::{
    Backend, Finding,
    query::{Fields, invalid_query},
    response::error_response,
    shared::Shared,
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Diagnosis {
    findings: Vec<Finding>,
    all_well: bool,
}

/// Runs the checks. They write to the ledger and call Youku: a second page waits for the first one's to end.
pub(crate) async fn diagnose(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    let language = match fields.language() {
        Ok(language) => language.unwrap_or(shared.settings.language),
        Err(why) => return invalid_query(why),
    };
    if matches!(shared.backend, Backend::Function(_)) {
        let text = "only the function's own machine can be checked: oss2youku doctor --function-url checks that it answers";
        return error_response(StatusCode::NOT_FOUND, "not_here", text);
    }
    let _alone = shared.diagnosing.lock().await;
    let findings = shared.advisor.diagnose(language).await;
    let all_well = findings.iter().all(|finding| finding.ok);
    Json(Diagnosis { findings, all_well }).into_response()
}
