//! `GET /console/uploads/{id}` of a function: its status, and what can be done. Only a ledger at hand can be explained.

use super::{client::Function, listed::is_carried, reader::row_from_status};
use crate::{
    actions::Action,
    response::{no_such_upload, unreadable},
    rows::{Row, RowState},
};
use app::core::UploadId;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// Shows what the function says of an upload; `row` is what was read for the list, which lacks ends of long ago.
pub(crate) async fn show_function_details(function: &Function, id: &UploadId, row: Option<Row>) -> Response {
    match function.get::<Value>(&format!("/uploads/{id}")).await {
        Ok(Some(status)) => {
            let row = row.unwrap_or_else(|| row_from_status(id, &status));
            let (actions, steps) = (list_actions(&row), status["steps"].clone());
            Json(json!({"row": row, "status": status, "steps": steps, "actions": actions})).into_response()
        }
        Ok(None) => no_such_upload(),
        Err(error) => unreadable(&error),
    }
}

/// What may be done, as far as a row tells; the function refuses what does not fit. It does not say what a task stated about the video, so
/// that another one would have a different audience: none is offered.
fn list_actions(row: &Row) -> Vec<Action> {
    // A local file is resumed where it lies.
    let has_object = !is_carried(&row.object);
    let mut actions = match row.state {
        RowState::Failed | RowState::Cancelled if has_object => vec![Action::Retry],
        RowState::Published | RowState::InReview | RowState::Failed | RowState::Cancelled => vec![],
        // Its video is there, and hidden until its hour or until a person helps.
        RowState::NeedsYou | RowState::Waiting if row.videoid.is_some() => vec![],
        RowState::NeedsYou | RowState::Queued | RowState::Waiting if has_object => {
            vec![Action::Resume, Action::Cancel]
        }
        _ => vec![Action::Cancel],
    };
    if row.callback.is_some() {
        actions.push(Action::Callback);
    }
    actions
}
