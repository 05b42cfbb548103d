//! A running `oss2youku dev` without `--json`, as a person reads it.

use super::{binary, end, golden::normalize, lines::Lines, store::oss_store};
use nix::sys::signal::Signal;
use object_storage::Store;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::NamedTempFile;

/// The last line of the greeting.
const LAST_LINES: [&str; 2] = ["Press Ctrl-C to stop.", "按 Ctrl-C 停止。"];

/// A running `dev` and what it has printed. Dropping it ends the process.
pub(crate) struct DevTerminal {
    child: Child,
    /// The greeting, line by line.
    pub(crate) greeting: Vec<String>,
    /// Where its standard error goes.
    errors: NamedTempFile,
    lines: Lines,
}

impl DevTerminal {
    /// Starts it with free ports and its data in this folder, and reads its greeting.
    pub(crate) fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(binary("oss2youku"));
        command.args(["dev", "--port-base", "0", "--data"]).arg(data).args(arguments);
        command.env_remove("LC_ALL").env("LANG", "C").stdin(Stdio::null());
        let errors = NamedTempFile::new().unwrap();
        command.stdout(Stdio::piped()).stderr(errors.reopen().unwrap());
        let mut child = command.spawn().expect("dev starts");
        let mut lines = Lines::of(child.stdout.take().expect("a pipe"));
        let mut greeting = Vec::new();
        while !greeting.last().is_some_and(|line: &String| LAST_LINES.contains(&line.as_str())) {
            greeting.push(lines.wait_for(|_| true));
        }
        Self { child, greeting, errors, lines }
    }

    /// The next line after the greeting that holds all of these words.
    pub(crate) fn wait_for(&mut self, words: &[&str]) -> String {
        self.lines.wait_for(|line| words.iter().all(|word| line.contains(word)))
    }

    /// What it has written to standard error.
    pub(crate) fn errors(&self) -> String {
        std::fs::read_to_string(self.errors.path()).unwrap()
    }

    /// The command to paste that stands below this remark.
    pub(crate) fn command(&self, remark: &str) -> &str {
        let mut lines = self.greeting.iter().skip_while(|line| **line != format!("# {remark}"));
        lines.nth(1).unwrap_or_else(|| panic!("no {remark}: {:?}", self.greeting))
    }

    /// The first URL of the `number`th line: the console's, that of the local OSS, and so on.
    pub(crate) fn url(&self, number: usize) -> &str {
        let words = self.greeting[number].split(' ');
        words.into_iter().find(|word| word.starts_with("http://")).expect("a URL")
    }

    /// A bucket of it, as its owner sees it.
    pub(crate) fn bucket(&self, name: &str) -> Store {
        oss_store(name, self.url(1), "cn-hangzhou", "local-access-key", "local-access-secret")
    }

    /// Sends a signal and waits; returns the exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        end(&mut self.child, Signal::SIGINT)
    }
}

impl Drop for DevTerminal {
    fn drop(&mut self) {
        // A failed test leaves no process running.
        if let Ok(None) = self.child.try_wait() {
            self.end();
        }
    }
}

/// Replaces ports, tokens and times by a word, and these folders by theirs.
pub(crate) fn normalize_dev(text: &str, folders: &[(&Path, &str)]) -> String {
    let mut text = text.to_owned();
    for (folder, name) in folders {
        text = text.replace(folder.to_str().expect("UTF-8"), name);
    }
    let mut parts = text.split("127.0.0.1:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|one: char| one.is_ascii_digit());
        out.push_str("127.0.0.1:PORT");
        out.push_str(rest);
    }
    let mut parts = out.split("/?token=");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str("/?token=ID");
        masked.push_str(part.trim_start_matches(|one: char| one.is_ascii_hexdigit()));
    }
    let is_time = |word: &str| {
        word.split_once('.').is_some_and(|(whole, tenth)| {
            tenth.len() == 1 && format!("{whole}{tenth}").bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let word = |word: &str| if is_time(word) { "TIME".to_owned() } else { word.to_owned() };
    let separators = [' ', '，'];
    let line = |line: &str| {
        let words = line.split_inclusive(separators);
        words
            .map(|one| {
                let bare = one.trim_end_matches(separators);
                word(bare) + &one[bare.len()..]
            })
            .collect::<String>()
            + "\n"
    };
    let timed: String = masked.lines().map(line).collect();
    // The token stands before a quotation mark in one line.
    normalize(&timed.replace('\'', " ' ")).replace(" ' ", "'")
}
