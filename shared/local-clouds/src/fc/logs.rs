//! What functions write, line by line.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use tokio::net::unix::pipe;
use tokio::sync::broadcast;

use super::platform::lock;

/// The platform's limit of one line (fc.md §1.7); longer ones are cut into several.
const LINE_LIMIT: usize = 32 * 1024;
/// What `X-Fc-Log-Type: Tail` shows at most.
const TAIL: usize = 4 * 1024;
/// Lines kept for those who ask later.
const KEPT: usize = 2000;

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
pub(super) struct Logs {
    sender: broadcast::Sender<LogLine>,
    kept: Arc<Mutex<VecDeque<LogLine>>>,
}

impl Logs {
    pub(super) fn new() -> Self {
        Self { sender: broadcast::Sender::new(4096), kept: Arc::default() }
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<LogLine> {
        self.sender.subscribe()
    }

    pub(super) fn recent(&self) -> Vec<LogLine> {
        lock(&self.kept).iter().cloned().collect()
    }

    fn write(&self, line: LogLine) {
        let mut kept = lock(&self.kept);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(line.clone());
        // Nobody listening is no fault.
        let _ = self.sender.send(line);
    }
}

/// The log of one instance, with the tail of the current call.
pub(super) struct InstanceLog {
    logs: Logs,
    function: String,
    pid: u32,
    tail: Mutex<VecDeque<u8>>,
}

impl InstanceLog {
    pub(super) fn new(logs: Logs, function: String, pid: u32) -> Self {
        Self { logs, function, pid, tail: Mutex::default() }
    }

    pub(super) fn write(&self, stream: LogStream, line: String) {
        let mut tail = lock(&self.tail);
        tail.extend(line.as_bytes());
        tail.push_back(b'\n');
        let surplus = tail.len().saturating_sub(TAIL);
        tail.drain(..surplus);
        drop(tail);
        self.logs.write(LogLine { function: self.function.clone(), pid: self.pid, stream, line });
    }

    pub(super) fn clear_tail(&self) {
        lock(&self.tail).clear();
    }

    pub(super) fn tail(&self) -> Vec<u8> {
        lock(&self.tail).iter().copied().collect()
    }
}

/// One output of a process.
pub(super) struct LogPipe {
    receiver: pipe::Receiver,
    stream: LogStream,
    log: Arc<InstanceLog>,
    partial: Mutex<Vec<u8>>,
}

impl LogPipe {
    pub(super) fn new(receiver: pipe::Receiver, stream: LogStream, log: Arc<InstanceLog>) -> Self {
        Self { receiver, stream, log, partial: Mutex::default() }
    }

    /// Reads until every writer has closed.
    pub(super) async fn follow(&self) {
        while self.receiver.readable().await.is_ok() {
            if self.drain() {
                return;
            }
        }
    }

    /// Takes what has been written so far; `true` at the end of the stream. What a function wrote before it answered
    /// is in the pipe when the answer arrives, so a tail taken after this is complete.
    pub(super) fn drain(&self) -> bool {
        let mut partial = lock(&self.partial);
        let mut buffer = [0; 8192];
        loop {
            match self.receiver.try_read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    partial.extend_from_slice(buffer.get(..read).unwrap_or_default());
                    self.cut(&mut partial);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(_) => break,
            }
        }
        if !partial.is_empty() {
            self.write(&std::mem::take(&mut *partial));
        }
        true
    }

    /// Writes the whole lines and leaves the beginning of the next one.
    fn cut(&self, partial: &mut Vec<u8>) {
        let mut rest = partial.as_slice();
        loop {
            let window = rest.get(..LINE_LIMIT).unwrap_or(rest);
            let (line, behind) = match window.iter().position(|byte| *byte == b'\n') {
                Some(end) => (rest.get(..end), rest.get(end + 1..)),
                None if window.len() == LINE_LIMIT => (rest.get(..LINE_LIMIT), rest.get(LINE_LIMIT..)),
                None => break,
            };
            self.write(line.unwrap_or_default());
            rest = behind.unwrap_or_default();
        }
        let used = partial.len() - rest.len();
        partial.drain(..used);
    }

    fn write(&self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.log.write(self.stream, String::from_utf8_lossy(line).into_owned());
    }
}
