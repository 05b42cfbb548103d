//! A function process and all processes it starts.

use std::io;
use std::sync::Arc;

use nix::sys::signal::Signal;
use tokio::net::unix::pipe;
use tokio::process::Child;
use tokio::sync::watch;

use crate::fc::command::{build_command, check_executable};
use crate::fc::config::credentials::StsCredentials;
use crate::fc::config::function::FunctionConfig;
use crate::fc::error::FcError;
use crate::fc::instance_log::InstanceLog;
use crate::fc::log_pipe::LogPipe;
use crate::fc::logs::LogStream;
use crate::fc::platform::{Platform, signal_group};

/// A process that leads a process group of its own.
pub(crate) struct Process {
    pub(crate) pid: u32,
    group: i32,
    /// How it ended, once it has.
    exited: watch::Receiver<Option<String>>,
    pipes: [Arc<LogPipe>; 2],
    pub(crate) log: Arc<InstanceLog>,
}

impl Process {
    /// Starts the function's command. `on_exit` is called when it has ended.
    pub(crate) fn spawn(
        config: &FunctionConfig,
        credentials: Option<&StsCredentials>,
        platform: &Arc<Platform>,
        instance_id: &str,
        port: u16,
        on_exit: impl FnOnce() + Send + 'static,
    ) -> Result<Self, FcError> {
        let refused =
            |error| FcError::bad_gateway("CAExited", format!("the start command cannot be run: {error}"));
        check_executable(config)?;
        let mut child =
            build_command(config, credentials, platform, instance_id, port).spawn().map_err(refused)?;
        let pid = child.id().unwrap_or_default();
        let group = i32::try_from(pid).unwrap_or_default();
        platform.add_group(group);
        let guard = ProcessGroup { group, platform: Arc::clone(platform) };
        let log = Arc::new(InstanceLog::new(platform.logs.clone(), config.name.clone(), pid));
        let pipes = match take_outputs(&mut child) {
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
            // The leader stands for the container's first process: when it ends, all others end.
            drop(guard);
            on_exit();
            ended.send_replace(Some(how));
        });
        Ok(Self { pid, group, exited, pipes, log })
    }

    /// Signals the process and all processes it started, unless it has ended.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.exited.borrow().is_none() {
            signal_group(self.group, signal);
        }
    }

    /// Waits for the end; returns how it ended.
    pub(crate) async fn wait_exit(&self) -> String {
        let mut exited = self.exited.clone();
        match exited.wait_for(Option::is_some).await {
            Ok(how) => how.clone().unwrap_or_default(),
            // The supervising task is gone with its runtime, and so is the process.
            Err(_) => "ended with its host".to_owned(),
        }
    }

    pub(crate) fn has_exited(&self) -> bool {
        self.exited.borrow().is_some()
    }

    /// Reads what the process has written so far.
    pub(crate) fn drain_logs(&self) {
        for pipe in &self.pipes {
            pipe.drain();
        }
    }

    /// The most memory the leading process has held at a time, in MB, rounded up.
    pub(crate) fn peak_memory_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let kib = line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok());
        kib.unwrap_or_default().div_ceil(1024)
    }
}

/// Kills the group when the supervising task ends, for whatever reason.
struct ProcessGroup {
    group: i32,
    platform: Arc<Platform>,
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        signal_group(self.group, Signal::SIGKILL);
        self.platform.remove_group(self.group);
    }
}

fn take_outputs(child: &mut Child) -> io::Result<[pipe::Receiver; 2]> {
    let missing = || io::Error::other("output not captured");
    let out = child.stdout.take().ok_or_else(missing)?.into_owned_fd()?;
    let err = child.stderr.take().ok_or_else(missing)?.into_owned_fd()?;
    Ok([pipe::Receiver::from_owned_fd(out)?, pipe::Receiver::from_owned_fd(err)?])
}
