//! `cancel`: cancels an upload for good.

use super::{find_upload, settings};
use crate::{
    args::UploadIdArgs,
    error::CliError,
    ui::{
        messages,
        output::{print_json, print_line},
    },
};
use serde_json::json;
use std::process::ExitCode;

/// Cancels the upload.
pub(super) async fn cancel(args: UploadIdArgs) -> Result<ExitCode, CliError> {
    let app = settings::open_app()?;
    let (id, _) = find_upload::find(&app, &args.id).await?;
    app.cancel(&id, None).await.map_err(CliError::from_upload_command)?;
    if args.json {
        print_json(json!({"event": "cancelled", "upload_id": id.as_str()}));
    } else {
        print_line(messages::upload::describe_cancelled(&id));
    }
    Ok(ExitCode::SUCCESS)
}
