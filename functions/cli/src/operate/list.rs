//! `list`: what is open, and how the latest uploads ended.

use super::{app, line, usage, words};
use crate::args::List;
use app::{ListQuery, ListState, PageToken, core::Error};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn list(arguments: List) -> Result<ExitCode, Error> {
    let List { open, finished, limit, after, json } = arguments;
    let state = match (open, finished) {
        (true, _) => Some(ListState::Open),
        (_, true) => Some(ListState::Finished),
        _ => None,
    };
    let after = match after {
        None => None,
        Some(text) => {
            match PageToken::parse(&text).filter(|after| state.is_none_or(|state| state == after.state())) {
                Some(after) => Some(after),
                None => return Err(usage(words::no_place())),
            }
        }
    };
    let list = app()?.list(&ListQuery { state, limit: usize::from(limit), after }, None).await?;
    for upload in &list.uploads {
        if json { line(json!(upload)) } else { line(words::listed(upload)) }
    }
    for trouble in &list.troubles {
        if json {
            line(json!({"event": "trouble", "error": trouble.error, "message": trouble.detail}));
        } else {
            line(words::unreadable(trouble));
        }
    }
    match (&list.next, json) {
        (Some(next), true) => line(json!({ "next": next })),
        (next, false) => line(words::count(list.uploads.len(), next.as_deref())),
        (None, true) => {}
    }
    Ok(ExitCode::SUCCESS)
}
