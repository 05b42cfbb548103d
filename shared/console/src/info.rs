//! `GET /console/info`: what the page shows of the console itself.

use crate::{Backend, Language, shared::Shared};
use app::Settings;
use axum::{Json, extract::State};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
pub(crate) struct Info {
    version: &'static str,
    language: Language,
    ledger: LedgerInfo,
    accounts: Vec<String>,
    dev: bool,
    can: Abilities,
}

#[derive(Serialize)]
struct LedgerInfo {
    kind: &'static str,
    place: String,
}

/// What this console offers besides the rows.
#[derive(Serialize)]
struct Abilities {
    files: bool,
    plan: bool,
    faults: bool,
    doctor: bool,
}

pub(crate) async fn show_info(State(shared): State<Arc<Shared>>) -> Json<Info> {
    let (ledger, accounts) = match &shared.backend {
        Backend::Ledger(app) => {
            let settings = app.settings();
            (describe_ledger(settings), settings.accounts.keys().cloned().collect())
        }
        Backend::Function(function) => (LedgerInfo { kind: "function", place: function.place() }, Vec::new()),
    };
    let doctor = matches!(shared.backend, Backend::Ledger(_));
    Json(Info {
        version: env!("CARGO_PKG_VERSION"),
        language: shared.settings.language,
        ledger,
        accounts,
        dev: shared.settings.is_dev,
        can: Abilities {
            files: shared.runner.is_some(),
            plan: shared.uploads.is_some(),
            faults: shared.clouds.is_some(),
            doctor,
        },
    })
}

fn describe_ledger(settings: &Settings) -> LedgerInfo {
    let place = settings.ledger.location.clone().unwrap_or_default();
    let kind = match place.split_once("://") {
        Some(("oss", _)) => "oss",
        Some(("s3", _)) => "s3",
        _ => "folder",
    };
    LedgerInfo { kind, place }
}
