//! `list`: lists open uploads, and how the latest ones ended.

use super::{missing_ledger, settings};
use crate::{
    args::ListArgs,
    error::CliError,
    ui::{
        messages,
        output::{print_json, print_line},
    },
};
use app::{ListQuery, ListState, PageToken};
use console::Term;
use serde_json::json;
use std::{
    io::{IsTerminal, stdout},
    process::ExitCode,
};

/// Lists the uploads.
pub(super) async fn list(args: ListArgs) -> Result<ExitCode, CliError> {
    let ListArgs { open, finished, limit, after, json } = args;
    let state = match (open, finished) {
        (true, _) => Some(ListState::Open),
        (_, true) => Some(ListState::Finished),
        _ => None,
    };
    let after = after.map(|text| parse_after(&text, state)).transpose()?;
    let app = settings::open_app_to_read()?;
    missing_ledger::refuse(&app)?;
    let list = app.list(&ListQuery { state, limit: usize::from(limit), after }, None).await?;
    if json {
        list.uploads.iter().for_each(|upload| print_json(json!(upload)));
    } else {
        let width = stdout().is_terminal().then(|| Term::stdout().size().1.into());
        messages::list::describe_uploads(&list.uploads, width).iter().for_each(print_line);
    }
    for error in &list.troubles {
        if json {
            print_json(json!({"event": "trouble", "error": error.error, "message": error.detail}));
        } else {
            print_line(messages::list::describe_unreadable(error));
        }
    }
    match (&list.next, json) {
        (Some(next), true) => print_json(json!({ "next": next })),
        (next, false) => print_line(messages::list::describe_count(list.uploads.len(), next.as_deref())),
        (None, true) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn parse_after(text: &str, state: Option<ListState>) -> Result<PageToken, CliError> {
    let token = PageToken::parse(text).filter(|token| state.is_none_or(|state| state == token.state()));
    token.ok_or_else(|| CliError::usage(messages::list::describe_invalid_after()))
}
