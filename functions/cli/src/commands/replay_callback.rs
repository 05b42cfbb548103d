//! `replay-callback`: sends the callback of a finished upload again.

use super::{find_upload, settings};
use crate::{
    args::UploadIdArgs,
    error::CliError,
    exit_code::{FAILED, UNREACHABLE, USAGE},
    ui::{
        messages::replay::describe_replay,
        output::{print_json, print_line, without_nulls},
    },
};
use app::core::{DeliveryResult, RunContext};
use serde_json::json;
use std::process::ExitCode;

/// Sends the callback.
pub(super) async fn replay(args: UploadIdArgs) -> Result<ExitCode, CliError> {
    let app = settings::open_app()?;
    let (id, details) = find_upload::find(&app, &args.id).await?;
    let sent = app.replay_callback(&id, None, &RunContext::default()).await;
    let delivered = sent.map_err(CliError::from_upload_command)?;
    let (accepted, exit_code) = match &delivered {
        DeliveryResult::Accepted { .. } => (true, 0),
        DeliveryResult::Failed { code, .. } if code == DeliveryResult::FORBIDDEN => (false, USAGE),
        DeliveryResult::Refused { .. } => (false, FAILED),
        DeliveryResult::Failed { .. } => (false, UNREACHABLE),
    };
    let pending = details.callback.as_ref();
    if args.json {
        print_json(without_nulls(
            json!({"event": "replayed", "upload_id": id.as_str(), "accepted": accepted,
            "code": delivered.code(), "pending": pending}),
        ));
    } else {
        describe_replay(&id, &delivered, pending, details.receiver.as_deref()).iter().for_each(print_line);
    }
    Ok(ExitCode::from(exit_code))
}
