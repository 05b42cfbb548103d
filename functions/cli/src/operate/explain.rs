//! `explain`: an upload's ledger in plain words.

use super::{app, line, unknown, usage, without_nulls, words};
use crate::{args::Explain, upload};
use app::{
    App, UploadDetails,
    core::{Error, Provider, UploadId},
};
use serde_json::{Value, json};
use std::{path::Path, process::ExitCode};

pub(crate) async fn explain(arguments: Explain) -> Result<ExitCode, Error> {
    let Explain { upload, account, json } = arguments;
    let app = app()?;
    let id = match UploadId::parse(&upload) {
        Some(id) => id,
        None => id_of(&app, &upload, account.as_deref()).await?,
    };
    let Some(story) = app.upload_details(&id).await? else { return Ok(unknown(json, &upload)) };
    if json {
        line(as_json(&story))
    } else {
        words::story(&story).iter().for_each(line)
    }
    Ok(ExitCode::SUCCESS)
}

/// The id of an object's upload, or of a file's: a file in a rule's folder is an object.
async fn id_of(app: &App, upload: &str, account: Option<&str>) -> Result<UploadId, Error> {
    if app::object_location(upload).is_some() || app.settings().source.provider == Provider::Folder {
        return app.upload_id(upload, account).await;
    }
    let path = Path::new(upload);
    if !path.is_file() {
        return Err(usage(words::no_upload(upload)));
    }
    upload::id_of_file(app, path, account).await
}

/// The status as the HTTP door tells it, with explanations.
fn as_json(story: &UploadDetails) -> Value {
    let mut value = json!(story.status());
    for (number, entry) in story.record.history.iter().enumerate() {
        value["steps"][number]["explanation"] = words::step(&entry.step, &story.record).into();
    }
    value["explanation"] = words::state(story).into();
    value["next"] = words::next(story).into();
    value["advice"] = words::advice(story).into();
    without_nulls(value)
}
