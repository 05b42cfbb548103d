//! The local clouds as `demo` and `dev` start them.

pub(crate) mod failure;
mod http_token;

use crate::{
    args::{FUNCTION_COMMAND, LocalArgs},
    ui::i18n::tr,
};
use ::local_clouds::{
    clouds::{CloudsConfig, Endpoints, LocalClouds},
    fc::{FunctionConfig, HttpAuth, TimerConfig},
};
use failure::{Failure, name_file};
use std::{collections::BTreeMap, ffi::OsString, io, path::Path, time::Duration};

/// The bucket whose files are uploaded.
pub(crate) const BUCKET: &str = "videos";
const ACCOUNT: &str = "main";
/// Interval of the sweep, and lifetime of the lease of a silent holder: short, so that recovery can be watched.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
const FUNCTION: &str = "oss2youku";
/// File name in the data folder.
const TOKEN_FILE: &str = "http-token";

/// The running local clouds, with everything that a function or a client needs to know of them.
pub(crate) struct RunningClouds {
    pub(crate) clouds: LocalClouds,
    pub(crate) config: CloudsConfig,
    /// Variables for a function that runs elsewhere, or for this command line.
    pub(crate) env: BTreeMap<String, String>,
    /// Bearer token for the function's HTTP trigger.
    pub(crate) token: String,
}

/// Starts the local clouds with their data under `data`.
///
/// # Errors
/// Names the folder, the function program or the port that cannot be used.
pub(crate) async fn start(args: &LocalArgs, data: &Path, port_base: u16) -> Result<RunningClouds, Failure> {
    std::fs::create_dir_all(data).map_err(|error| {
        tr!("the data folder {} cannot be used: {error}", "无法使用数据目录 {}：{error}", data.display())
    })?;
    let token = http_token::load_or_create(&data.join(TOKEN_FILE))?;
    let config = CloudsConfig { bucket: BUCKET.into(), port_base, ..CloudsConfig::new(data) };
    let command: Vec<OsString> = match &args.function {
        Some(path) => vec![path.canonicalize().map_err(|error| name_file(path, &error))?.into()],
        None => vec![std::env::current_exe()?.into(), FUNCTION_COMMAND.into()],
    };
    let mut env = BTreeMap::new();
    let clouds = LocalClouds::start(config.clone(), |endpoints| {
        env = build_variables(&config, endpoints, args, &token);
        FunctionConfig {
            env: env.clone(),
            // The longest that the platform lets a function run.
            timeout: Duration::from_secs(86_400),
            instance_concurrency: 10,
            timer: Some(TimerConfig {
                interval: SWEEP_INTERVAL,
                name: "sweep".into(),
                payload: String::new(),
            }),
            http_trigger: Some(HttpAuth::Anonymous),
            ..FunctionConfig::new(FUNCTION, command)
        }
    })
    .await
    .map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => tr!(
            "{error}; `--port-base N` uses other ports, `--port-base 0` free ones",
            "端口已被占用（{error}）：可用 `--port-base N` 换其他端口，或用 `--port-base 0` 选择空闲端口"
        )
        .into(),
        _ => Failure::from(error),
    })?;
    // The function has the credentials of its role; a client needs its own.
    env.insert("ALIBABA_CLOUD_ACCESS_KEY_ID".into(), config.access_key.0.clone());
    env.insert("ALIBABA_CLOUD_ACCESS_KEY_SECRET".into(), config.access_key.1.clone());
    Ok(RunningClouds { clouds, config, env, token })
}

fn build_variables(
    config: &CloudsConfig,
    endpoints: &Endpoints,
    args: &LocalArgs,
    token: &str,
) -> BTreeMap<String, String> {
    let rule = format!(r#"[{{bucket="{BUCKET}",account="{ACCOUNT}",public_type="all"}}]"#);
    let mut variables = BTreeMap::from([
        ("OSS2YOUKU_YOUKU__API", endpoints.youku.clone()),
        ("OSS2YOUKU_YOUKU__BUCKET_REGION", config.youku.region.clone()),
        ("OSS2YOUKU_SOURCE__ENDPOINT", endpoints.oss.clone()),
        ("OSS2YOUKU_SOURCE__REGION", config.region.clone()),
        ("OSS2YOUKU_TRANSFER__MODE", args.mode.as_str().into()),
        ("OSS2YOUKU_RULES", rule),
        ("OSS2YOUKU_LEDGER__LOCATION", config.data_dir.join("ledger").display().to_string()),
        ("OSS2YOUKU_LEDGER__LEASE_SECONDS", SWEEP_INTERVAL.as_secs().to_string()),
        ("OSS2YOUKU_SWEEP__ENABLED", "true".into()),
        ("OSS2YOUKU_CALLBACK__PAUSE_SECONDS", SWEEP_INTERVAL.as_secs().to_string()),
        ("OSS2YOUKU_SWEEP__GRACE_SECONDS", (2 * SWEEP_INTERVAL.as_secs()).to_string()),
        ("OSS2YOUKU_HTTP__TOKENS", format!(r#"["{}"]"#, http_token::hash(token))),
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
