//! `invoke`: has a function do the work, by its HTTP door or, on this machine, by an event, and shows how far it is.

use crate::{
    exit::{self, OPERATOR},
    lang::say,
    operate::{self, line, words},
    upload::show::{Show, State},
};
use app::core::{Error, ErrorKind, RetryAdvice, Stage};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, Args)]
pub(crate) struct Invoke {
    /// oss://bucket/key or s3://bucket/key, as the function sees it.
    #[arg(value_name = "SOURCE", required_unless_present = "event", conflicts_with = "event")]
    source: Option<String>,
    /// Send this event to a function process on this machine (its /invoke), as the platform would.
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,
    /// The function's HTTP trigger; with --event the process itself, such as http://127.0.0.1:9000.
    #[arg(long, value_name = "URL")]
    function_url: String,
    /// A file with the bearer token that the function accepts (http.tokens).
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The account of the function's settings; default: that of the object's rule, or the only one.
    #[arg(long, value_name = "NAME", conflicts_with = "event")]
    account: Option<String>,
    /// JSON lines instead of text on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A line of the function's answer.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Message {
    Progress { state: String, read: u64, accepted: u64, total: u64 },
    Heartbeat,
    Outcome(Value),
}

pub(crate) async fn invoke(arguments: Invoke) -> Result<ExitCode, Error> {
    let url = arguments.function_url.trim_end_matches('/');
    if !url.starts_with("http://") && !url.starts_with("https://") {
        let why =
            say!("--function-url must be an http or https URL", "--function-url 应为 http 或 https 地址");
        return Err(Error::new(ErrorKind::InvalidJob, OPERATOR, why));
    }
    match &arguments.event {
        Some(file) => send_event(url, file.clone(), arguments.json).await,
        None => send_task(url, &arguments).await,
    }
}

/// A file that a flag names.
fn read_file(flag: &str, path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| {
        let why = say!("{flag}: the file cannot be read: {error}", "{flag}：无法读取文件：{error}");
        Error::new(ErrorKind::InvalidJob, OPERATOR, why).with_context("file", path.display().to_string())
    })
}

/// The bearer token that a file holds.
pub(crate) fn read_token(path: &Path) -> Result<String, Error> {
    let text = read_file("--token-file", path)?;
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let why = say!(
            "--token-file: expected one line of visible ASCII characters",
            "--token-file：应为一行可见 ASCII 字符"
        );
        return Err(
            Error::new(ErrorKind::InvalidJob, OPERATOR, why).with_context("file", path.display().to_string())
        );
    }
    Ok(token.to_owned())
}

/// What kept the function from answering; the URL is the person's own.
pub(crate) fn unreachable(url: &str) -> Error {
    let why = say!(
        "the function cannot be reached: check --function-url, and that it runs",
        "无法连接函数：请检查 --function-url，以及函数是否在运行"
    );
    // Without path, query and what stands before an @: there may be a password in each.
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = format!("{scheme}://{}", authority.rsplit('@').next().unwrap_or_default());
    Error::new(ErrorKind::Source, OPERATOR, why)
        .with_context("function", host)
        .with_advice(RetryAdvice::RETRY)
}

async fn send_event(url: &str, file: PathBuf, json: bool) -> Result<ExitCode, Error> {
    let event = read_file("--event", &file)?;
    let request = app::http_client()?
        .post(format!("{url}/invoke"))
        .header("content-type", "application/octet-stream")
        .header("x-fc-request-id", format!("local-{}", std::process::id()))
        .header("x-fc-control-path", "/invoke")
        .body(event);
    let answer = request.send().await.map_err(|_| unreachable(url))?;
    let failed = !answer.status().is_success()
        || answer.headers().get("x-fc-status").is_some_and(|status| status != "200");
    let body = answer.bytes().await.map_err(|_| unreachable(url))?;
    let text = String::from_utf8_lossy(&body);
    match serde_json::from_str::<Value>(&text) {
        Ok(value) => line(json!({"event": "answer", "ok": !failed, "answer": value})),
        Err(_) if json => line(json!({"event": "answer", "ok": !failed, "answer": text})),
        Err(_) => line(text),
    }
    Ok(ExitCode::from(if failed { exit::FAILED } else { 0 }))
}

async fn send_task(url: &str, arguments: &Invoke) -> Result<ExitCode, Error> {
    let source = arguments.source.as_deref().unwrap_or_default();
    let task = operate::without_nulls(json!({"source": source, "account": arguments.account}));
    let mut request = app::http_client()?
        .post(format!("{url}/uploads"))
        .header("content-type", "application/json")
        .header("accept", "application/x-ndjson")
        .body(task.to_string());
    if let Some(file) = &arguments.token_file {
        request = request.bearer_auth(read_token(file)?);
    }
    let mut answer = request.send().await.map_err(|_| unreachable(url))?;
    let show = Show::new(arguments.json, 1);
    let mut watch = show.watch(source.to_owned());
    let (mut rest, mut outcome) = (Vec::new(), None);
    while let Some(chunk) = answer.chunk().await.map_err(|_| broken(source))? {
        rest.extend_from_slice(&chunk);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let message: Vec<u8> = rest.drain(..=end).collect();
            match serde_json::from_slice(&message) {
                Ok(Message::Progress { state, read, accepted, total }) => {
                    let stages = [Stage::Reading, Stage::Moving, Stage::Committing, Stage::Done];
                    let stage = stages.into_iter().find(|stage| stage.as_str() == state);
                    watch.update(State { stage: stage.unwrap_or(Stage::Looking), read, accepted, total });
                }
                Ok(Message::Outcome(value)) => outcome = Some(value),
                Ok(Message::Heartbeat) | Err(_) => {}
            }
        }
    }
    drop(watch);
    // A refusal is the outcome alone, without a line's end.
    let outcome = outcome.or_else(|| serde_json::from_slice(&rest).ok()).ok_or_else(|| broken(source))?;
    Ok(tell(&show, source, &outcome))
}

fn broken(source: &str) -> Error {
    let why = say!(
        "the function's answer broke off or is not understood; what it began goes on by its sweep",
        "函数的应答中断或无法识别；已开始的部分会由清扫继续"
    );
    Error::new(ErrorKind::Source, OPERATOR, why)
        .with_context("source", source)
        .with_advice(RetryAdvice::RETRY)
}

fn tell(show: &Show, source: &str, outcome: &Value) -> ExitCode {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    show.event(json!({"event": "outcome", "outcome": outcome}));
    let (code, data) = (text(&outcome["code"]), &outcome["data"]);
    if code == "200" {
        let video_id = text(&data["videoid"]);
        show.text(words::published_as(source, Some(video_id.as_str()).filter(|id| !id.is_empty())));
        return ExitCode::SUCCESS;
    }
    show.note(words::function_failed(source, &code, &text(&outcome["msg"]), &text(&outcome["error"])));
    ExitCode::from(match code.as_str() {
        "400" => exit::INVALID,
        "401" | "403" => exit::DENIED,
        "404" => exit::UNKNOWN,
        "409" | "429" | "503" => exit::NOT_NOW,
        "502" => exit::UNREACHABLE,
        _ => exit::FAILED,
    })
}
