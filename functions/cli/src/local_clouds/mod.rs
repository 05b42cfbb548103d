//! The local clouds as `demo` and `dev` start them.

pub(crate) mod data_folder;
pub(crate) mod event_response;
pub(crate) mod failure;
mod function_program;
mod http_token;
pub(crate) mod sample;
pub(crate) mod settings;
mod toml_text;
pub(crate) mod user_settings;

use crate::{
    args::{FUNCTION_COMMAND, LocalArgs},
    ui::{details::localize_io, i18n::tr, messages::errors::describe_app},
};
use ::local_clouds::{
    clouds::{CloudsConfig, Endpoints, LocalClouds},
    fc::{FunctionConfig, HttpAuth, TimerConfig},
    youku::Account,
};
use app::{CONFIG_VARIABLE, Settings};
use data_folder::DataFolder;
use failure::Failure;
use settings::{LocalSettings, SWEEP_INTERVAL};
use std::{collections::BTreeMap, ffi::OsString, io, path::PathBuf, time::Duration};
use user_settings::UserSettings;

/// The bucket whose files are uploaded, where the user's rules name none.
pub(crate) const BUCKET: &str = "videos";
/// The console's port, counted from `--port-base`: the clouds have those before it.
pub(crate) const CONSOLE_PORT: u16 = 5;
const FUNCTION: &str = "oss2youku";
/// File names in the data folder.
const TOKEN_FILE: &str = "http-token";
const FUNCTION_FILE: &str = "function.toml";
const COMMAND_LINE_FILE: &str = "oss2youku.toml";

/// The running local clouds, with everything that a function or a client needs to know of them.
pub(crate) struct RunningClouds {
    pub(crate) clouds: LocalClouds,
    pub(crate) config: CloudsConfig,
    /// Variables for a function that runs elsewhere, or for this command line.
    pub(crate) env: BTreeMap<String, String>,
    /// Bearer token for the function's HTTP trigger.
    pub(crate) token: String,
    /// A settings file for this command line, with all of that in it, and what it says.
    pub(crate) settings_file: PathBuf,
    pub(crate) settings: Settings,
}

/// Starts the local clouds with their data in `data`, and with what holds of the user's settings.
///
/// # Errors
/// Names the function program that cannot be used or does not start, the port that is taken, or the setting that does not fit.
pub(crate) async fn start(
    args: &LocalArgs,
    data: &DataFolder,
    port_base: u16,
    user: &UserSettings,
) -> Result<RunningClouds, Failure> {
    let token = http_token::load_or_create(&data.path.join(TOKEN_FILE))?;
    let mut buckets = user.buckets.iter().cloned();
    let bucket = buckets.next().unwrap_or_else(|| BUCKET.into());
    let mut config =
        CloudsConfig { bucket, other_buckets: buckets.collect(), port_base, ..CloudsConfig::new(&data.path) };
    config.youku.accounts = build_accounts(&user.accounts);
    let command: Vec<OsString> = match &args.function {
        Some(path) => vec![function_program::locate(path)?.into()],
        None => vec![std::env::current_exe()?.into(), FUNCTION_COMMAND.into()],
    };
    let mut prepared = None;
    let clouds = LocalClouds::start(config.clone(), |endpoints| {
        let settings = prepared.insert(prepare(&config, endpoints, args, &token, data, user));
        FunctionConfig {
            env: settings.as_ref().map(|settings| settings.env.clone()).unwrap_or_default(),
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
        io::ErrorKind::AddrInUse => describe_taken_port(&error),
        _ => Failure::from(error),
    })?;
    let prepared = match prepared {
        Some(Ok(prepared)) => prepared,
        Some(Err(failure)) => {
            clouds.shutdown().await;
            return Err(failure);
        }
        None => return Err(Failure::from(io::Error::other("the function was not configured"))),
    };
    let mut env = prepared.env;
    // The function has the credentials of its role; a client needs its own.
    env.insert("ALIBABA_CLOUD_ACCESS_KEY_ID".into(), config.access_key.0.clone());
    env.insert("ALIBABA_CLOUD_ACCESS_KEY_SECRET".into(), config.access_key.1.clone());
    let Prepared { settings_file, settings, .. } = prepared;
    let running = RunningClouds { clouds, config, env, token, settings_file, settings };
    if let Some(path) = &args.function
        && let Err(failure) = function_program::try_start(path, &running.clouds).await
    {
        running.clouds.shutdown().await;
        return Err(failure);
    }
    Ok(running)
}

/// One of the ports is taken: says how to use others.
pub(crate) fn describe_taken_port(error: &io::Error) -> Failure {
    let why = localize_io(error);
    Failure::usage(tr!(
        "{why}; `--port-base N` uses other ports, `--port-base 0` free ones",
        "{why}；可用 `--port-base N` 换其他端口，或用 `--port-base 0` 选择空闲端口"
    ))
}

/// What is written down before the function starts.
struct Prepared {
    env: BTreeMap<String, String>,
    settings_file: PathBuf,
    settings: Settings,
}

/// Writes the settings of the function and of a command line, once they are known to fit.
fn prepare(
    config: &CloudsConfig,
    endpoints: &Endpoints,
    args: &LocalArgs,
    token: &str,
    data: &DataFolder,
    user: &UserSettings,
) -> Result<Prepared, Failure> {
    let local = LocalSettings::new(config, endpoints, args.mode, token, user);
    let text = local.command_line_file(&config.access_key);
    // The error names the file.
    let settings =
        Settings::from_parts(&user.file, &text, []).map_err(|error| Failure::usage(describe_app(&error)))?;
    let settings_file = data.write_private(COMMAND_LINE_FILE, &text)?;
    // Named even if it says nothing, so that the function does not read a file of the working directory.
    let function_file = data.write_private(FUNCTION_FILE, &local.function_file())?;
    let mut env = local.variables;
    env.insert(CONFIG_VARIABLE.into(), function_file.display().to_string());
    Ok(Prepared { env, settings_file, settings })
}

/// One account at the local Youku for each account of the settings, since a refresh token works once.
fn build_accounts(names: &[String]) -> Vec<Account> {
    let usual = Account::default();
    let account = |(number, name): (u64, &String)| {
        // The first has the ids that the documentation names.
        let add = |text: &str| if number == 0 { text.to_owned() } else { format!("{text}-{name}") };
        Account {
            client_id: add(&usual.client_id),
            name: if number == 0 { usual.name.clone() } else { name.clone() },
            user_id: usual.user_id + number,
            access_token: add(&usual.access_token),
            refresh_token: add(&usual.refresh_token),
            access_expires: None,
        }
    };
    (0..).zip(names).map(account).collect()
}
