//! `explain`: shows an upload's ledger in plain words, or says why an object has no upload.

mod subject;
mod unpublished;

use super::settings;
use crate::{
    args::ExplainArgs,
    error::CliError,
    exit_code::UNKNOWN,
    ui::{
        messages::{
            self,
            errors::{describe_app, find_way_out},
            next::Context,
        },
        output::{print_json, print_line, without_nulls},
    },
};
use app::{UploadDetails, core::Error};
use serde_json::{Value, json};
use std::process::ExitCode;
use subject::Subject;

/// Shows the upload that an id, an object or a file names; where an object has none, why.
pub(crate) async fn explain(args: ExplainArgs) -> Result<ExitCode, CliError> {
    let ExplainArgs { upload, account, json } = args;
    let app = settings::open_app_to_read()?;
    let (details, others, path, is_gone) = match subject::find(&app, &upload, account.as_deref()).await? {
        Subject::Upload { details, others, path, is_gone } => (details, others, path, is_gone),
        Subject::Unpublished { location, explanation } => {
            unpublished::print(&app, &location, &explanation, json);
            return Ok(ExitCode::from(UNKNOWN));
        }
    };
    let obstacle = app.find_obstacle(&details).await?;
    let context = Context {
        path: path.as_deref(),
        names_account: app.settings().accounts.len() > 1,
        obstacle: obstacle.as_ref(),
    };
    if json {
        let mut value = to_json(&details, &context);
        if !others.is_empty() {
            value["other_uploads"] = others.iter().map(summarize).collect();
        }
        if is_gone {
            value["object_gone"] = true.into();
        }
        print_json(value);
    } else {
        if is_gone {
            print_line(messages::explain::describe_gone(&details));
        }
        messages::explain::describe_uploads(&details, &others, is_gone).iter().for_each(print_line);
        messages::explain::describe(&details, &context).iter().for_each(print_line);
    }
    Ok(ExitCode::SUCCESS)
}

/// The status as the HTTP API answers it, with explanations.
fn to_json(details: &UploadDetails, context: &Context<'_>) -> Value {
    let mut value = json!(details.status());
    for (number, entry) in details.record.history.iter().enumerate() {
        value["steps"][number]["explanation"] = messages::step::describe(&entry.step, &details.record).into();
    }
    value["explanation"] = messages::state::describe(details).into();
    value["next"] = messages::next::describe(details, context).into();
    value["advice"] = messages::next::advise(details, context).into();
    value["obstacle"] = context.obstacle.map(describe_obstacle).into();
    without_nulls(value)
}

/// Another upload of the same object, in short.
fn summarize(details: &UploadDetails) -> Value {
    let (record, status) = (&details.record, details.status());
    without_nulls(json!({
        "upload_id": record.id.as_str(), "state": status.state, "account": record.request.account,
        "begun": record.history.first().map(|first| first.at), "again": record.request.force_nonce,
        "videoid": record.video_id,
    }))
}

fn describe_obstacle(error: &Error) -> Value {
    json!({"error": error.kind().code(), "message": describe_app(error), "advice": find_way_out(error)})
}
