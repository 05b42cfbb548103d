//! The local clouds as `demo` and `dev` start them.

use crate::{args::Local, lang::say, report, token};
use local_clouds::{
    clouds::{CloudsConfig, Endpoints, LocalClouds},
    fc::{FunctionConfig, HttpAuth, TimerConfig},
};
use std::{
    collections::BTreeMap, ffi::OsString, future::Future, io, path::Path, process::ExitCode, time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};

/// The hidden command under which the local host starts this very program as the function.
pub(crate) const FUNCTION_COMMAND: &str = "function-process";
/// The bucket whose files are uploaded.
pub(crate) const BUCKET: &str = "videos";
const ACCOUNT: &str = "main";
/// How often the sweep looks for what is open, and how long a silent holder keeps it: short, so that recovery can be watched.
const SWEEP: Duration = Duration::from_secs(5);
const FUNCTION: &str = "oss2youku";
/// Under the data folder.
const TOKEN_FILE: &str = "http-token";
/// What a shell reports of a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// What ends a command early, told as it is.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Runs a command until it ends or a signal ends it; whatever it started ends with it.
pub(crate) fn run(json: bool, command: impl Future<Output = Result<ExitCode, Failure>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.map_err(Failure::from).and_then(|runtime| {
        let ended = runtime.block_on(command);
        // A file that is being hashed would be waited for.
        runtime.shutdown_background();
        ended
    });
    ended.unwrap_or_else(|error| {
        report::stopped(json, &*error);
        ExitCode::FAILURE
    })
}

/// Listens for Ctrl-C and SIGTERM from now on: called before anything is started that one of them must end. What it answers ends with
/// the exit code of an interrupted command.
pub(crate) fn interrupted() -> io::Result<impl Future<Output = ExitCode>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        ExitCode::from(INTERRUPTED)
    })
}

/// The clouds, with everything that a function or a client needs to know of them.
pub(crate) struct Started {
    pub(crate) clouds: LocalClouds,
    pub(crate) config: CloudsConfig,
    /// Variables for a function that runs elsewhere, or for this command line.
    pub(crate) env: BTreeMap<String, String>,
    /// What callers of the function's HTTP door show.
    pub(crate) token: String,
}

/// Starts the clouds with their data under `data`.
pub(crate) async fn start(local: &Local, data: &Path, port_base: u16) -> Result<Started, Failure> {
    std::fs::create_dir_all(data).map_err(|error| {
        say!("the data folder {} cannot be used: {error}", "无法使用数据目录 {}：{error}", data.display())
    })?;
    let token = token::kept(&data.join(TOKEN_FILE))?;
    let config = CloudsConfig { bucket: BUCKET.into(), port_base, ..CloudsConfig::new(data) };
    let command: Vec<OsString> = match &local.function {
        Some(path) => vec![path.canonicalize().map_err(|error| named(path, &error))?.into()],
        None => vec![std::env::current_exe()?.into(), FUNCTION_COMMAND.into()],
    };
    let mut env = BTreeMap::new();
    let clouds = LocalClouds::start(config.clone(), |endpoints| {
        env = variables(&config, endpoints, local, &token);
        FunctionConfig {
            env: env.clone(),
            // As long as the platform lets a function run.
            timeout: Duration::from_secs(86_400),
            instance_concurrency: 10,
            timer: Some(TimerConfig { interval: SWEEP, name: "sweep".into(), payload: String::new() }),
            http_trigger: Some(HttpAuth::Anonymous),
            ..FunctionConfig::new(FUNCTION, command)
        }
    })
    .await
    .map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => say!(
            "{error}; `--port-base N` takes others, `--port-base 0` free ones",
            "端口已被占用（{error}）：`--port-base N` 换其他端口，`--port-base 0` 用空闲端口"
        )
        .into(),
        _ => Failure::from(error),
    })?;
    // The function has its role's credentials; a client needs its own.
    env.insert("ALIBABA_CLOUD_ACCESS_KEY_ID".into(), config.access_key.0.clone());
    env.insert("ALIBABA_CLOUD_ACCESS_KEY_SECRET".into(), config.access_key.1.clone());
    Ok(Started { clouds, config, env, token })
}

fn variables(
    config: &CloudsConfig,
    endpoints: &Endpoints,
    local: &Local,
    token: &str,
) -> BTreeMap<String, String> {
    let rule = format!(r#"[{{bucket="{BUCKET}",account="{ACCOUNT}",public_type="all"}}]"#);
    let mut variables = BTreeMap::from([
        ("OSS2YOUKU_YOUKU__API", endpoints.youku.clone()),
        ("OSS2YOUKU_YOUKU__BUCKET_REGION", config.youku.region.clone()),
        ("OSS2YOUKU_SOURCE__ENDPOINT", endpoints.oss.clone()),
        ("OSS2YOUKU_SOURCE__REGION", config.region.clone()),
        ("OSS2YOUKU_TRANSFER__MODE", local.mode.as_str().into()),
        ("OSS2YOUKU_RULES", rule),
        ("OSS2YOUKU_LEDGER__LOCATION", config.data_dir.join("ledger").display().to_string()),
        ("OSS2YOUKU_LEDGER__LEASE_SECONDS", SWEEP.as_secs().to_string()),
        ("OSS2YOUKU_SWEEP__ENABLED", "true".into()),
        ("OSS2YOUKU_CALLBACK__PAUSE_SECONDS", SWEEP.as_secs().to_string()),
        ("OSS2YOUKU_SWEEP__GRACE_SECONDS", (2 * SWEEP.as_secs()).to_string()),
        ("OSS2YOUKU_HTTP__TOKENS", format!(r#"["{}"]"#, token::hash(token))),
        ("OSS2YOUKU_LEGACY__BUCKET", BUCKET.into()),
    ]);
    if let Some(account) = endpoints.youku_accounts.first() {
        variables.extend([
            ("OSS2YOUKU_ACCOUNTS__MAIN__CLIENT_ID", account.client_id.clone()),
            ("OSS2YOUKU_ACCOUNTS__MAIN__ACCESS_TOKEN", account.access_token.clone()),
            ("OSS2YOUKU_ACCOUNTS__MAIN__REFRESH_TOKEN", account.refresh_token.clone()),
        ]);
    }
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// An I/O error that says which file it is about.
pub(crate) fn named(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => say!("{path}: there is no such file", "{path}：没有这个文件"),
        io::ErrorKind::PermissionDenied => say!("{path}: permission denied", "{path}：没有权限"),
        _ => say!("{path}: {error}", "{path}：出错：{error}"),
    }
    .into()
}
