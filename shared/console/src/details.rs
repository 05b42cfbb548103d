//! `GET /console/uploads/{id}`: one upload with all that is known of it.

use crate::{
    Advisor, Backend, Explanation, Language,
    actions::Action,
    again::build_task_again,
    function::show_function_details,
    query::{Fields, invalid_query},
    response::{error_response, no_such_upload, unreadable},
    rows::{Activity, Row},
    shared::Shared,
};
use app::{
    App, UploadStatus,
    core::{
        Error, UploadId,
        ledger::{StepKind, Timestamp},
    },
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::time::timeout;

/// How long what keeps an upload from being resumed is looked for: its object is read, perhaps far away.
const OBSTACLE_TIME: Duration = Duration::from_secs(5);

#[derive(Serialize)]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<Row>,
    status: UploadStatus,
    #[serde(flatten)]
    explanation: Option<Explanation>,
    steps: Vec<ExplainedStep>,
    actions: Vec<Action>,
    /// The task that uploads the object again, but for its `again`.
    #[serde(skip_serializing_if = "Option::is_none")]
    task: Option<Value>,
}

#[derive(Serialize)]
struct ExplainedStep {
    step: &'static str,
    at: Timestamp,
    epoch: u32,
    explanation: String,
}

/// Shows an upload, in the language of `?lang=`.
pub(crate) async fn show_details(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    fields: Fields,
) -> Response {
    let language = match fields.language() {
        Ok(language) => language.unwrap_or(shared.settings.language),
        Err(why) => return invalid_query(why),
    };
    let Some(id) = UploadId::parse(&id) else {
        let text = "an upload id has 32 digits, 0 to 9 and a to f";
        return error_response(StatusCode::BAD_REQUEST, "invalid_upload_id", text);
    };
    let known = shared.table.row(&id);
    let app = match &shared.backend {
        Backend::Ledger(app) => app,
        Backend::Function(function) => return show_function_details(function, &id, known).await,
    };
    match read_details(app, &*shared.advisor, &id, known, language).await {
        Ok(Some(details)) => Json(details).into_response(),
        Ok(None) => no_such_upload(),
        Err(error) => unreadable(&error),
    }
}

async fn read_details(
    app: &App,
    advisor: &dyn Advisor,
    id: &UploadId,
    known: Option<Row>,
    language: Language,
) -> Result<Option<Details>, Error> {
    let Some(details) = app.upload_details(id).await? else {
        // It has just begun: it has no step to explain.
        let Some(known) = known else { return Ok(None) };
        let status = app.status(id, None).await?;
        let begun = |status| Details {
            row: Some(known),
            status,
            explanation: None,
            steps: Vec::new(),
            actions: Vec::new(),
            task: None,
        };
        return Ok(status.map(begun));
    };
    let obstacle = timeout(OBSTACLE_TIME, app.find_obstacle(&details)).await;
    let obstacle = obstacle.unwrap_or(Ok(None))?;
    let explanation = advisor.explain(&details, obstacle.as_ref(), language);
    let entries = details.record.history.iter().zip(&explanation.steps);
    let steps = entries.map(|(entry, text)| ExplainedStep {
        step: StepKind::as_str(entry.step.kind()),
        at: entry.at,
        epoch: entry.epoch,
        explanation: text.clone(),
    });
    let activity = Activity {
        is_held: details.holder.is_some(),
        moved: details.moved,
        rate: known.as_ref().and_then(|known| known.rate),
        marked: None,
        due: known.as_ref().and_then(|known| known.not_before),
        paused: known.as_ref().and_then(|known| known.error.clone()),
        callback: details.callback.clone(),
    };
    let mut actions = Action::list(&details);
    let task = build_task_again(&details.record, SystemTime::now());
    actions.retain(|action| *action != Action::Again || task.is_some());
    Ok(Some(Details {
        row: Some(Row::from_record(&details.record, activity)),
        status: details.status(),
        steps: steps.collect(),
        actions,
        task,
        explanation: Some(explanation),
    }))
}
