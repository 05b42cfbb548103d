//! `invoke`: has a function do the work, through its HTTP trigger or, on this machine, with an event, and shows its progress.

use super::function_client::{describe_unanswered, describe_unreachable, read_file, read_token};
use crate::{
    args::InvokeArgs,
    error::CliError,
    exit_code,
    shutdown::Shutdown,
    ui::{
        i18n::{tr, tr_static},
        messages::{
            errors::describe_function_failure,
            upload::{describe_function_continues, describe_no_object, describe_with_warning},
        },
        output::{escape, print_error, print_json, print_line, without_nulls},
        reporter::Reporter,
        tracker::{Snapshot, Tracker},
        wait_line::show_waits,
    },
};
use app::{
    ReadError,
    core::{ErrorKind, Stage},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{cell::Cell, path::Path, process::ExitCode, time::Duration};
use tokio::time::{Instant, timeout, timeout_at};

/// Longest response to an event, in bytes: as much as the platform lets a caller send in one synchronous call.
const MAX_RESPONSE: usize = 32 << 20;
/// Longest line of the response to a task, in bytes; the Gearman shim has the same limit.
const MAX_LINE: usize = 1 << 20;

/// How long a function may say nothing.
#[derive(Clone, Copy)]
struct Patience {
    /// Until the first line of the response to a task, in which a gateway may hold its lines back.
    first: Duration,
    /// From one line to the next.
    next: Duration,
    /// Until the whole response to an event, which has no lines.
    event: Duration,
}

/// The function sends a heartbeat every nine seconds. An event takes as long as the template lets the function run.
const PATIENCE: Patience = Patience {
    first: Duration::from_secs(900),
    next: Duration::from_secs(60),
    event: Duration::from_secs(3600),
};

/// A line of the response.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Message {
    Progress { state: String, read: u64, accepted: u64, total: u64 },
    Heartbeat,
    Outcome(Value),
}

/// Calls the function.
pub(super) async fn invoke(args: InvokeArgs, shutdown: Shutdown) -> Result<ExitCode, CliError> {
    let url = args.function_url.trim_end_matches('/');
    if !url.starts_with("http://") && !url.starts_with("https://") {
        let why =
            tr!("--function-url must be an http or https URL", "--function-url 应为 http 或 https 地址");
        return Err(CliError::usage(why));
    }
    match &args.event {
        Some(file) => {
            let what = Some(tr_static!("waiting for the function", "等待函数应答"));
            shutdown.guard(show_waits(args.json, what, send_event(url, file, args.json, PATIENCE))).await
        }
        None => {
            let source = args.source.as_deref().unwrap_or_default();
            if app::object_location(source).is_none() {
                return Err(CliError::usage(describe_no_object(source)));
            }
            shutdown.guard(send_task(url, &args, PATIENCE)).await
        }
    }
    .inspect_err(|error| {
        if let CliError::Interrupted { .. } = error {
            print_error(describe_function_continues());
        }
    })
}

async fn send_event(url: &str, file: &Path, json: bool, patience: Patience) -> Result<ExitCode, CliError> {
    let event = read_file("--event", file)?;
    let request = app::http_client()?
        .post(format!("{url}/invoke"))
        .header("content-type", "application/octet-stream")
        .header("x-fc-request-id", format!("local-{}", std::process::id()))
        .header("x-fc-control-path", "/invoke")
        .body(event);
    let answering = async {
        let response = request.send().await.map_err(|_| describe_unreachable(url))?;
        let (status, fc_status) = (response.status(), response.headers().get("x-fc-status").cloned());
        let body = app::read_response(response, MAX_RESPONSE).await.map_err(|error| match error {
            ReadError::TooLong { limit } => describe_long_response(limit),
            ReadError::Broken(_) => describe_unreachable(url),
        })?;
        Ok((status, fc_status, body))
    };
    let answered = timeout(patience.event, answering).await;
    let (status, fc_status, body) =
        answered.unwrap_or_else(|_| Err(describe_unanswered(patience.event, url)))?;
    let failed = !status.is_success() || fc_status.as_ref().is_some_and(|status| status != "200");
    let text = String::from_utf8_lossy(&body);
    if !status.is_success() && fc_status.is_none() && serde_json::from_str::<Value>(&text).is_err() {
        return Err(describe_foreign_response(status.as_u16()));
    }
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => print_json(json!({"event": "answer", "ok": !failed, "answer": value})),
        Err(_) if json => print_json(json!({"event": "answer", "ok": !failed, "answer": text})),
        Err(_) => print_line(escape(&text)),
    }
    Ok(ExitCode::from(if failed { exit_code::FAILED } else { 0 }))
}

async fn send_task(url: &str, args: &InvokeArgs, patience: Patience) -> Result<ExitCode, CliError> {
    let source = args.source.as_deref().unwrap_or_default();
    let task = without_nulls(json!({"source": source, "account": args.account}));
    let mut request = app::http_client()?
        .post(format!("{url}/uploads"))
        .header("content-type", "application/json")
        .header("accept", "application/x-ndjson")
        .body(task.to_string());
    if let Some(file) = &args.token_file {
        request = request.bearer_auth(read_token(file)?);
    }
    let mut until = Instant::now() + patience.first;
    let answered = timeout_at(until, request.send()).await;
    let answered = answered.map_err(|_| describe_unanswered(patience.first, url))?;
    let mut response = answered.map_err(|_| describe_unreachable(url))?;
    let status = response.status().as_u16();
    let reporter = Reporter::new(args.json, 1);
    let mut tracker = Tracker::new(&reporter, source.to_owned());
    let (mut rest, mut outcome, mut is_ours) = (Vec::new(), None, false);
    let progress = Cell::new(Snapshot::LOOKING);
    while outcome.is_none() {
        let chunk = tracker.follow(|| progress.get(), || false, timeout_at(until, response.chunk())).await;
        let chunk = chunk.map_err(|_| match is_ours {
            true => describe_silence(patience.next, source),
            false => describe_unanswered(patience.first, url).with_context("source", source),
        })?;
        let chunk = chunk.map_err(|_| describe_cut_response(is_ours || status == 200, status, source))?;
        let Some(chunk) = chunk else { break };
        rest.extend_from_slice(&chunk);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let message: Vec<u8> = rest.drain(..=end).collect();
            let message = serde_json::from_slice::<Message>(&message);
            if message.is_ok() {
                (is_ours, until) = (true, Instant::now() + patience.next);
            }
            match message {
                Ok(Message::Progress { state, read, accepted, total }) => {
                    let stages = [Stage::Reading, Stage::Moving, Stage::Committing, Stage::Done];
                    let stage = stages.into_iter().find(|stage| stage.as_str() == state);
                    progress.set(Snapshot {
                        stage: stage.unwrap_or(Stage::Looking),
                        read,
                        accepted,
                        in_flight: 0,
                        total,
                    });
                }
                Ok(Message::Outcome(value)) => outcome = Some(value),
                Ok(Message::Heartbeat) | Err(_) => {}
            }
        }
        if rest.len() > MAX_LINE {
            return Err(describe_long_response(MAX_LINE).with_context("source", source));
        }
    }
    drop(tracker);
    // A refusal is the outcome alone, without a newline.
    let outcome =
        outcome.or_else(|| serde_json::from_slice(&rest).ok().filter(is_outcome)).ok_or_else(|| {
            let is_cut = is_ours || (status == 200 && rest.is_empty());
            describe_cut_response(is_cut, status, source)
        })?;
    Ok(report_outcome(&reporter, source, &outcome))
}

/// Whether a JSON value is what a function of this product answers.
fn is_outcome(value: &Value) -> bool {
    value["code"].is_string() && value["msg"].is_string()
}

/// Describes a response without an outcome; `is_ours`: a line before showed that a function of this product sends it.
fn describe_cut_response(is_ours: bool, status: u16, source: &str) -> CliError {
    match is_ours {
        true => describe_broken_response(source),
        false => describe_foreign_response(status).with_context("source", source),
    }
}

/// Describes a response that no function of this product sends.
fn describe_foreign_response(status: u16) -> CliError {
    let why = tr!(
        "the answer (HTTP {status}) is not that of a function of oss2youku: check that --function-url is the function's HTTP trigger",
        "应答（HTTP {status}）不是 oss2youku 函数返回的：请检查 --function-url 是否为该函数的 HTTP 触发器地址"
    );
    let error = CliError::local(ErrorKind::Source, why);
    // A gateway in between may be busy.
    if status == 429 || status >= 500 { error.retryable() } else { error }
}

fn describe_broken_response(source: &str) -> CliError {
    let why = tr!(
        "the function's response broke off; its sweep resumes what it began",
        "函数的应答中断；已开始的部分会由巡检继续"
    );
    CliError::local(ErrorKind::Source, why).with_context("source", source).retryable()
}

/// Describes a function that began, and has sent no line for `limit`.
fn describe_silence(limit: Duration, source: &str) -> CliError {
    let seconds = limit.as_secs();
    let why = tr!(
        "the function has sent nothing for {seconds} s; its sweep resumes what it began",
        "函数已 {seconds} 秒没有发送任何内容；已开始的部分会由巡检继续"
    );
    CliError::local(ErrorKind::Source, why).with_context("source", source).retryable()
}

/// Describes a response, or a line of one, that is longer than `limit` bytes.
fn describe_long_response(limit: usize) -> CliError {
    let why = tr!(
        "the response has more than {limit} bytes, which no function of oss2youku sends: check --function-url",
        "应答超过 {limit} 字节，oss2youku 的函数不会返回这么长的应答：请检查 --function-url"
    );
    CliError::local(ErrorKind::Source, why)
}

fn report_outcome(reporter: &Reporter, source: &str, outcome: &Value) -> ExitCode {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    reporter.print_event(json!({"event": "outcome", "outcome": outcome}));
    let (code, data) = (text(&outcome["code"]), &outcome["data"]);
    if code == "200" {
        let video_id = text(&data["videoid"]);
        let video_id = Some(video_id.as_str()).filter(|id| !id.is_empty());
        reporter.print_text(describe_with_warning(source, video_id, data["warning"].as_str()));
        return ExitCode::SUCCESS;
    }
    let (message, error) = (text(&outcome["msg"]), text(&outcome["error"]));
    reporter.print_note(describe_function_failure(source, &code, &message, &error));
    ExitCode::from(exit_code::classify_outcome(&code, &error))
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests;
