//! One function process and all it starts.

use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};

use nix::sys::signal::Signal;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::config::{DisableInject, FunctionConfig, StsCredentials};
use super::error::FcError;
use super::logs::{InstanceLog, LogPipe, LogStream};
use super::platform::{Platform, signal_group};

/// A process that leads a group of its own.
pub(super) struct Process {
    pub(super) pid: u32,
    group: i32,
    /// How it ended, once it has.
    exited: watch::Receiver<Option<String>>,
    pipes: [Arc<LogPipe>; 2],
    pub(super) log: Arc<InstanceLog>,
}

impl Process {
    /// Starts the function's command. `left` is called when it has ended.
    pub(super) fn spawn(
        config: &FunctionConfig,
        credentials: Option<&StsCredentials>,
        platform: &Arc<Platform>,
        instance_id: &str,
        port: u16,
        left: impl FnOnce() + Send + 'static,
    ) -> Result<Self, FcError> {
        let refused =
            |error| FcError::bad_gateway("CAExited", format!("the start command cannot be run: {error}"));
        check_executable(config)?;
        let mut child = command(config, credentials, platform, instance_id, port).spawn().map_err(refused)?;
        let pid = child.id().unwrap_or_default();
        let group = i32::try_from(pid).unwrap_or_default();
        platform.entered(group);
        let guard = Group { group, platform: Arc::clone(platform) };
        let log = Arc::new(InstanceLog::new(platform.logs.clone(), config.name.clone(), pid));
        let pipes = match outputs(&mut child) {
            Ok([out, err]) => [(out, LogStream::Stdout), (err, LogStream::Stderr)]
                .map(|(receiver, stream)| Arc::new(LogPipe::new(receiver, stream, Arc::clone(&log)))),
            Err(error) => return Err(refused(error)),
        };
        for pipe in &pipes {
            let pipe = Arc::clone(pipe);
            tokio::spawn(async move { pipe.follow().await });
        }
        let (ended, exited) = watch::channel(None);
        tokio::spawn(async move {
            let how = match child.wait().await {
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
            // The leader is the container's first process: when it ends, all the others end.
            drop(guard);
            left();
            ended.send_replace(Some(how));
        });
        Ok(Self { pid, group, exited, pipes, log })
    }

    /// Signals the process and all it started, unless it has ended.
    pub(super) fn signal(&self, signal: Signal) {
        if self.exited.borrow().is_none() {
            signal_group(self.group, signal);
        }
    }

    /// Waits for the end; answers how it ended.
    pub(super) async fn exited(&self) -> String {
        let mut exited = self.exited.clone();
        match exited.wait_for(Option::is_some).await {
            Ok(how) => how.clone().unwrap_or_default(),
            // The supervising task is gone with its runtime, and the process with it.
            Err(_) => "ended with its host".to_owned(),
        }
    }

    pub(super) fn has_exited(&self) -> bool {
        self.exited.borrow().is_some()
    }

    /// Takes what the process has written so far.
    pub(super) fn drain_logs(&self) {
        for pipe in &self.pipes {
            pipe.drain();
        }
    }

    /// The most memory the leading process has held at a time, in MB, rounded up.
    pub(super) fn peak_memory_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let kib = line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
        kib.unwrap_or_default().div_ceil(1024)
    }
}

/// Kills the group when the supervising task ends, for whatever reason.
struct Group {
    group: i32,
    platform: Arc<Platform>,
}

impl Drop for Group {
    fn drop(&mut self) {
        signal_group(self.group, Signal::SIGKILL);
        self.platform.left(self.group);
    }
}

/// What setpriv would only tell by its exit status.
fn check_executable(config: &FunctionConfig) -> Result<(), FcError> {
    let program = config.command.first().map(Path::new).filter(|path| path.components().count() > 1);
    let Some(program) = program else { return Ok(()) };
    let path = config.code_dir.clone().unwrap_or_default().join(program);
    match path.metadata() {
        Ok(file) if file.permissions().mode() & 0o111 == 0 => Err(FcError::bad_gateway(
            "CAFilePermission",
            "the start command lacks the executable bit (code 13)",
        )),
        Ok(_) => Ok(()),
        Err(error) => {
            Err(FcError::bad_gateway("CAExited", format!("the start command cannot be run: {error}")))
        }
    }
}

fn outputs(child: &mut Child) -> io::Result<[pipe::Receiver; 2]> {
    let missing = || io::Error::other("output not captured");
    let out = child.stdout.take().ok_or_else(missing)?.into_owned_fd()?;
    let err = child.stderr.take().ok_or_else(missing)?.into_owned_fd()?;
    Ok([pipe::Receiver::from_owned_fd(out)?, pipe::Receiver::from_owned_fd(err)?])
}

fn command(
    config: &FunctionConfig,
    credentials: Option<&StsCredentials>,
    platform: &Platform,
    instance_id: &str,
    port: u16,
) -> Command {
    // setpriv lets the kernel kill the process even if this host is killed itself, then becomes the command.
    let words = config.command.iter().map(std::ffi::OsString::as_os_str);
    let mut words: Vec<_> = match setpriv() {
        Some(setpriv) => [setpriv.as_os_str(), "--pdeathsig".as_ref(), "KILL".as_ref(), "--".as_ref()]
            .into_iter()
            .chain(words)
            .collect(),
        None => words.collect(),
    };
    let program = if words.is_empty() { std::ffi::OsStr::new("bootstrap") } else { words.remove(0) };
    let mut command = Command::new(program);
    command.args(words).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    let code_dir = config.code_dir.clone().or_else(|| std::env::current_dir().ok()).unwrap_or_default();
    command.current_dir(&code_dir);
    let version = if config.runtime.is_recent() { "FC_FUNCTION_VERSION" } else { "FC_VER_ID" };
    command
        .env("TZ", "UTC")
        .env("HOME", "/root")
        .env("FC_ACCOUNT_ID", &platform.account_id)
        .env("FC_REGION", &platform.region)
        .env("FC_FUNCTION_NAME", &config.name)
        .env("FC_FUNCTION_HANDLER", "index.handler")
        .env("FC_FUNCTION_MEMORY_SIZE", config.memory_mb.to_string())
        .env("FC_INSTANCE_ID", instance_id)
        .env("FC_FUNC_CODE_PATH", &code_dir)
        .env("FC_CUSTOM_LISTEN_PORT", port.to_string())
        // No variable of the platform's: a function of `aliyun-fc-runtime` is then out of reach for others on this network.
        .env("ALIYUN_FC_RUNTIME_LISTEN_ADDRESS", "127.0.0.1")
        .env(version, "LATEST");
    let injected = !matches!(config.disable_inject_credentials, DisableInject::Env | DisableInject::All);
    if let Some(credentials) = credentials.filter(|_| injected) {
        command
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", &credentials.access_key_id)
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", &credentials.access_key_secret)
            .env("ALIBABA_CLOUD_SECURITY_TOKEN", &credentials.security_token);
    }
    command.envs(&config.env);
    command
}

fn setpriv() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<&'static Path>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        ["/usr/bin/setpriv", "/bin/setpriv"].map(Path::new).into_iter().find(|path| path.is_file())
    })
}

/// A free port below the range the kernel takes callers' ports from: a probe there could otherwise meet itself.
pub(super) fn free_port() -> io::Result<u16> {
    const FIRST: u16 = 15_000;
    const COUNT: u16 = 16_000;
    static NEXT: OnceLock<AtomicU16> = OnceLock::new();
    let next = NEXT.get_or_init(|| AtomicU16::new(rand::random()));
    for _ in 0..COUNT {
        let port = FIRST + next.fetch_add(1, Ordering::Relaxed) % COUNT;
        if TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrNotAvailable.into())
}
