//! `replay-callback`: sends the callback of a finished upload again.

use super::{find_upload, settings};
use crate::{
    args::UploadIdArgs,
    error::CliError,
    exit_code::{FAILED, UNREACHABLE},
    ui::{messages, output::print_line},
};
use app::core::{DeliveryResult, RunContext};
use serde_json::json;
use std::process::ExitCode;

/// Sends the callback.
pub(super) async fn replay(args: UploadIdArgs) -> Result<ExitCode, CliError> {
    let app = settings::open_app()?;
    let (id, _) = find_upload::find(&app, &args.id).await?;
    let sent = app.replay_callback(&id, None, &RunContext::default()).await;
    let (accepted, code, exit_code) = match sent.map_err(CliError::from_upload_command)? {
        DeliveryResult::Accepted { status } => (true, status.to_string(), 0),
        DeliveryResult::Refused { code } => (false, code, FAILED),
        DeliveryResult::Failed { code, .. } => (false, code, UNREACHABLE),
    };
    if args.json {
        print_line(
            json!({"event": "replayed", "upload_id": id.as_str(), "accepted": accepted, "code": code}),
        );
    } else {
        print_line(messages::upload::describe_replay(&id, accepted, &code));
    }
    Ok(ExitCode::from(exit_code))
}
