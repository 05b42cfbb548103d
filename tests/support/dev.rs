//! A running `oss2youku dev`, as another program sees it.

use super::{binary, end, lines::Lines, store::oss_store};
use nix::sys::signal::Signal;
use object_storage::Store;
use serde_json::Value;
use std::{
    io::{self, BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

/// A running `dev`: what its first line states, and its log. Dropping it ends the process.
pub(crate) struct DevProcess {
    child: Child,
    pub(crate) places: Value,
    pub(crate) log: Lines,
}

impl DevProcess {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(binary("oss2youku"));
        command.args(["dev", "--json", "--port-base", "0"]).stdin(Stdio::null());
        let mut child = command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("dev starts");
        // What nobody reads would fill the pipes, and it would wait for ever.
        let log = Lines::of(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        stdout.read_line(&mut line).expect("its first line");
        let places = serde_json::from_str(&line).expect("one JSON object");
        thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
        Self { child, places, log }
    }

    /// Sends a signal and waits; returns the exit code.
    pub(crate) fn end(&mut self, by: Signal) -> Option<i32> {
        end(&mut self.child, by)
    }
}

impl Drop for DevProcess {
    fn drop(&mut self) {
        // A failed test leaves no process running.
        if let Ok(None) = self.child.try_wait() {
            self.end(Signal::SIGTERM);
        }
    }
}

/// The videos of the local Youku.
pub(crate) async fn videos(places: &Value) -> Value {
    let url = format!("{}/_sandbox/videos", places["youku"]["api"].as_str().unwrap());
    let response = app::http_client().unwrap().get(url).send().await.unwrap();
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// The bucket that `dev` described.
pub(crate) fn bucket(oss: &Value) -> Store {
    let text = |field: &str| oss[field].as_str().unwrap();
    let (id, secret) = (text("access_key_id"), text("access_key_secret"));
    oss_store(text("bucket"), text("endpoint"), text("region"), id, secret)
}
