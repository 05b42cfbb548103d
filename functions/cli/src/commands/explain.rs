//! `explain`: shows an upload's ledger in plain words.

use super::{find_upload, settings, upload::file_id};
use crate::{
    args::ExplainArgs,
    error::CliError,
    ui::{
        messages,
        output::{print_line, without_nulls},
    },
};
use app::{
    App, UploadDetails,
    core::{Provider, UploadId},
};
use serde_json::{Value, json};
use std::{path::Path, process::ExitCode};

/// Shows the upload that an id, an object or a file names.
pub(super) async fn explain(args: ExplainArgs) -> Result<ExitCode, CliError> {
    let ExplainArgs { upload, account, json } = args;
    let app = settings::open_app()?;
    let details = match UploadId::parse(&upload) {
        Some(_) => find_upload::find(&app, &upload).await?.1,
        None => {
            let id = resolve_id(&app, &upload, account.as_deref()).await?;
            app.upload_details(&id).await?.ok_or(CliError::NoSuchUpload(upload))?
        }
    };
    if json {
        print_line(to_json(&details));
    } else {
        messages::explain::describe(&details).iter().for_each(print_line);
    }
    Ok(ExitCode::SUCCESS)
}

/// Resolves the id of an object's upload, or of a file's: a file in a rule's folder is an object.
async fn resolve_id(app: &App, upload: &str, account: Option<&str>) -> Result<UploadId, CliError> {
    if app::object_location(upload).is_some() || app.settings().source.provider == Provider::Folder {
        return Ok(app.upload_id(upload, account).await?);
    }
    let path = Path::new(upload);
    if !path.is_file() {
        return Err(CliError::usage(messages::upload::describe_no_upload(upload)));
    }
    file_id::compute(app, path, account).await
}

/// The status as the HTTP API answers it, with explanations.
fn to_json(details: &UploadDetails) -> Value {
    let mut value = json!(details.status());
    for (number, entry) in details.record.history.iter().enumerate() {
        value["steps"][number]["explanation"] = messages::step::describe(&entry.step, &details.record).into();
    }
    value["explanation"] = messages::state::describe(details).into();
    value["next"] = messages::next::describe(details).into();
    value["advice"] = messages::next::advise(details).into();
    without_nulls(value)
}
