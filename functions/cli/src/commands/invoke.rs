//! `invoke`: has a function do the work, through its HTTP trigger or, on this machine, with an event, and shows its progress.

use super::function_client::{describe_unreachable, read_file, read_token};
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
use std::{cell::Cell, path::Path, process::ExitCode};

/// Longest response to an event, in bytes: as much as the platform lets a caller send in one synchronous call.
const MAX_RESPONSE: usize = 32 << 20;
/// Longest line of the response to a task, in bytes; the Gearman shim has the same limit.
const MAX_LINE: usize = 1 << 20;

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
            shutdown.guard(show_waits(args.json, what, send_event(url, file, args.json))).await
        }
        None => {
            let source = args.source.as_deref().unwrap_or_default();
            if app::object_location(source).is_none() {
                return Err(CliError::usage(describe_no_object(source)));
            }
            shutdown.guard(send_task(url, &args)).await
        }
    }
    .inspect_err(|error| {
        if let CliError::Interrupted { .. } = error {
            print_error(describe_function_continues());
        }
    })
}

async fn send_event(url: &str, file: &Path, json: bool) -> Result<ExitCode, CliError> {
    let event = read_file("--event", file)?;
    let request = app::http_client()?
        .post(format!("{url}/invoke"))
        .header("content-type", "application/octet-stream")
        .header("x-fc-request-id", format!("local-{}", std::process::id()))
        .header("x-fc-control-path", "/invoke")
        .body(event);
    let response = request.send().await.map_err(|_| describe_unreachable(url))?;
    let status = response.status();
    let fc_status = response.headers().get("x-fc-status").cloned();
    let failed = !status.is_success() || fc_status.as_ref().is_some_and(|status| status != "200");
    let body = app::read_response(response, MAX_RESPONSE).await.map_err(|error| match error {
        ReadError::TooLong { limit } => describe_long_response(limit),
        ReadError::Broken(_) => describe_unreachable(url),
    })?;
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

async fn send_task(url: &str, args: &InvokeArgs) -> Result<ExitCode, CliError> {
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
    let mut response = request.send().await.map_err(|_| describe_unreachable(url))?;
    let status = response.status().as_u16();
    let reporter = Reporter::new(args.json, 1);
    let mut tracker = Tracker::new(&reporter, source.to_owned());
    let (mut rest, mut outcome, mut is_ours) = (Vec::new(), None, false);
    let progress = Cell::new(Snapshot::LOOKING);
    while let Some(chunk) = tracker
        .follow(|| progress.get(), || false, response.chunk())
        .await
        .map_err(|_| describe_cut_response(is_ours || status == 200, status, source))?
    {
        rest.extend_from_slice(&chunk);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let message: Vec<u8> = rest.drain(..=end).collect();
            match serde_json::from_slice(&message) {
                Ok(Message::Progress { state, read, accepted, total }) => {
                    is_ours = true;
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
                Ok(Message::Heartbeat) => is_ours = true,
                Err(_) => {}
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
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    /// Answers one request with this response; returns the server's URL.
    async fn serve(response: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&response).await;
            // The client decides when it has read enough.
            let _ = stream.read(&mut request).await;
        });
        url
    }

    fn text_of(result: Result<ExitCode, CliError>) -> String {
        format!("{:?}", result.expect_err("too long"))
    }

    #[tokio::test]
    async fn a_response_to_an_event_has_a_limit() {
        let length = MAX_RESPONSE + 1;
        let url = serve(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes()).await;
        let error = text_of(send_event(&url, Path::new("Cargo.toml"), true).await);
        assert!(error.contains("more than 33554432 bytes"), "{error}");
    }

    fn task_for(url: &str) -> InvokeArgs {
        InvokeArgs {
            source: Some("oss://b/a.mp4".into()),
            event: None,
            function_url: url.into(),
            token_file: None,
            account: None,
            json: true,
        }
    }

    /// The server at a mistyped URL has begun nothing that a sweep would resume.
    #[tokio::test]
    async fn an_answer_of_another_server_is_named_with_its_status() {
        for body in ["<html>not here</html>\n", "{\"Code\":\"NotFound\",\"Message\":\"no\"}", ""] {
            let length = body.len();
            let url = serve(
                format!("HTTP/1.1 404 Not Found\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes(),
            )
            .await;
            let error = text_of(send_task(&url, &task_for(&url)).await);
            assert!(error.contains("HTTP 404") && !error.contains("resumes"), "{error}");
        }
    }

    /// A function that began and went silent leaves the rest to its sweep.
    #[tokio::test]
    async fn a_response_that_breaks_off_is_left_to_the_sweep() {
        let line = "{\"event\":\"heartbeat\"}\n";
        let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{line}", line.len());
        let url = serve(response.into_bytes()).await;
        let error = text_of(send_task(&url, &task_for(&url)).await);
        assert!(error.contains("its sweep resumes"), "{error}");
    }

    #[tokio::test]
    async fn a_line_of_the_response_to_a_task_has_a_limit() {
        let mut response = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n\r\n".to_vec();
        response.resize(response.len() + MAX_LINE + 1, b' ');
        let url = serve(response).await;
        let error = text_of(send_task(&url, &task_for(&url)).await);
        assert!(error.contains("more than 1048576 bytes"), "{error}");
    }
}
