//! The log of one instance, with the tail of the current call.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::fc::lock::lock;
use crate::fc::logs::{LogLine, LogStream, Logs};

/// Most bytes that `X-Fc-Log-Type: Tail` shows.
const TAIL: usize = 4 * 1024;

/// The log of one instance, with the tail of the current call.
pub(crate) struct InstanceLog {
    logs: Logs,
    function: String,
    pid: u32,
    tail: Mutex<VecDeque<u8>>,
}

impl InstanceLog {
    pub(crate) fn new(logs: Logs, function: String, pid: u32) -> Self {
        Self { logs, function, pid, tail: Mutex::default() }
    }

    pub(crate) fn write(&self, stream: LogStream, line: String) {
        let mut tail = lock(&self.tail);
        tail.extend(line.as_bytes());
        tail.push_back(b'\n');
        let surplus = tail.len().saturating_sub(TAIL);
        tail.drain(..surplus);
        drop(tail);
        self.logs.write(LogLine { function: self.function.clone(), pid: self.pid, stream, line });
    }

    pub(crate) fn clear_tail(&self) {
        lock(&self.tail).clear();
    }

    pub(crate) fn tail(&self) -> Vec<u8> {
        lock(&self.tail).iter().copied().collect()
    }
}
