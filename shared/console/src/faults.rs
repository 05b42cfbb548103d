//! `/console/faults`: what goes wrong on purpose in the local clouds.

use crate::{
    dev_clouds::{Fault, FaultWords},
    query::{Fields, invalid_query},
    response::error_response,
    shared::Shared,
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Serialize)]
struct FaultSwitch {
    fault: Fault,
    #[serde(flatten)]
    words: FaultWords,
    lasts: bool,
    on: bool,
}

/// A switch that a person turns.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turned {
    fault: Fault,
    on: bool,
}

/// `GET /console/faults`: every fault, and which of them last now.
pub(crate) async fn list_faults(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    let Some(clouds) = &shared.clouds else { return not_here() };
    let language = match fields.language() {
        Ok(language) => language.unwrap_or(shared.settings.language),
        Err(why) => return invalid_query(why),
    };
    let switch = |fault: Fault| FaultSwitch {
        fault,
        words: clouds.describe(fault, language),
        lasts: fault.lasts(),
        on: clouds.is_on(fault),
    };
    Json(Fault::ALL.map(switch)).into_response()
}

/// `POST /console/faults`: begins a fault, or ends it.
pub(crate) async fn turn_fault(
    State(shared): State<Arc<Shared>>,
    fields: Fields,
    turned: Result<Json<Turned>, JsonRejection>,
) -> Response {
    let Some(clouds) = &shared.clouds else { return not_here() };
    let Ok(Json(Turned { fault, on })) = turned else {
        let text =
            "the body must have a fault (kill_function, expire_token, slow_link or youku_unavailable) and on";
        return error_response(StatusCode::BAD_REQUEST, "invalid_body", text);
    };
    clouds.switch(fault, on).await;
    list_faults(State(shared.clone()), fields).await
}

/// The answer of a console in front of real clouds.
pub(crate) fn not_here() -> Response {
    error_response(StatusCode::NOT_FOUND, "not_here", "only oss2youku dev has this")
}
