//! What runs and how.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;

/// One account's functions in one region.
#[derive(Clone)]
pub struct FcConfig {
    /// Region id as functions see it, e.g. `cn-hangzhou`.
    pub region: String,
    /// The owner's account id.
    pub account_id: String,
    /// Access key ids and secrets that may call `InvokeFunction` and HTTP triggers with `authType: function`.
    pub keys: Vec<(String, String)>,
    /// The functions.
    pub functions: Vec<FunctionConfig>,
}

impl Default for FcConfig {
    fn default() -> Self {
        Self {
            region: "cn-hangzhou".to_owned(),
            account_id: "1234567890123456".to_owned(),
            keys: Vec::new(),
            functions: Vec::new(),
        }
    }
}

/// One function.
#[derive(Clone)]
pub struct FunctionConfig {
    /// Its name: letters, digits, `_`, `-`; at most 64 characters.
    pub name: String,
    /// Start command and arguments; the first word may be a path.
    pub command: Vec<OsString>,
    /// The folder the process starts in and sees as `FC_FUNC_CODE_PATH`; absent = the host's own.
    pub code_dir: Option<PathBuf>,
    /// Environment variables: at most 4 KB together, none beginning with `FC_`. Of the host's environment the
    /// process sees `PATH` alone.
    pub env: BTreeMap<String, String>,
    /// Limit of one call, up to 86 400 s. The header carries it in whole seconds, rounded up.
    pub timeout: Duration,
    /// 128 to 32 768 in steps of 64; reported, not enforced.
    pub memory_mb: u32,
    /// Calls one instance takes at a time, 1 to 200.
    pub instance_concurrency: u32,
    /// Instances at a time; a call beyond them is refused with `ResourceExhausted`.
    pub max_instances: usize,
    /// The base image, which decides about some headers and variables.
    pub runtime: Runtime,
    /// The port the function listens on (CAPort); absent = a free one for each instance.
    pub listen_port: Option<u16>,
    /// How long the port may take to accept a connection.
    pub start_timeout: Duration,
    /// The Initializer hook's limit, up to 300 s; absent = never called.
    pub initializer: Option<Duration>,
    /// The PreStop hook's limit, up to 90 s; absent = never called.
    pub pre_stop: Option<Duration>,
    /// The health check; absent = none.
    pub health_check: Option<HealthCheck>,
    /// Credentials of the function's role; absent = no role: the headers are empty then.
    pub credentials: Option<StsCredentials>,
    /// Where the credentials are not handed out.
    pub disable_inject_credentials: DisableInject,
    /// Gives the function an HTTP trigger with a listener of its own.
    pub http_trigger: Option<HttpAuth>,
    /// Calls the function asynchronously again and again.
    pub timer: Option<TimerConfig>,
    /// How asynchronous calls are delivered.
    pub async_config: AsyncConfig,
    /// Stops the process between calls, as the platform does.
    pub freeze: bool,
    /// An idle instance is ended after this time; the platform says at most 5 min.
    pub idle_limit: Duration,
}

impl Default for FunctionConfig {
    fn default() -> Self {
        Self {
            name: "function".to_owned(),
            command: Vec::new(),
            code_dir: None,
            env: BTreeMap::new(),
            timeout: Duration::from_secs(60),
            memory_mb: 512,
            instance_concurrency: 1,
            max_instances: 10,
            runtime: Runtime::CustomDebian12,
            listen_port: None,
            start_timeout: Duration::from_secs(120),
            initializer: None,
            pre_stop: None,
            health_check: None,
            credentials: None,
            disable_inject_credentials: DisableInject::None,
            http_trigger: None,
            timer: None,
            async_config: AsyncConfig::default(),
            freeze: true,
            idle_limit: Duration::from_secs(300),
        }
    }
}

impl FunctionConfig {
    /// A function with this start command and the defaults.
    pub fn new(name: impl Into<String>, command: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self { name: name.into(), command: command.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Checks the documented ranges.
    pub(super) fn validate(&self) -> io::Result<()> {
        let env_size: usize = self.env.iter().map(|(name, value)| name.len() + value.len()).sum();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let rules = [
            (
                self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(word),
                "its name does not fit",
            ),
            (self.command.is_empty(), "it has no start command"),
            (self.timeout.is_zero() || self.timeout.as_secs() > 86_400, "timeout: up to 86400 s"),
            (
                !(128..=32_768).contains(&self.memory_mb) || !self.memory_mb.is_multiple_of(64),
                "memory_mb: 128 to 32768 by 64",
            ),
            (!(1..=200).contains(&self.instance_concurrency), "instance_concurrency: 1 to 200"),
            (self.max_instances == 0, "max_instances: at least 1"),
            (
                self.env.keys().any(|name| name.starts_with("FC_")),
                "env: names beginning with FC_ are reserved",
            ),
            (env_size > 4096, "env: at most 4096 bytes together"),
            (self.initializer.is_some_and(|limit| limit.as_secs() > 300), "initializer: up to 300 s"),
            (self.pre_stop.is_some_and(|limit| limit.as_secs() > 90), "pre_stop: up to 90 s"),
            (self.async_config.retries > 8, "async_config.retries: 0 to 8"),
            (self.async_config.max_age.as_secs() > 604_800, "async_config.max_age: up to 604800 s"),
            (
                self.timer.as_ref().is_some_and(|timer| timer.interval.is_zero()),
                "timer.interval: more than nothing",
            ),
        ];
        match rules.iter().find(|(broken, _)| *broken) {
            Some((_, why)) => {
                Err(io::Error::new(io::ErrorKind::InvalidInput, format!("function {:?}: {why}", self.name)))
            }
            None => Ok(()),
        }
    }
}

/// Base images (fc.md §1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// `custom`: Debian 9.
    Custom,
    /// `custom.debian10`.
    CustomDebian10,
    /// `custom.debian11`: no token header from here on, `FC_FUNCTION_VERSION` instead of `FC_VER_ID`.
    CustomDebian11,
    /// `custom.debian12`.
    CustomDebian12,
}

impl Runtime {
    /// Debian 11 and later.
    pub(super) fn is_recent(self) -> bool {
        matches!(self, Self::CustomDebian11 | Self::CustomDebian12)
    }
}

/// Temporary credentials of a function's role.
#[derive(Clone, PartialEq, Eq)]
pub struct StsCredentials {
    /// Access key id.
    pub access_key_id: String,
    /// Access key secret.
    pub access_key_secret: String,
    /// Security token.
    pub security_token: String,
}

impl fmt::Debug for StsCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StsCredentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// The API's `disableInjectCredentials`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisableInject {
    /// Credentials in environment and headers.
    None,
    /// Not in the environment.
    Env,
    /// Not in the headers.
    Request,
    /// Nowhere.
    All,
}

/// An HTTP trigger's `authType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpAuth {
    /// Anybody may call.
    Anonymous,
    /// The caller signs with ACS3; the body is not part of what is signed.
    Function,
}

/// The platform's `healthCheckConfig`.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    /// Path of the probe; any status from 200 to 399 is healthy.
    pub path: String,
    /// Wait before the first probe.
    pub initial_delay: Duration,
    /// Time between probes.
    pub period: Duration,
    /// Limit of one probe.
    pub timeout: Duration,
    /// That many failures in a row replace the instance.
    pub failure_threshold: u32,
}

impl HealthCheck {
    /// The platform's defaults: no delay, every 3 s, 1 s each, three failures.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            initial_delay: Duration::ZERO,
            period: Duration::from_secs(3),
            timeout: Duration::from_secs(1),
            failure_threshold: 3,
        }
    }
}

/// A timer trigger. The platform takes cron expressions; here an interval will do.
#[derive(Clone, Debug)]
pub struct TimerConfig {
    /// Time between calls; the first comes after one interval.
    pub interval: Duration,
    /// `triggerName` in the event.
    pub name: String,
    /// `payload` in the event.
    pub payload: String,
}

/// How asynchronous calls are delivered (fc.md §2.4).
#[derive(Clone)]
pub struct AsyncConfig {
    /// Retries after a function error, 0 to 8.
    pub retries: u32,
    /// Time between those retries; the platform does not tell its own.
    pub retry_backoff: Duration,
    /// Longest wait between attempts refused for want of an instance; the waits double from 0.5 s.
    pub throttle_backoff_limit: Duration,
    /// A call older than this is given up, 1 to 604 800 s.
    pub max_age: Duration,
    /// Told of each call that succeeded.
    pub on_success: Option<Destination>,
    /// Told of each call that was given up.
    pub on_failure: Option<Destination>,
    /// Delivers each call twice, with the same request id, as "at least once" permits.
    pub duplicate: bool,
    /// Delivers each second call before the one that came first.
    pub out_of_order: bool,
}

impl Default for AsyncConfig {
    fn default() -> Self {
        Self {
            retries: 3,
            retry_backoff: Duration::from_secs(1),
            throttle_backoff_limit: Duration::from_secs(8),
            max_age: Duration::from_secs(86_400),
            on_success: None,
            on_failure: None,
            duplicate: false,
            out_of_order: false,
        }
    }
}

/// Who is told of a finished asynchronous call.
#[derive(Clone, Debug)]
pub enum Destination {
    /// A channel in this process.
    Channel(mpsc::UnboundedSender<Value>),
    /// A POST of the JSON document to this `http://` address; 5xx is tried again, 4xx dropped.
    Http(String),
}
