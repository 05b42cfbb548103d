//! Reads one output of a process line by line.

use std::io;
use std::sync::{Arc, Mutex};

use tokio::net::unix::pipe;

use crate::fc::instance_log::InstanceLog;
use crate::fc::lock::lock;
use crate::fc::logs::LogStream;

/// The platform's limit of one line in bytes (fc.md, section 1.7); longer lines are split.
const LINE_LIMIT: usize = 32 * 1024;

/// One output of a process.
pub(crate) struct LogPipe {
    receiver: pipe::Receiver,
    stream: LogStream,
    log: Arc<InstanceLog>,
    partial: Mutex<Vec<u8>>,
}

impl LogPipe {
    pub(crate) fn new(receiver: pipe::Receiver, stream: LogStream, log: Arc<InstanceLog>) -> Self {
        Self { receiver, stream, log, partial: Mutex::default() }
    }

    /// Reads until every writer has closed.
    pub(crate) async fn follow(&self) {
        while self.receiver.readable().await.is_ok() {
            if self.drain() {
                return;
            }
        }
    }

    /// Reads what has been written so far; true at the end of the stream. What a function wrote before it
    /// answered is in the pipe when the answer arrives, so a tail taken after this is complete.
    pub(crate) fn drain(&self) -> bool {
        let mut partial = lock(&self.partial);
        let mut buffer = [0; 8192];
        loop {
            match self.receiver.try_read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    partial.extend_from_slice(buffer.get(..read).unwrap_or_default());
                    self.split_lines(&mut partial);
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

    /// Writes the complete lines and leaves the beginning of the next one.
    fn split_lines(&self, partial: &mut Vec<u8>) {
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
