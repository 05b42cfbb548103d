//! Settings of one function.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::fc::config::asynchronous::AsyncConfig;
use crate::fc::config::credentials::{DisableInject, StsCredentials};
use crate::fc::config::health_check::HealthCheck;
use crate::fc::config::runtime::Runtime;
use crate::fc::config::triggers::{HttpAuth, TimerConfig};

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
    /// Calls the function asynchronously at an interval.
    pub timer: Option<TimerConfig>,
    /// How asynchronous calls are delivered.
    pub async_config: AsyncConfig,
    /// Whether the process is stopped between calls, as the platform does.
    pub freeze: bool,
    /// Time after which an idle instance is ended; the platform's limit is 5 min.
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
}
