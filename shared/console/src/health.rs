//! `GET /console/health`: how long each account's token lasts, and when the last sweep ended.

use crate::{
    Backend, Obstacle,
    query::{Fields, invalid_query},
    response::{error_response, unreadable},
    shared::Shared,
};
use app::core::{access_token::TokenState, ledger::Timestamp};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Health {
    tokens: Vec<AccountToken>,
    /// Absent where no sweep has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sweep: Option<Timestamp>,
    /// Whether the settings let sweeps run at all.
    sweep_enabled: bool,
}

#[derive(Serialize)]
struct AccountToken {
    account: String,
    /// `state`, with `since` and `until` where they are known.
    #[serde(flatten)]
    token: Option<TokenState>,
    /// Why its state is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

/// Reads a few entries of the ledger, and calls nobody.
pub(crate) async fn show_health(State(shared): State<Arc<Shared>>, fields: Fields) -> Response {
    let language = match fields.language() {
        Ok(language) => language.unwrap_or(shared.settings.language),
        Err(why) => return invalid_query(why),
    };
    let Backend::Ledger(app) = &shared.backend else {
        let text = "only a ledger at hand tells of tokens and sweeps";
        return error_response(StatusCode::NOT_FOUND, "not_here", text);
    };
    let last_sweep = match app.last_sweep(None).await {
        Ok(last_sweep) => last_sweep,
        Err(error) => return unreadable(&error),
    };
    let settings = app.settings();
    let mut tokens = Vec::new();
    for account in settings.accounts.keys() {
        let state = app.account_state(account, None).await;
        let trouble = state.as_ref().err().map(|error| {
            let Obstacle { message, .. } = shared.advisor.describe(error, language);
            message
        });
        tokens.push(AccountToken { account: account.clone(), token: state.ok(), trouble });
    }
    Json(Health { tokens, last_sweep, sweep_enabled: settings.sweep.enabled }).into_response()
}
