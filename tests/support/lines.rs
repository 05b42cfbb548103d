//! What a running program prints, line by line.

use super::PATIENCE;
use std::{
    io::{BufRead, BufReader, Read},
    sync::mpsc,
    thread,
    time::Instant,
};

/// Lines that are read as they come, whether anybody asks for them or not: a full pipe would hold up the program.
pub(crate) struct Lines {
    lines: mpsc::Receiver<String>,
    /// Those that were taken, for the message where one does not come.
    taken: Vec<String>,
}

impl Lines {
    pub(crate) fn of(pipe: impl Read + Send + 'static) -> Self {
        let (said, lines) = mpsc::channel();
        thread::spawn(move || {
            let read = BufReader::new(pipe).split(b'\n').map_while(Result::ok);
            // Also when nobody listens any more.
            read.for_each(|line| drop(said.send(String::from_utf8_lossy(&line).into_owned())));
        });
        Self { lines, taken: Vec::new() }
    }

    /// The next line that is wanted; those before it are passed over.
    pub(crate) fn wait_for(&mut self, is_wanted: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("the line did not come; before it:\n{}", self.taken.join("\n"));
            };
            self.taken.push(line.clone());
            if is_wanted(&line) {
                return line;
            }
        }
    }
}
