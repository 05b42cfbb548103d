//! The local clouds as `demo` and `dev` start them.

use crate::args::Local;
use sandbox::{
    clouds::{CloudsConfig, Endpoints, LocalClouds},
    fc::{FunctionConfig, HttpAuth},
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
const FUNCTION: &str = "oss2youku";
/// What a shell reports of a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// What ends a command early, told as it is.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Runs a command until it ends or a signal ends it; whatever it started ends with it.
pub(crate) fn run(command: impl Future<Output = Result<ExitCode, Failure>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(command));
    ended.unwrap_or_else(|error| {
        report_failure(&*error);
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stderr, reason = "the command line's own last word")]
fn report_failure(error: &dyn std::error::Error) {
    eprintln!("oss2youku: {error}");
}

/// Ends with the exit code of an interrupted command at Ctrl-C or SIGTERM.
pub(crate) async fn interrupted() -> Result<ExitCode, Failure> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(ExitCode::from(INTERRUPTED))
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
    let config = CloudsConfig { bucket: BUCKET.into(), port_base, ..CloudsConfig::new(data) };
    let command: Vec<OsString> = match &local.function {
        Some(path) => vec![path.canonicalize().map_err(|error| named(path, &error))?.into()],
        None => vec![std::env::current_exe()?.into(), FUNCTION_COMMAND.into()],
    };
    let mut env = BTreeMap::new();
    let clouds = LocalClouds::start(config.clone(), |endpoints| {
        env = variables(&config, endpoints, local);
        FunctionConfig {
            env: env.clone(),
            // As long as the platform lets a function run.
            timeout: Duration::from_secs(86_400),
            instance_concurrency: 10,
            http_trigger: Some(HttpAuth::Anonymous),
            ..FunctionConfig::new(FUNCTION, command)
        }
    })
    .await?;
    // The function has its role's credentials; a client needs its own.
    env.insert("ALIBABA_CLOUD_ACCESS_KEY_ID".into(), config.access_key.0.clone());
    env.insert("ALIBABA_CLOUD_ACCESS_KEY_SECRET".into(), config.access_key.1.clone());
    Ok(Started { clouds, config, env, token: format!("{:032x}", rand::random::<u128>()) })
}

fn variables(config: &CloudsConfig, endpoints: &Endpoints, local: &Local) -> BTreeMap<String, String> {
    let rule = format!(r#"[{{bucket="{BUCKET}",account="{ACCOUNT}",public_type="all"}}]"#);
    let mut variables = BTreeMap::from([
        ("OSS2YOUKU_YOUKU__API", endpoints.youku.clone()),
        ("OSS2YOUKU_YOUKU__BUCKET_REGION", config.youku.region.clone()),
        ("OSS2YOUKU_SOURCE__ENDPOINT", endpoints.oss.clone()),
        ("OSS2YOUKU_SOURCE__REGION", config.region.clone()),
        ("OSS2YOUKU_TRANSFER__MODE", local.mode.as_str().into()),
        ("OSS2YOUKU_RULES", rule),
    ]);
    if let Some(account) = config.youku.accounts.first() {
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
    format!("{}: {error}", path.display()).into()
}
