//! What the functions of a host write.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use tokio::sync::broadcast;

use crate::fc::lock::lock;

/// Lines kept for later queries.
const RECENT_LINES: usize = 2000;

/// One line of a function's output.
#[derive(Clone, Debug, Serialize)]
pub struct LogLine {
    /// The function's name.
    pub function: String,
    /// The instance's process.
    pub pid: u32,
    /// Where it was written.
    pub stream: LogStream,
    /// The text, without line end; what is not UTF-8 is replaced.
    pub line: String,
}

/// The origin of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogStream {
    /// The process's standard output.
    Stdout,
    /// The process's standard error.
    Stderr,
    /// The platform's own lines, as `FC Invoke Start RequestId: ...`.
    Platform,
}

/// Where all lines of a host go.
#[derive(Clone)]
pub(crate) struct Logs {
    sender: broadcast::Sender<LogLine>,
    recent_lines: Arc<Mutex<VecDeque<LogLine>>>,
}

impl Logs {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::Sender::new(4096), recent_lines: Arc::default() }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<LogLine> {
        self.sender.subscribe()
    }

    pub(crate) fn recent(&self) -> Vec<LogLine> {
        lock(&self.recent_lines).iter().cloned().collect()
    }

    pub(crate) fn write(&self, line: LogLine) {
        let mut kept = lock(&self.recent_lines);
        if kept.len() == RECENT_LINES {
            kept.pop_front();
        }
        kept.push_back(line.clone());
        // Ignore a channel without receivers.
        let _ = self.sender.send(line);
    }
}
