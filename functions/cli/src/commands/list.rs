//! `list`: lists open uploads, and how the latest ones ended.

use super::settings;
use crate::{
    args::ListArgs,
    error::CliError,
    ui::{messages, output::print_line},
};
use app::{ListQuery, ListState, PageToken};
use serde_json::json;
use std::process::ExitCode;

/// Lists the uploads.
pub(super) async fn list(args: ListArgs) -> Result<ExitCode, CliError> {
    let ListArgs { open, finished, limit, after, json } = args;
    let state = match (open, finished) {
        (true, _) => Some(ListState::Open),
        (_, true) => Some(ListState::Finished),
        _ => None,
    };
    let after = after.map(|text| parse_after(&text, state)).transpose()?;
    let app = settings::open_app()?;
    let list = app.list(&ListQuery { state, limit: usize::from(limit), after }, None).await?;
    for upload in &list.uploads {
        if json { print_line(json!(upload)) } else { print_line(messages::list::describe_upload(upload)) }
    }
    for error in &list.troubles {
        if json {
            print_line(json!({"event": "trouble", "error": error.error, "message": error.detail}));
        } else {
            print_line(messages::list::describe_unreadable(error));
        }
    }
    match (&list.next, json) {
        (Some(next), true) => print_line(json!({ "next": next })),
        (next, false) => print_line(messages::list::describe_count(list.uploads.len(), next.as_deref())),
        (None, true) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn parse_after(text: &str, state: Option<ListState>) -> Result<PageToken, CliError> {
    let token = PageToken::parse(text).filter(|token| state.is_none_or(|state| state == token.state()));
    token.ok_or_else(|| CliError::usage(messages::list::describe_invalid_after()))
}
