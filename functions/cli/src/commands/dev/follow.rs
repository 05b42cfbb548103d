//! What is printed while the clouds run: a line for each upload, or everything.

use super::uploads::Uploads;
use crate::{
    local_clouds::{RunningClouds, failure::Failure},
    ui::{
        i18n::{tr, tr_static},
        output::{print_error, print_line},
    },
};
use ::local_clouds::fc::{AsyncOutcome, AsyncState, LogLine, LogStream};
use serde_json::Value;
use std::time::Duration;
use tokio::{sync::broadcast::error::RecvError, time::interval};

/// How often the ledger is read while an upload is under way.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Prints until the function host ends: with `json` the function's log and the result of each event on standard error, else a line for
/// each upload on standard output, and the rest only where `verbose` asks for it.
///
/// # Errors
/// Where the ledger cannot be opened.
pub(super) async fn follow(running: &RunningClouds, json: bool, verbose: bool) -> Result<(), Failure> {
    let (mut logs, mut outcomes) = (running.clouds.fc.logs(), running.clouds.fc.outcomes());
    let mut uploads = if json { None } else { Some(Uploads::new(running)?) };
    let prints_all = json || verbose;
    let mut ticks = interval(POLL_INTERVAL);
    loop {
        let is_busy = uploads.as_ref().is_some_and(Uploads::is_busy);
        let lines = tokio::select! {
            line = logs.recv() => {
                match line {
                    Ok(line) => {
                        if prints_all || is_trouble(&line) {
                            print_error(&line.line);
                        }
                        if let Some(uploads) = &mut uploads {
                            uploads.note_log_line(&line.line);
                        }
                    }
                    Err(RecvError::Lagged(lines)) if prints_all => print_error(tr!(
                        "({lines} lines of the function's log left out)",
                        "（省略函数日志 {lines} 行）"
                    )),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ok(()),
                }
                Vec::new()
            }
            outcome = outcomes.recv() => match (outcome, &mut uploads) {
                (Ok(outcome), uploads) => {
                    if prints_all {
                        print_error(describe_outcome(&outcome));
                    }
                    match uploads {
                        Some(uploads) => uploads.note_outcome(&outcome).await,
                        None => Vec::new(),
                    }
                }
                (Err(RecvError::Lagged(_)), _) => Vec::new(),
                (Err(RecvError::Closed), _) => return Ok(()),
            },
            _ = ticks.tick(), if is_busy => match &mut uploads {
                Some(uploads) => uploads.read_changes().await,
                None => Vec::new(),
            },
        };
        lines.into_iter().for_each(print_line);
    }
}

/// Whether a line is one that nobody should miss: what a process writes that ends without a log, or an error of no object, since those of an
/// object have their line anyway.
fn is_trouble(line: &LogLine) -> bool {
    match serde_json::from_str::<Value>(&line.line) {
        Ok(entry) => {
            let is_error = entry.get("level").and_then(Value::as_str) == Some("ERROR");
            is_error && !["\"object\":", "\"upload_id\":"].iter().any(|field| line.line.contains(field))
        }
        Err(_) => line.stream == LogStream::Stderr,
    }
}

fn describe_outcome(outcome: &AsyncOutcome) -> String {
    let body = String::from_utf8_lossy(&outcome.result.body);
    tr!(
        "event {} after {} attempts: {} {body}",
        "事件 {}，尝试 {} 次：{} {body}",
        outcome.request_id,
        outcome.attempts,
        describe_state(outcome.state)
    )
}

fn describe_state(state: AsyncState) -> &'static str {
    match state {
        AsyncState::Queued => tr_static!("queued", "排队中"),
        AsyncState::Running => tr_static!("running", "执行中"),
        AsyncState::Retrying => tr_static!("retrying", "重试中"),
        AsyncState::Succeeded => tr_static!("succeeded", "成功"),
        AsyncState::Failed => tr_static!("failed", "失败"),
        AsyncState::Expired => tr_static!("expired", "已过期"),
    }
}
