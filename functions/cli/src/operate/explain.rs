//! `explain`: an upload's ledger in plain words.

use super::{app, line, unknown, without_nulls, words};
use crate::args::Explain;
use app::{
    Story,
    core::{Error, UploadId},
};
use serde_json::{Value, json};
use std::process::ExitCode;

pub(crate) async fn explain(arguments: Explain) -> Result<ExitCode, Error> {
    let Explain { upload, account, json } = arguments;
    let app = app()?;
    let id = match UploadId::parse(&upload) {
        Some(id) => id,
        None => app.upload_id(&upload, account.as_deref()).await?,
    };
    let Some(story) = app.story(&id).await? else { return Ok(unknown(json, &upload)) };
    if json {
        line(as_json(&story))
    } else {
        words::story(&story).iter().for_each(line)
    }
    Ok(ExitCode::SUCCESS)
}

/// The status as the HTTP door tells it, with explanations.
fn as_json(story: &Story) -> Value {
    let mut value = json!(story.status());
    for (number, entry) in story.record.history.iter().enumerate() {
        value["steps"][number]["explanation"] = words::step(&entry.step, &story.record).into();
    }
    value["explanation"] = words::state(story).into();
    value["next"] = words::next(story).into();
    value["advice"] = words::advice(story).into();
    without_nulls(value)
}
