//! `invoke`: has a function do the work, through its HTTP trigger or, on this machine, with an event, and shows its progress.

use super::function_client::{describe_unreachable, read_file, read_token};
use crate::{
    args::InvokeArgs,
    error::CliError,
    exit_code,
    ui::{
        i18n::tr,
        messages::{errors::describe_function_failure, upload::describe_video_of},
        output::{print_line, without_nulls},
        reporter::{Reporter, Snapshot},
    },
};
use app::{
    ReadError,
    core::{ErrorKind, Stage},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{path::Path, process::ExitCode};

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
pub(super) async fn invoke(args: InvokeArgs) -> Result<ExitCode, CliError> {
    let url = args.function_url.trim_end_matches('/');
    if !url.starts_with("http://") && !url.starts_with("https://") {
        let why =
            tr!("--function-url must be an http or https URL", "--function-url 应为 http 或 https 地址");
        return Err(CliError::usage(why));
    }
    match &args.event {
        Some(file) => send_event(url, file, args.json).await,
        None => send_task(url, &args).await,
    }
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
    let failed = !response.status().is_success()
        || response.headers().get("x-fc-status").is_some_and(|status| status != "200");
    let body = app::read_response(response, MAX_RESPONSE).await.map_err(|error| match error {
        ReadError::TooLong { limit } => describe_long_response(limit),
        ReadError::Broken(_) => describe_unreachable(url),
    })?;
    let text = String::from_utf8_lossy(&body);
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => print_line(json!({"event": "answer", "ok": !failed, "answer": value})),
        Err(_) if json => print_line(json!({"event": "answer", "ok": !failed, "answer": text})),
        Err(_) => print_line(text),
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
    let reporter = Reporter::new(args.json, 1);
    let mut tracker = reporter.track(source.to_owned());
    let (mut rest, mut outcome) = (Vec::new(), None);
    while let Some(chunk) = response.chunk().await.map_err(|_| describe_broken_response(source))? {
        rest.extend_from_slice(&chunk);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let message: Vec<u8> = rest.drain(..=end).collect();
            match serde_json::from_slice(&message) {
                Ok(Message::Progress { state, read, accepted, total }) => {
                    let stages = [Stage::Reading, Stage::Moving, Stage::Committing, Stage::Done];
                    let stage = stages.into_iter().find(|stage| stage.as_str() == state);
                    tracker.update(Snapshot {
                        stage: stage.unwrap_or(Stage::Looking),
                        read,
                        accepted,
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
    let outcome = outcome
        .or_else(|| serde_json::from_slice(&rest).ok())
        .ok_or_else(|| describe_broken_response(source))?;
    Ok(report_outcome(&reporter, source, &outcome))
}

fn describe_broken_response(source: &str) -> CliError {
    let why = tr!(
        "the function's response broke off or cannot be read; its sweep resumes what it began",
        "函数的应答中断或无法识别；已开始的部分会由清扫继续"
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
        reporter.print_text(describe_video_of(source, Some(video_id.as_str()).filter(|id| !id.is_empty())));
        return ExitCode::SUCCESS;
    }
    let (message, error) = (text(&outcome["msg"]), text(&outcome["error"]));
    reporter.print_note(describe_function_failure(source, &code, &message, &error));
    ExitCode::from(match code.as_str() {
        "400" => exit_code::INVALID,
        "401" | "403" => exit_code::DENIED,
        "404" => exit_code::UNKNOWN,
        "409" | "429" | "503" => exit_code::NOT_NOW,
        "502" => exit_code::UNREACHABLE,
        _ => exit_code::FAILED,
    })
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

    #[tokio::test]
    async fn a_line_of_the_response_to_a_task_has_a_limit() {
        let mut response = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n\r\n".to_vec();
        response.resize(response.len() + MAX_LINE + 1, b' ');
        let url = serve(response).await;
        let (source, account) = (Some("oss://b/a.mp4".into()), None);
        let args = InvokeArgs {
            source,
            event: None,
            function_url: url.clone(),
            token_file: None,
            account,
            json: true,
        };
        let error = text_of(send_task(&url, &args).await);
        assert!(error.contains("more than 1048576 bytes"), "{error}");
    }
}
