//! `dev`: the local clouds in the foreground.

use crate::{
    args::Dev,
    lang::say,
    local::{self, BUCKET, Failure, Started},
};
use local_clouds::fc::AsyncOutcome;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{Write, stderr, stdout},
    process::ExitCode,
};
use tokio::sync::broadcast::error::RecvError;

/// Where everything is: the one line on standard output under `--json`.
#[derive(Serialize)]
struct Clouds<'a> {
    oss: OssPlace<'a>,
    youku: YoukuPlace<'a>,
    function: FunctionPlace<'a>,
    env: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct OssPlace<'a> {
    endpoint: &'a str,
    region: &'a str,
    bucket: &'a str,
    access_key_id: &'a str,
    access_key_secret: &'a str,
}

#[derive(Serialize)]
struct YoukuPlace<'a> {
    api: &'a str,
    client_id: &'a str,
    access_token: &'a str,
    refresh_token: &'a str,
}

#[derive(Serialize)]
struct FunctionPlace<'a> {
    http_url: &'a str,
    invoke_url: &'a str,
    token: &'a str,
}

/// Runs the clouds until Ctrl-C.
pub(crate) async fn dev(arguments: Dev) -> Result<ExitCode, Failure> {
    let interrupted = local::interrupted()?;
    let temporary = tempfile::tempdir()?;
    let data = arguments.data.as_deref().unwrap_or(temporary.path());
    let started = local::start(&arguments.local, data, arguments.port_base).await?;
    announce(&started, arguments.local.json)?;
    let ended = tokio::select! {
        () = narrate(&started) => Ok(ExitCode::SUCCESS),
        code = interrupted => Ok(code),
    };
    started.clouds.shutdown().await;
    ended
}

fn announce(started: &Started, json: bool) -> Result<(), Failure> {
    let Started { clouds, config, env, token } = started;
    let endpoints = &clouds.endpoints;
    let account = endpoints
        .youku_accounts
        .first()
        .ok_or_else(|| say!("no account at the local Youku", "本地优酷没有账号"))?;
    let places = Clouds {
        oss: OssPlace {
            endpoint: &endpoints.oss,
            region: &config.region,
            bucket: BUCKET,
            access_key_id: &config.access_key.0,
            access_key_secret: &config.access_key.1,
        },
        youku: YoukuPlace {
            api: &endpoints.youku,
            client_id: &account.client_id,
            access_token: &account.access_token,
            refresh_token: &account.refresh_token,
        },
        function: FunctionPlace {
            http_url: &endpoints.http_trigger,
            invoke_url: &clouds.fc.invoke_url(&clouds.function),
            token,
        },
        env,
    };
    let mut out = stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string(&places)?)?;
        return Ok(out.flush()?);
    }
    let (oss, youku, function) = (&places.oss, &places.youku, &places.function);
    for line in [
        say!(
            "local OSS    {}  bucket {BUCKET}, region {}",
            "本地 OSS   {}  bucket {BUCKET}，地域 {}",
            oss.endpoint,
            oss.region
        ),
        say!("             key {} / {}", "           密钥 {} / {}", oss.access_key_id, oss.access_key_secret),
        say!(
            "local Youku  {0}  videos at {0}/_sandbox/videos",
            "本地优酷   {0}  视频见 {0}/_sandbox/videos",
            youku.api
        ),
        say!(
            "function     {}  POST /uploads with bearer token {token}",
            "函数       {}  POST /uploads，令牌 {token}",
            function.http_url
        ),
        say!(
            "Put a video into the bucket with any OSS client and it is uploaded. Ctrl-C ends it.",
            "用任何 OSS 客户端把视频放进 bucket 即会上传。Ctrl-C 结束。"
        ),
    ] {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Tells on standard error what the function says and what becomes of each event.
async fn narrate(started: &Started) {
    let (mut logs, mut outcomes) = (started.clouds.fc.logs(), started.clouds.fc.outcomes());
    loop {
        // A listener that has gone away does not end the clouds.
        let _ = tokio::select! {
            line = logs.recv() => match line {
                Ok(line) => writeln!(stderr(), "{}", line.line),
                Err(RecvError::Lagged(lines)) => writeln!(
                    stderr(),
                    "{}",
                    say!("({lines} lines of the function's log left out)", "（省略函数日志 {lines} 行）")
                ),
                Err(RecvError::Closed) => return,
            },
            outcome = outcomes.recv() => match outcome {
                Ok(outcome) => writeln!(stderr(), "{}", told(&outcome)),
                Err(RecvError::Lagged(_)) => Ok(()),
                Err(RecvError::Closed) => return,
            },
        };
    }
}

fn told(outcome: &AsyncOutcome) -> String {
    let body = String::from_utf8_lossy(&outcome.result.body);
    say!(
        "event {} after {} attempts: {:?} {body}",
        "事件 {}，尝试 {} 次：{:?} {body}",
        outcome.request_id,
        outcome.attempts,
        outcome.state
    )
}
