//! `cancel`: gives an upload up.

use super::{app, line, unknown, words};
use crate::args::One;
use app::core::{Error, UploadId};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn cancel(arguments: One) -> Result<ExitCode, Error> {
    let One { id: text, json } = arguments;
    let app = app()?;
    let story = match UploadId::parse(&text) {
        Some(id) => app.upload_details(&id).await?.map(|_| id),
        None => None,
    };
    let Some(id) = story else { return Ok(unknown(json, &text)) };
    app.cancel(&id).await?;
    if json {
        line(json!({"event": "cancelled", "upload_id": id.as_str()}));
    } else {
        line(words::cancelled(&id));
    }
    Ok(ExitCode::SUCCESS)
}
