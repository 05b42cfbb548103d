//! `dev`: runs the local clouds in the foreground.

use crate::{
    args::DevArgs,
    exit_code::INTERRUPTED,
    local_clouds::{self, BUCKET, RunningClouds, failure::Failure},
    shutdown::{SecondSignal, Shutdown},
    ui::{i18n::tr, output::print_error},
};
use ::local_clouds::fc::AsyncOutcome;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{Write, stdout},
    process::ExitCode,
};
use tokio::sync::broadcast::error::RecvError;

/// Addresses and credentials of the local clouds: the one line on standard output with `--json`.
#[derive(Serialize)]
struct Clouds<'a> {
    oss: OssAddress<'a>,
    youku: YoukuAddress<'a>,
    function: FunctionAddress<'a>,
    env: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct OssAddress<'a> {
    endpoint: &'a str,
    region: &'a str,
    bucket: &'a str,
    access_key_id: &'a str,
    access_key_secret: &'a str,
}

#[derive(Serialize)]
struct YoukuAddress<'a> {
    api: &'a str,
    client_id: &'a str,
    access_token: &'a str,
    refresh_token: &'a str,
}

#[derive(Serialize)]
struct FunctionAddress<'a> {
    http_url: &'a str,
    invoke_url: &'a str,
    token: &'a str,
}

/// Runs the local clouds until Ctrl-C.
pub(super) async fn dev(args: DevArgs) -> Result<ExitCode, Failure> {
    let shutdown = Shutdown::listen(SecondSignal::IsIgnored)?;
    let temporary = tempfile::tempdir()?;
    let data = args.data.as_deref().unwrap_or(temporary.path());
    let running = local_clouds::start(&args.local, data, args.port_base).await?;
    announce(&running, args.local.json)?;
    let ended = tokio::select! {
        () = follow(&running) => Ok(ExitCode::SUCCESS),
        () = shutdown.wait() => Ok(ExitCode::from(INTERRUPTED)),
    };
    running.clouds.shutdown().await;
    ended
}

fn announce(running: &RunningClouds, json: bool) -> Result<(), Failure> {
    let RunningClouds { clouds, config, env, token } = running;
    let endpoints = &clouds.endpoints;
    let account = endpoints
        .youku_accounts
        .first()
        .ok_or_else(|| tr!("the local Youku has no account", "本地优酷没有账号"))?;
    let addresses = Clouds {
        oss: OssAddress {
            endpoint: &endpoints.oss,
            region: &config.region,
            bucket: BUCKET,
            access_key_id: &config.access_key.0,
            access_key_secret: &config.access_key.1,
        },
        youku: YoukuAddress {
            api: &endpoints.youku,
            client_id: &account.client_id,
            access_token: &account.access_token,
            refresh_token: &account.refresh_token,
        },
        function: FunctionAddress {
            http_url: &endpoints.http_trigger,
            invoke_url: &clouds.fc.invoke_url(&clouds.function),
            token,
        },
        env,
    };
    let mut out = stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string(&addresses)?)?;
        return Ok(out.flush()?);
    }
    let (oss, youku, function) = (&addresses.oss, &addresses.youku, &addresses.function);
    for line in [
        tr!(
            "local OSS    {}  bucket {BUCKET}, region {}",
            "本地 OSS   {}  bucket {BUCKET}，地域 {}",
            oss.endpoint,
            oss.region
        ),
        tr!("             key {} / {}", "           密钥 {} / {}", oss.access_key_id, oss.access_key_secret),
        tr!(
            "local Youku  {0}  videos at {0}/_sandbox/videos",
            "本地优酷   {0}  视频见 {0}/_sandbox/videos",
            youku.api
        ),
        tr!(
            "function     {}  POST /uploads with bearer token {token}",
            "函数       {}  POST /uploads，令牌 {token}",
            function.http_url
        ),
        tr!(
            "Put a video into the bucket with any OSS client to upload it. Press Ctrl-C to stop.",
            "用任何 OSS 客户端把视频放进 bucket 即可上传。按 Ctrl-C 停止。"
        ),
    ] {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Prints the log of the function and the result of each event on standard error.
async fn follow(running: &RunningClouds) {
    let (mut logs, mut outcomes) = (running.clouds.fc.logs(), running.clouds.fc.outcomes());
    loop {
        tokio::select! {
            line = logs.recv() => match line {
                Ok(line) => print_error(line.line),
                Err(RecvError::Lagged(lines)) => print_error(tr!(
                    "({lines} lines of the function's log left out)",
                    "（省略函数日志 {lines} 行）"
                )),
                Err(RecvError::Closed) => return,
            },
            outcome = outcomes.recv() => match outcome {
                Ok(outcome) => print_error(describe_outcome(&outcome)),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
        }
    }
}

fn describe_outcome(outcome: &AsyncOutcome) -> String {
    let body = String::from_utf8_lossy(&outcome.result.body);
    tr!(
        "event {} after {} attempts: {:?} {body}",
        "事件 {}，尝试 {} 次：{:?} {body}",
        outcome.request_id,
        outcome.attempts,
        outcome.state
    )
}
