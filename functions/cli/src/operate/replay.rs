//! `replay-callback`: tells a callback once more how its upload ended.

use super::{app, line, unknown, words};
use crate::{args::One, exit};
use app::core::{DeliveryResult, Error, RunContext, UploadId};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn replay(arguments: One) -> Result<ExitCode, Error> {
    let One { id: text, json } = arguments;
    let app = app()?;
    let known = match UploadId::parse(&text) {
        Some(id) => app.upload_details(&id).await?.map(|_| id),
        None => None,
    };
    let Some(id) = known else { return Ok(unknown(json, &text)) };
    let told = app.replay_callback(&id, None, &RunContext::default()).await?;
    let (accepted, code, exit) = match &told {
        DeliveryResult::Accepted { status } => (true, status.to_string(), 0),
        DeliveryResult::Refused { code } => (false, code.clone(), exit::FAILED),
        DeliveryResult::Failed { code, .. } => (false, code.clone(), exit::UNREACHABLE),
    };
    if json {
        line(json!({"event": "replayed", "upload_id": id.as_str(), "accepted": accepted, "code": code}));
    } else {
        line(words::replayed(&id, accepted, &code));
    }
    Ok(ExitCode::from(exit))
}
